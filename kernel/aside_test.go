package kernel

import (
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/wire"
	"github.com/gosched/gosched/kernel/wire/wiretest"
)

// What people ask while they type does not wait for a cell that runs, and front ends
// go on showing the kernel busy.
func TestContract16_QuestionsWhileACellRuns(t *testing.T) {
	_, _, c := setup(t)
	cell := send(t, c, wire.Shell, "", "execute_request", wiretest.Cell("print on\nblock"))
	printed(t, cell, "on")
	queued := send(t, c, wire.Shell, "", "execute_request", wiretest.Cell("print queued"))
	if got := do(t, c, wire.Shell, "complete_request", object{"code": "fmt.Print", "cursor_pos": 9}).Content(); got["status"] != "ok" {
		t.Errorf("complete: %v", got)
	}
	if got := do(t, c, wire.Shell, "inspect_request", object{"code": "x", "cursor_pos": 1}).Content(); got["found"] != true {
		t.Errorf("inspect: %v", got)
	}
	if got := do(t, c, wire.Shell, "is_complete_request", object{"code": "x"}).Content(); got["status"] != "complete" {
		t.Errorf("is_complete: %v", got)
	}
	states := func(r *wiretest.Result) string {
		var list []string
		for _, m := range r.Of("status") {
			list = append(list, wiretest.Content(m)["execution_state"].(string))
		}
		return strings.Join(list, " ")
	}
	// After each answer's idle, the cell's busy comes again.
	if _, err := cell.Until(ctxFor(t), func(r *wiretest.Result) bool { return states(r) == "busy busy busy busy" }); err != nil {
		t.Fatal(err)
	}
	// So it does after what has nothing to do with the shell, and what is refused.
	do(t, c, wire.Control, "usage_request", object{})
	do(t, c, wire.Control, "kernel_info_request", object{})
	do(t, c, wire.Shell, "comm_info_request", object{})
	do(t, c, wire.Control, "nonsense_request", object{})
	if _, err := cell.Until(ctxFor(t), func(r *wiretest.Result) bool { return states(r) == strings.Repeat("busy ", 7)+"busy" }); err != nil {
		t.Fatal(err)
	}
	do(t, c, wire.Control, "interrupt_request", object{})
	if got := states(await(t, cell)); strings.Trim(strings.TrimSuffix(got, "idle"), "busy ") != "" || !strings.HasSuffix(got, " idle") {
		t.Errorf("the cell's states: %s", got)
	}
	if got := await(t, queued); got.Status() != "aborted" && got.Status() != "error" {
		t.Errorf("the cell behind it: %v", got.Content())
	}
}
