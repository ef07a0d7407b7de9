package engine

import (
	"errors"

	"github.com/gosched/gosched/kernel/goruntime"
)

// newYaegi refuses: the second engine would make what a browser loads larger by a
// third, and is for Go releases that the first does not know.
func newYaegi(*Engine, *goruntime.Facts) (Executor, error) {
	return nil, errors.New("the engine yaegi is no part of gosched in the browser")
}
