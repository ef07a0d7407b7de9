package standin

import (
	"context"
	"io"
	"log/slog"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/sched"
)

// slog hands l a record that was made where the thread is.
func logRecord(t *frame.Thread, l *slog.Logger, ctx context.Context, level slog.Level, msg string, add func(*slog.Record)) {
	if ctx == nil {
		ctx = context.Background()
	}
	if !l.Enabled(ctx, level) {
		return
	}
	var pc uintptr
	if s := t.Sites(0, 1); len(s) > 0 {
		pc = t.World.PCs.PC(s[0])
	}
	r := slog.NewRecord(time.Now(), level, msg, pc)
	add(&r)
	_ = handleRecord(t, l.Handler(), ctx, r)
}

// handleRecord is h.Handle, during which sourceOf finds the record's place.
func handleRecord(t *frame.Thread, h slog.Handler, ctx context.Context, r slog.Record) error {
	before := t.Record
	t.Record = r.PC
	defer func() { t.Record = before }()
	return h.Handle(ctx, r)
}

// sourceOf is slog.Record.Source for any program counter.
func (l *Library) sourceOf(pc uintptr) *slog.Source {
	s, ok := l.World.PCs.Site(pc)
	if !ok {
		return slog.Record{PC: pc}.Source()
	}
	src := &slog.Source{}
	src.Function, src.File, src.Line = l.World.Source(s)
	return src
}

// withSource makes a handler that adds the source's place take it from us. The
// handler looks program counters up by itself, and then shows us what it found.
func (l *Library) withSource(o *slog.HandlerOptions) *slog.HandlerOptions {
	if o == nil || !o.AddSource {
		return o
	}
	with := *o
	with.ReplaceAttr = func(groups []string, a slog.Attr) slog.Attr {
		if src, ok := a.Value.Any().(*slog.Source); ok && len(groups) == 0 && a.Key == slog.SourceKey && src != nil && src.File == "" {
			if g, own := sched.Here(); own {
				if t := frame.ThreadOf(g); t != nil && t.Record != 0 {
					*src = *l.sourceOf(t.Record)
				}
			}
		}
		if o.ReplaceAttr != nil {
			return o.ReplaceAttr(groups, a)
		}
		return a
	}
	return &with
}

// slogTable lists the stand-ins for package log/slog's functions.
func (l *Library) slogTable() map[string]frame.NativeCall {
	table := map[string]frame.NativeCall{
		"log/slog.NewTextHandler": func(t *frame.Thread, args, res []unsafe.Pointer) {
			set(res, 0, slog.NewTextHandler(arg[io.Writer](args[0]), l.withSource(arg[*slog.HandlerOptions](args[1]))))
		},
		"log/slog.NewJSONHandler": func(t *frame.Thread, args, res []unsafe.Pointer) {
			set(res, 0, slog.NewJSONHandler(arg[io.Writer](args[0]), l.withSource(arg[*slog.HandlerOptions](args[1]))))
		},
		"(*log/slog.TextHandler).Handle": func(t *frame.Thread, args, res []unsafe.Pointer) {
			set(res, 0, handleRecord(t, arg[*slog.TextHandler](args[0]), arg[context.Context](args[1]), arg[slog.Record](args[2])))
		},
		"(*log/slog.JSONHandler).Handle": func(t *frame.Thread, args, res []unsafe.Pointer) {
			set(res, 0, handleRecord(t, arg[*slog.JSONHandler](args[0]), arg[context.Context](args[1]), arg[slog.Record](args[2])))
		},
		"(log/slog.Record).Source": func(t *frame.Thread, args, res []unsafe.Pointer) {
			set(res, 0, l.sourceOf(arg[slog.Record](args[0]).PC))
		},
	}
	both := func(name string, f func(t *frame.Thread, l *slog.Logger, args []unsafe.Pointer)) {
		table["log/slog."+name] = func(t *frame.Thread, args, _ []unsafe.Pointer) { f(t, slog.Default(), args) }
		table["(*log/slog.Logger)."+name] = func(t *frame.Thread, args, _ []unsafe.Pointer) {
			f(t, arg[*slog.Logger](args[0]), args[1:])
		}
	}
	pairs := func(args unsafe.Pointer) func(*slog.Record) {
		return func(r *slog.Record) { r.Add(arg[[]any](args)...) }
	}
	for name, level := range map[string]slog.Level{
		"Debug": slog.LevelDebug, "Info": slog.LevelInfo, "Warn": slog.LevelWarn, "Error": slog.LevelError,
	} {
		both(name, func(t *frame.Thread, l *slog.Logger, args []unsafe.Pointer) {
			logRecord(t, l, context.Background(), level, arg[string](args[0]), pairs(args[1]))
		})
		both(name+"Context", func(t *frame.Thread, l *slog.Logger, args []unsafe.Pointer) {
			logRecord(t, l, arg[context.Context](args[0]), level, arg[string](args[1]), pairs(args[2]))
		})
	}
	both("Log", func(t *frame.Thread, l *slog.Logger, args []unsafe.Pointer) {
		logRecord(t, l, arg[context.Context](args[0]), arg[slog.Level](args[1]), arg[string](args[2]), pairs(args[3]))
	})
	both("LogAttrs", func(t *frame.Thread, l *slog.Logger, args []unsafe.Pointer) {
		logRecord(t, l, arg[context.Context](args[0]), arg[slog.Level](args[1]), arg[string](args[2]),
			func(r *slog.Record) { r.AddAttrs(arg[[]slog.Attr](args[3])...) })
	})
	return table
}
