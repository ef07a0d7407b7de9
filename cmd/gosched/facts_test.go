package main

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/engine"
	"github.com/gosched/gosched/kernel/goruntime"
)

func TestFactsInTheLog(t *testing.T) {
	for _, test := range []struct {
		without string
		want    []string
	}{
		{"", nil},
		{"map-mark,frames", []string{"fact=map-mark", "fact=frames", "go=go1", goruntime.Frames.Without()}},
		{"nonsense", []string{"level=ERROR", withoutFacts, "nonsense"}},
	} {
		tp := newTestProcess(t)
		tp.setenv(withoutFacts + "=" + test.without)
		var log bytes.Buffer
		tp.logFacts(slog.New(slog.NewTextHandler(&log, nil)))
		if test.want == nil && log.Len() > 0 {
			t.Errorf("%q logs %s", test.without, &log)
		}
		for _, part := range test.want {
			if !strings.Contains(log.String(), part) {
				t.Errorf("%q does not log %q: %s", test.without, part, &log)
			}
		}
	}
}

func TestContract19_EngineWithoutFacts(t *testing.T) {
	for without, refusal := range map[string]string{"": "", "map-mark": "", "slots": "", "nonsense": "nonsense"} {
		tp := newTestProcess(t)
		tp.setenv(withoutFacts + "=" + without)
		cells, err := tp.engine(context.Background())
		switch {
		case refusal == "" && err != nil:
			t.Errorf("%q: %v", without, err)
		case refusal != "" && (err == nil || !strings.Contains(err.Error(), refusal)):
			t.Errorf("%q: %v", without, err)
		}
		if err != nil {
			continue
		}
		want := engine.Choice{Kind: engine.Direct}
		if without == "slots" { // which the direct engine cannot do without
			want = engine.Choice{Kind: engine.Yaegi, Fallback: true}
		}
		got := cells.(*engine.Engine).Choice()
		if got.Kind != want.Kind || got.Fallback != want.Fallback || want.Fallback && !strings.Contains(got.Why, "slots") {
			t.Errorf("%q: %+v", without, got)
		}
		_ = cells.Close()
	}
}
