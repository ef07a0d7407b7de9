package run

import (
	"bytes"
	"fmt"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/snippet"
	"github.com/gosched/gosched/kernel/instead"
	"github.com/gosched/gosched/kernel/run/link"
	"github.com/gosched/gosched/kernel/stdlib"
)

// blocking are the names of functions that wait for the world outside or for
// other goroutines, in the packages where they do.
var blocking = map[string]*regexp.Regexp{
	"sync":          regexp.MustCompile(`^(Lock|RLock|Wait|Do)$`),
	"time":          regexp.MustCompile(`^Sleep$`),
	"reflect":       regexp.MustCompile(`^(Recv|Send|Select|Seq)$`),
	"io":            regexp.MustCompile(`^(Read|Write)$`),
	"os":            regexp.MustCompile(`^(Read|Write|WriteString|ReadFrom|WriteTo|Wait)$`),
	"os/exec":       regexp.MustCompile(`^(Run|Output|CombinedOutput|Wait)$`),
	"net":           regexp.MustCompile(`^(Dial|Accept|Read|Write|Lookup|Resolve)`),
	"crypto/tls":    regexp.MustCompile(`^(Dial|Read|Write|Handshake)`),
	"net/http":      regexp.MustCompile(`^(Do|Get|Head|Post|PostForm|Serve|ServeTLS|ListenAndServe|ListenAndServeTLS|Shutdown|RoundTrip)$`),
	"net/rpc":       regexp.MustCompile(`^(Dial|DialHTTP|DialHTTPPath|Call|Accept|ServeConn)$`),
	"net/smtp":      regexp.MustCompile(`^(Dial|SendMail|Mail|Rcpt|Data|Quit)$`),
	"net/textproto": regexp.MustCompile(`^(Dial|ReadLine|ReadResponse|StartResponse|StartRequest)$`),
	"database/sql":  regexp.MustCompile(`^(Ping|Query|QueryRow|Exec|Begin|Prepare|Commit|Conn)`),
	"syscall":       regexp.MustCompile(`^(Read|Write|Accept|Connect|Wait4|Select|Recvfrom|Pause|Flock|Nanosleep|EpollWait)$`),
}

// What can block and is not stopped when a goroutine is, is known: the list is
// testdata/unstoppable.txt, which -update writes. Who adds a stand-in takes its
// line away.
func TestContract13_WhatCannotBeStoppedIsKnown(t *testing.T) {
	m, err := New(link.Config{})
	if err != nil {
		t.Fatal(err)
	}
	im := stdlib.NewImporter(token.NewFileSet())
	var missing []string
	found := 0
	check := func(fn *types.Func, deadlines bool) {
		re := blocking[fn.Pkg().Path()]
		if !fn.Exported() || !re.MatchString(fn.Name()) || fn.FullName() == "(net/http.Header).Get" {
			return
		}
		found++
		last := fn.Signature().Results().Len() - 1
		fails := last >= 0 && types.Identical(fn.Signature().Results().At(last).Type(), types.Universe.Lookup("error").Type())
		if m.library.Intrinsics[fn.FullName()] == nil && !(deadlines && instead.WaitsFor(fn.Name()) != 0 && fails) {
			missing = append(missing, fn.FullName())
		}
	}
	for path := range blocking {
		pkg, err := im.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range pkg.Scope().Names() {
			switch obj := pkg.Scope().Lookup(name).(type) {
			case *types.Func:
				check(obj, false)
			case *types.TypeName:
				named, ok := obj.Type().(*types.Named)
				if !ok || !obj.Exported() || types.IsInterface(named) {
					continue
				}
				set := types.NewMethodSet(types.NewPointer(named))
				deadlines := set.Lookup(pkg, "SetDeadline") != nil
				for sel := range set.Methods() {
					if fn, ok := sel.Obj().(*types.Func); ok && fn.Pkg() != nil && blocking[fn.Pkg().Path()] != nil {
						check(fn, deadlines)
					}
				}
			}
		}
	}
	slices.Sort(missing)
	missing = slices.Compact(missing)
	if found < 100 {
		t.Fatalf("only %d functions found", found)
	}
	got := []byte(strings.Join(missing, "\n") + "\n")
	file := filepath.Join("testdata", "unstoppable.txt")
	if snippet.Update() {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("what blocks and cannot be stopped is not what %s says: %s", file, difference(string(want), string(got)))
	}
}

func difference(want, got string) string {
	var b strings.Builder
	w, g := strings.Fields(want), strings.Fields(got)
	for _, x := range g {
		if !slices.Contains(w, x) {
			fmt.Fprintf(&b, "\n+ %s", x)
		}
	}
	for _, x := range w {
		if !slices.Contains(g, x) {
			fmt.Fprintf(&b, "\n- %s", x)
		}
	}
	return b.String()
}
