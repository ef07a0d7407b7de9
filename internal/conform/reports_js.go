package main

import "os"

// reportsFile is where a process that runs cells reports. Package syscall knows
// only the files that it has opened itself.
func reportsFile() (*os.File, error) { return os.OpenFile("/dev/fd/3", os.O_WRONLY, 0) }
