package engine

import (
	"context"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

func TestContract16_SubshellWakesMain(t *testing.T) {
	nb := open(t)
	nb.run(`c := make(chan string)`)
	nb.e.SetSubshells(1)
	done := make(chan session.Result)
	go func() {
		done <- nb.e.Execute(context.Background(), session.Cell{Number: 2, Source: "<-c"}, &transcript{})
	}()
	select {
	case r := <-done:
		t.Fatalf("the waiting cell ended: %v", r.Failure)
	case <-time.After(1500 * time.Millisecond):
	}
	r := nb.e.Execute(context.Background(), session.Cell{Number: 3, Source: `c <- "hi"`, Subshell: "a"}, &transcript{})
	if r.Failure != nil {
		t.Fatal(r.Failure)
	}
	if r := <-done; r.Failure != nil || r.Value.Data["text/plain"] != `"hi"` {
		t.Errorf("woken cell: %+v", r)
	}
}
