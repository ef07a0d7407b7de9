//go:build !js

package engine

import (
	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/yaegi"
)

func newYaegi(e *Engine, _ *goruntime.Facts) (Executor, error) {
	m, err := yaegi.New(yaegi.Config{
		MethodValue: e.program.MethodValue,
		Symbol:      e.symbol,
		NamedType:   e.namedType,
		Body:        e.program.Body,
		Place:       e.place,
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}
