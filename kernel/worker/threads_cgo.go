//go:build cgo && linux

package worker

/*
#define _GNU_SOURCE
#include <pthread.h>

static int set_stack_size(size_t size) {
	pthread_attr_t attributes;
	int err = pthread_attr_init(&attributes);
	if (err != 0)
		return err;
	err = pthread_attr_setstacksize(&attributes, size);
	if (err == 0)
		err = pthread_setattr_default_np(&attributes);
	pthread_attr_destroy(&attributes);
	return err;
}
*/
import "C"

import (
	"fmt"
	"syscall"
)

const (
	// threadStack is what a thread reserves for C code, in bytes. The C library
	// maps eight megabytes, all of which count as the session's memory; what Go
	// programs call of C is content with what musl gives, which is half of this.
	threadStack = 256 << 10
	// threadSlack is what the stacks of five hundred threads take. It is also the
	// room in which a session that is about to run out of memory can say so itself,
	// with the line.
	threadSlack = 512 * threadStack
)

// limitThreadStacks makes threads that start from now on reserve less.
func limitThreadStacks() error {
	if err := C.set_stack_size(threadStack); err != 0 {
		return fmt.Errorf("make threads smaller: %w", syscall.Errno(err))
	}
	return nil
}
