package kernel

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

// abortGrace is how long the reply to a failed cell waits for cells that were
// sent right behind it, before their sender could know, so that they are
// stopped too. Front ends that run a whole notebook send all cells at once.
const abortGrace = 20 * time.Millisecond

type executeRequest struct {
	Code            *string           `json:"code"`
	Silent          bool              `json:"silent"`
	StoreHistory    *bool             `json:"store_history"` // default: not silent
	UserExpressions map[string]string `json:"user_expressions"`
	AllowStdin      bool              `json:"allow_stdin"`
	StopOnError     *bool             `json:"stop_on_error"` // default: true
}

type executeReply struct {
	Status          string                     `json:"status"`
	ExecutionCount  int                        `json:"execution_count"`
	UserExpressions map[string]json.RawMessage `json:"user_expressions"`
	Payload         []string                   `json:"payload"` // deprecated, always empty
}

// execute runs a cell.
func (k *Kernel) execute(ctx context.Context, r *request) (any, error) {
	if r.aborted {
		k.mu.Lock()
		defer k.mu.Unlock()
		return map[string]any{"status": "aborted", "execution_count": k.count}, nil
	}
	var c executeRequest
	err := decode(r.Content, &c)
	if err == nil && c.Code == nil {
		err = malformed("field %q is missing", "code")
	}
	if err != nil {
		reply := errorContent(err)
		k.mu.Lock()
		count := k.count
		k.mu.Unlock()
		reply.ExecutionCount = &count
		return reply, nil
	}
	store := !c.Silent && (c.StoreHistory == nil || *c.StoreHistory)

	// An execution that is not stored shows the next number and does not use
	// it up, as in IPython.
	k.mu.Lock()
	number := k.count
	if !c.Silent {
		number++
	}
	if store {
		k.count = number
		k.history.add(number, *c.Code)
	}
	k.cells++
	cell := session.Cell{
		ID:              fmt.Sprintf("%s_%d", k.id, k.cells),
		Source:          *c.Code,
		Subshell:        r.sub.id,
		Silent:          c.Silent,
		AllowStdin:      c.AllowStdin,
		UserExpressions: c.UserExpressions,
	}
	k.mu.Unlock()
	if !c.Silent {
		cell.Number = number
		k.publish(r.RawHeader, "execute_input", map[string]any{"code": *c.Code, "execution_count": number})
	}

	out := newOutput(k, r, c.Silent, c.AllowStdin)
	res := k.session.Execute(ctx, cell, out)
	out.end()

	if f := res.Failure; f != nil {
		reply := failureReply(f)
		if !c.Silent {
			k.publish(r.RawHeader, "error", errorOutput{reply.Name, reply.Value, reply.Traceback})
		}
		if c.StopOnError == nil || *c.StopOnError {
			select {
			case <-time.After(abortGrace):
			case <-k.stopping:
			}
			r.sub.abort()
		}
		reply.ExecutionCount = &number
		return reply, nil
	}
	if res.Value != nil && !c.Silent {
		k.publish(r.RawHeader, "execute_result", struct {
			ExecutionCount int `json:"execution_count"`
			bundle
		}{number, encodeBundle(*res.Value)})
		if text, isText := res.Value.Data["text/plain"].(string); isText && store {
			k.mu.Lock()
			k.history.setOutput(number, text)
			k.mu.Unlock()
		}
	}
	reply := executeReply{
		Status: "ok", ExecutionCount: number, Payload: []string{},
		UserExpressions: make(map[string]json.RawMessage, len(res.UserExpressions)),
	}
	for name, e := range res.UserExpressions {
		reply.UserExpressions[name] = expression(e)
	}
	return reply, nil
}

// errorOutput is the content of an error message on iopub.
type errorOutput struct {
	Name      string   `json:"ename"`
	Value     string   `json:"evalue"`
	Traceback []string `json:"traceback"`
}

func expression(e session.Expression) json.RawMessage {
	switch {
	case e.Failure != nil:
		return mustMarshal(failureReply(e.Failure))
	case e.Value != nil:
		return mustMarshal(struct {
			Status string `json:"status"`
			bundle
		}{"ok", encodeBundle(*e.Value)})
	}
	return mustMarshal(struct {
		Status string `json:"status"`
		bundle
	}{"ok", encodeBundle(session.Bundle{})})
}
