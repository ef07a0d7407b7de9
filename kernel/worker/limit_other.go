//go:build unix && !linux && !darwin

package worker

// limitData does nothing: the memory watch has to do.
func limitData(int64) error { return nil }

// tightenData does nothing either, and says so.
func tightenData() bool { return false }

func machineMemory() int64 { return 0 }
