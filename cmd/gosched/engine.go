package main

import (
	"context"

	"github.com/gosched/gosched/kernel/engine"
	"github.com/gosched/gosched/kernel/session"
)

// newSession makes the session that a worker serves.
func newSession(context.Context) (session.Session, error) {
	e, err := engine.New()
	if err != nil {
		return nil, err
	}
	return e, nil
}
