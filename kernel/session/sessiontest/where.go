package sessiontest

// A program that asks where it is hears of its cells and functions, as it
// hears of files under go run, and never of the interpreter.
func contract6_WhereAmI(t *T) {
	for _, test := range []struct{ name, src, want string }{
		{"Caller", `func where() string {
	_, file, line, ok := runtime.Caller(1)
	return fmt.Sprint(file, ":", line, " ", ok)
}
fmt.Println(where())
func() { fmt.Println(where()) }()
_, _, _, ok := runtime.Caller(100)
fmt.Println(ok)`,
			"cell 1:5 true\ncell 1:6 true\nfalse\n"},
		{"Caller as a value", `f := runtime.Caller
_, file, line, _ := f(0)
fmt.Println(file, line)`,
			"cell 1 2\n"},
		{"FuncForPC", `type T struct{}
func (T) Value() string { return name() }
func (*T) Pointer() string { return name() }
func Generic[X any](X) string { return name() }
func name() string {
	pc, _, _, _ := runtime.Caller(1)
	return runtime.FuncForPC(pc).Name()
}
fmt.Println(name(), T{}.Value(), new(T).Pointer(), Generic(1), func() string { return name() }())`,
			"main.main main.T.Value main.(*T).Pointer main.Generic[...] main.func1\n"},
		{"FuncForPC of a value", `func add(a, b int) int { return a + b }
nameOf := func(f any) string { return runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name() }
fmt.Println(nameOf(add), nameOf(strings.ToUpper), nameOf(fmt.Println))
file, line := runtime.FuncForPC(reflect.ValueOf(add).Pointer()).FileLine(0)
fmt.Println(file, line)`,
			"main.add strings.ToUpper fmt.Println\ncell 1 1\n"},
		{"CallersFrames", `func trace() {
	pcs := make([]uintptr, 8)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	for {
		f, more := frames.Next()
		if !strings.HasPrefix(f.Function, "runtime.") { // what stands below main
			fmt.Println(f.Function, f.File, f.Line, f.Func.Name() == f.Function)
		}
		if !more { break }
	}
}
func outer() { trace() }
outer()
var pcs [4]uintptr
fmt.Println(runtime.Callers(0, pcs[:]) - runtime.Callers(1, pcs[:]))`,
			"main.trace cell 1 3 true\nmain.outer cell 1 12 true\nmain.main cell 1 13 true\n1\n"},
		{"Stack", `func deep() string {
	buf := make([]byte, 1000)
	return string(buf[:runtime.Stack(buf, false)])
}
_, frames, _ := strings.Cut(deep(), "\n")
fmt.Print(frames, string(debug.Stack()) != "")`,
			"main.deep(...)\n\tcell 1 line 3\nmain(...)\n\tcell 1 line 5\ntrue"},
		{"log", `log.SetFlags(log.Lshortfile)
log.SetOutput(os.Stdout)
func helper() { log.Output(2, "for my caller") }
log.Println("one")
log.Printf("%d", 2)
helper()
l := log.New(os.Stdout, "prefix ", log.Llongfile|log.Lmsgprefix)
l.Print("three")
p := l.Println
p("four")
defer func() { fmt.Println(recover()); log.SetFlags(log.LstdFlags); log.SetOutput(os.Stderr) }()
log.Panic("five")`,
			"cell 1:4: one\ncell 1:5: 2\ncell 1:6: for my caller\ncell 1:8: prefix three\ncell 1:10: prefix four\ncell 1:12: five\nfive\n"},
		{"slog", `noTime := func(groups []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey { return slog.Attr{} }
	return a
}
l := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{AddSource: true, ReplaceAttr: noTime}))
l.Info("hello", "n", 1)
l.With("a", 2).WithGroup("g").Warn("more", "b", 3)
l.Debug("not enabled")
func wrap(l *slog.Logger, msg string) {
	var pcs [1]uintptr
	runtime.Callers(2, pcs[:])
	r := slog.NewRecord(time.Time{}, slog.LevelError, msg, pcs[0])
	fmt.Println(r.Source().Line)
	l.Handler().Handle(context.Background(), r)
}
wrap(l, "for my caller")
slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{AddSource: true, ReplaceAttr: noTime})).LogAttrs(nil, slog.LevelInfo, "json", slog.Int("n", 4))`,
			`level=INFO source="cell 1:6" msg=hello n=1
level=WARN source="cell 1:7" msg=more a=2 g.b=3
16
level=ERROR source="cell 1:16" msg="for my caller"
{"level":"INFO","source":{"function":"main.main","file":"cell 1","line":17},"msg":"json","n":4}
`},
	} {
		t.Run(test.name, func(t *T) {
			if got := t.open().run(test.src); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}
