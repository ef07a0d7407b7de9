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
	// Payload is deprecated, and still the one way to change a cell's text.
	Payload []payload `json:"payload"`
}

// A payload asks the front end to do something. See
// https://jupyter-client.readthedocs.io/en/stable/messaging.html#payloads-deprecated
type payload struct {
	Source  string `json:"source"` // "set_next_input"
	Text    string `json:"text"`
	Replace bool   `json:"replace"` // the source of the cell that has run
}

// executeInput is the content of the message that tells all front ends what is run.
type executeInput struct {
	Code           string `json:"code"`
	ExecutionCount int    `json:"execution_count"`
}

// originOf is the cell that a request's metadata names: JupyterLab and what is
// made of it say "cellId". The protocol leaves metadata free, so anything else
// is no error.
func originOf(metadata json.RawMessage) string {
	var m struct {
		CellID any `json:"cellId"`
	}
	if json.Unmarshal(metadata, &m) != nil {
		return ""
	}
	id, _ := m.CellID.(string)
	return id
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
	}
	k.cells++
	cell := session.Cell{
		ID:              fmt.Sprintf("%s_%d", k.id, k.cells),
		Source:          *c.Code,
		Origin:          originOf(r.Metadata),
		Subshell:        r.sub.id,
		Silent:          c.Silent,
		AllowStdin:      c.AllowStdin,
		UserExpressions: c.UserExpressions,
	}
	k.mu.Unlock()
	var written <-chan struct{}
	if store {
		written = k.history.Add(number, *c.Code)
	}
	if !c.Silent {
		cell.Number = number
		k.announce(r, k.iopub(r.RawHeader, "execute_input", mustMarshal(executeInput{*c.Code, number})))
	} else {
		k.announce(r)
	}

	out := newOutput(k, r, c.Silent, c.AllowStdin)
	oneByOne := !c.Silent && runsOneByOne(r.Message, &c)
	var res session.Result
	if oneByOne {
		out.late = k.late.begin(r, cell)
		defer func() { k.tellLate(r, res.Goroutines+res.Others > 0) }()
	}
	res = k.session.Execute(ctx, cell, out)
	out.end()
	if store {
		k.remembers(written)
	}
	if oneByOne {
		if display := out.late.end(out, res.Goroutines); display != nil {
			k.publish(r.RawHeader, "display_data", display)
		}
	}

	if f := res.Failure; f != nil {
		if f.Restarted {
			k.commsLost(r.RawHeader)
		}
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
		r.held = append(r.held, k.iopub(r.RawHeader, "execute_result", mustMarshal(struct {
			ExecutionCount int `json:"execution_count"`
			bundle
		}{number, encodeBundle(*res.Value)})))
		if text, isText := res.Value.Data["text/plain"].(string); isText && store {
			k.history.SetOutput(number, text)
		}
	}
	reply := executeReply{
		Status: "ok", ExecutionCount: number, Payload: []payload{},
		UserExpressions: make(map[string]json.RawMessage, len(res.UserExpressions)),
	}
	if res.Rewrite != "" {
		reply.Payload = append(reply.Payload, payload{Source: "set_next_input", Text: res.Rewrite, Replace: true})
	}
	for name, e := range res.UserExpressions {
		reply.UserExpressions[name] = expression(e)
	}
	return reply, nil
}

// rememberTime is how long the end of a cell waits for the history at most, which is
// when another kernel is in the way. Nearly always a cell is written before it runs.
const rememberTime = time.Second

// remembers waits until a cell is in the history, so that whoever has the reply has
// a cell that outlives the kernel, however the kernel ends.
func (k *Kernel) remembers(written <-chan struct{}) {
	select {
	case <-written:
		return
	default:
	}
	late := time.NewTimer(rememberTime)
	defer late.Stop()
	select {
	case <-written:
	case <-late.C:
	}
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
