package engine

import (
	"context"
	"fmt"
)

// Warm imports packages that cells are likely to use, so that the first cell that
// does need not wait for it. Between two of them it calls pause, and ends when that
// returns false. It changes nothing else: a cell still imports what it names.
func (e *Engine) Warm(ctx context.Context, paths []string, pause func() bool) error {
	for _, path := range paths {
		if ctx.Err() != nil || !pause() {
			return nil
		}
		if err := e.warm(path); err != nil {
			return fmt.Errorf("importing %s early: %w", path, err)
		}
	}
	return nil
}

func (e *Engine) warm(path string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, err := e.importer.Import(path)
	return err
}
