package engine

import (
	"context"

	"github.com/gosched/gosched/kernel/cell"
	"github.com/gosched/gosched/kernel/session"
)

// Complete implements session.Session.
func (e *Engine) Complete(ctx context.Context, source string, cursor int) (session.Completion, error) {
	return session.Completion{Start: cursor, End: cursor}, ctx.Err()
}

// Inspect implements session.Session.
func (e *Engine) Inspect(ctx context.Context, source string, cursor, detail int) (session.Inspection, error) {
	return session.Inspection{}, ctx.Err()
}

// IsComplete implements session.Session.
func (e *Engine) IsComplete(_ context.Context, source string) (session.Completeness, error) {
	return cell.IsComplete(source), nil
}
