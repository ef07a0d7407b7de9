// Package effect tells what calls of compiled functions do that goroutines which are
// observed have to tell: to the memory that they are given, and to whom they speak.
//
// It looks at calls in SSA form and knows functions of the standard library by
// name. What of it is told, and how, is the compiler's business.
package effect

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// An Effect is what a compiled function does that observed goroutines tell: to
// the memory that it is given, and to whom it may speak.
type Effect struct {
	Args []Touch
	// Tells says that other goroutines may come to know of the call: it starts one,
	// writes to a connection, sets a timer. Hears says that it may have waited for
	// others.
	Tells, Hears bool
	// Object is what a call synchronises with, in the words of [sched.Op].
	Object string
}

// A Touch is what happens to one argument.
type Touch struct {
	Arg int
	How Kind
}

// A Kind is what is done with an argument.
type Kind uint8

const (
	Reads     Kind = iota // what it refers to: elements, a map, what it points at
	Writes                // the same
	ReadsAll              // also what is in there, as printing does
	WritesAll             // also the pointers in a list of arguments
	Fills                 // a []byte, of which the first result says how much
	Gathers               // an io.Writer, if it is a buffer in memory
	GetsValue             // a reflect.Value
	SetsValue
)

// effects are those of functions that do not follow from their package and name.
var effects = map[string][]Touch{
	"fmt.Print": {{0, ReadsAll}}, "fmt.Println": {{0, ReadsAll}}, "fmt.Printf": {{1, ReadsAll}},
	"fmt.Sprint": {{0, ReadsAll}}, "fmt.Sprintln": {{0, ReadsAll}}, "fmt.Sprintf": {{1, ReadsAll}}, "fmt.Errorf": {{1, ReadsAll}},
	"fmt.Fprint": {{0, Gathers}, {1, ReadsAll}}, "fmt.Fprintln": {{0, Gathers}, {1, ReadsAll}}, "fmt.Fprintf": {{0, Gathers}, {2, ReadsAll}},
	"fmt.Sscan": {{1, WritesAll}}, "fmt.Sscanln": {{1, WritesAll}}, "fmt.Sscanf": {{2, WritesAll}},
	"fmt.Fscan": {{1, WritesAll}}, "fmt.Fscanln": {{1, WritesAll}}, "fmt.Fscanf": {{2, WritesAll}},
	"fmt.Scan": {{0, WritesAll}}, "fmt.Scanln": {{0, WritesAll}}, "fmt.Scanf": {{1, WritesAll}},
	"log.Print": {{0, ReadsAll}}, "log.Println": {{0, ReadsAll}}, "log.Printf": {{1, ReadsAll}},
	"io.WriteString": {{0, Gathers}}, "io.ReadFull": {{1, Fills}}, "os.WriteFile": {{1, Reads}},

	"errors.As":         {{1, Writes}},
	"reflect.DeepEqual": {{0, ReadsAll}, {1, ReadsAll}},
	"reflect.Copy":      {{0, SetsValue}, {1, GetsValue}},

	"encoding/json.Marshal": {{0, ReadsAll}}, "encoding/json.MarshalIndent": {{0, ReadsAll}}, "encoding/json.Unmarshal": {{0, Reads}, {1, Writes}},
	"(*encoding/json.Encoder).Encode": {{0, Writes}, {1, ReadsAll}}, "(*encoding/json.Decoder).Decode": {{0, Writes}, {1, Writes}},
	"encoding/xml.Marshal": {{0, ReadsAll}}, "encoding/xml.Unmarshal": {{0, Reads}, {1, Writes}},
	"(*encoding/gob.Encoder).Encode": {{0, Writes}, {1, ReadsAll}}, "(*encoding/gob.Decoder).Decode": {{0, Writes}, {1, Writes}},

	"sort.Ints": {{0, Writes}}, "sort.Strings": {{0, Writes}}, "sort.Float64s": {{0, Writes}},
	"sort.Slice": {{0, Writes}}, "sort.SliceStable": {{0, Writes}}, "sort.SliceIsSorted": {{0, Reads}},
	"sort.IntsAreSorted": {{0, Reads}}, "sort.StringsAreSorted": {{0, Reads}}, "sort.SearchInts": {{0, Reads}}, "sort.SearchStrings": {{0, Reads}},

	"slices.Sort": {{0, Writes}}, "slices.SortFunc": {{0, Writes}}, "slices.SortStableFunc": {{0, Writes}}, "slices.Reverse": {{0, Writes}},
	"slices.Insert": {{0, Writes}}, "slices.Delete": {{0, Writes}}, "slices.DeleteFunc": {{0, Writes}}, "slices.Replace": {{0, Writes}},
	"slices.Compact": {{0, Writes}}, "slices.CompactFunc": {{0, Writes}},
	"slices.Contains": {{0, Reads}}, "slices.ContainsFunc": {{0, Reads}}, "slices.Index": {{0, Reads}}, "slices.IndexFunc": {{0, Reads}},
	"slices.Max": {{0, Reads}}, "slices.Min": {{0, Reads}}, "slices.MaxFunc": {{0, Reads}}, "slices.MinFunc": {{0, Reads}},
	"slices.Equal": {{0, Reads}, {1, Reads}}, "slices.Compare": {{0, Reads}, {1, Reads}}, "slices.Clone": {{0, Reads}},
	"slices.IsSorted": {{0, Reads}}, "slices.BinarySearch": {{0, Reads}}, "slices.BinarySearchFunc": {{0, Reads}},
	"maps.Copy": {{0, Writes}, {1, Reads}}, "maps.Clone": {{0, Reads}}, "maps.Equal": {{0, Reads}, {1, Reads}}, "maps.DeleteFunc": {{0, Writes}},
	"maps.Keys": {{0, Reads}}, "maps.Values": {{0, Reads}}, "maps.All": {{0, Reads}}, "maps.Insert": {{0, Writes}},

	"strings.Join": {{0, Reads}}, "bytes.Join": {{0, Reads}, {1, Reads}},
	"bytes.Equal": {{0, Reads}, {1, Reads}}, "bytes.Compare": {{0, Reads}, {1, Reads}}, "bytes.Contains": {{0, Reads}, {1, Reads}},
	"bytes.Index": {{0, Reads}, {1, Reads}}, "bytes.ToUpper": {{0, Reads}}, "bytes.ToLower": {{0, Reads}}, "bytes.Clone": {{0, Reads}},
	"crypto/rand.Read": {{0, Writes}}, "math/rand.Read": {{0, Writes}},
}

// unshared are types whose methods change what they are called on, but for those
// that are named here.
var unshared = map[string]string{
	"bytes.Buffer": "Len Cap String Bytes Available", "strings.Builder": "Len Cap String",
	"bytes.Reader": "Len Size", "strings.Reader": "Len Size",
	"bufio.Reader": "Size Buffered", "bufio.Writer": "Size Buffered Available", "bufio.Scanner": "Text Bytes Err",
	"math/rand.Rand": "", "math/rand/v2.Rand": "", "math/rand/v2.PCG": "", "math/rand/v2.ChaCha8": "",
	"container/list.List": "Len Front Back", "container/list.Element": "Next Prev", "container/ring.Ring": "Len Next Prev",
	"encoding/csv.Reader": "", "encoding/csv.Writer": "",
	"math/big.Int":   "Cmp CmpAbs Sign String Text Int64 Uint64 IsInt64 IsUint64 BitLen Bit Bytes Append Format ProbablyPrime TrailingZeroBits FillBytes Float64",
	"net/url.Values": "Get Has Encode", "net/http.Header": "Get Values Clone Write", "net/textproto.MIMEHeader": "Get Values",
}

// What packages do beside: quiet ones neither tell anybody anything nor wait for
// anybody. Of the speaking ones, calls may reach others by way of a writer.
var (
	quiet = wordSet("bytes cmp container/heap container/list container/ring crypto/md5 crypto/sha1 crypto/sha256 crypto/sha512 embed errors " +
		"fmt hash hash/adler32 hash/crc32 hash/crc64 hash/fnv hash/maphash html image image/color image/draw iter maps math math/big math/bits " +
		"math/cmplx math/rand math/rand/v2 path path/filepath reflect regexp runtime runtime/debug slices sort strconv strings sync sync/atomic " +
		"text/tabwriter unicode unicode/utf16 unicode/utf8 unique unsafe encoding/base64 encoding/binary encoding/hex go/ast go/token go/parser")
	speaking = wordSet("bufio compress/flate compress/gzip compress/zlib encoding/csv encoding/gob encoding/json encoding/xml html/template log log/slog " +
		"text/template time context")
)

func wordSet(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// exceptions are functions that differ from their packages.
var exceptions = map[string]Effect{
	"runtime.GC":           {Object: "runtime.GC"},
	"runtime.SetFinalizer": {Tells: true}, "runtime.AddCleanup": {Tells: true},
	"fmt.Fprint": {Tells: true}, "fmt.Fprintln": {Tells: true}, "fmt.Fprintf": {Tells: true},
	"time.Now": {}, "time.Since": {}, "time.Until": {}, "time.Date": {}, "time.Parse": {}, "time.ParseDuration": {}, "time.Sleep": {}, "time.Unix": {},
	"(time.Time).Sub": {}, "(time.Time).Add": {}, "(time.Time).Format": {}, "(time.Duration).String": {}, "(time.Duration).Seconds": {},
	"(*sync.Pool).Put": {Object: "sync.(*Pool).Put"}, "(*sync.Pool).Get": {Object: "sync.(*Pool).Get"},
	"(*sync.Map).Load": {Object: "sync.(*Map).Load"}, "(*sync.Map).Range": {Object: "sync.(*Map).Range"},
	"(*sync.Map).Store": {Object: "sync.(*Map).Store"}, "(*sync.Map).LoadOrStore": {Object: "sync.(*Map).LoadOrStore"},
	"(*sync.Map).LoadAndDelete": {Object: "sync.(*Map).LoadAndDelete"}, "(*sync.Map).Delete": {Object: "sync.(*Map).Delete"},
	"(*sync.Map).Swap": {Object: "sync.(*Map).Swap"}, "(*sync.Map).CompareAndSwap": {Object: "sync.(*Map).CompareAndSwap"},
	"(*sync.Map).CompareAndDelete": {Object: "sync.(*Map).CompareAndDelete"}, "(*sync.Map).Clear": {Object: "sync.(*Map).Clear"},
	"testing/synctest.Wait": {Object: "testing/synctest.Wait"},
	"os.Getenv":             {}, "os.Exit": {},
}

// Of tells what a call does if it is of compiled code: of a function, of a
// method of an interface, or of a function value.
func Of(call *ssa.CallCommon) (e Effect) {
	if call.IsInvoke() {
		return invokeEffect(call.Method)
	}
	fn := call.StaticCallee()
	if fn == nil {
		return Effect{Tells: true, Hears: true}
	}
	if o := fn.Origin(); o != nil {
		fn = o
	}
	obj, _ := fn.Object().(*types.Func)
	if obj == nil || obj.Pkg() == nil {
		return e
	}
	name, path := obj.FullName(), obj.Pkg().Path()
	if x, ok := exceptions[name]; ok {
		e = x
	} else if !quiet[path] {
		e.Tells, e.Hears = true, !speaking[path]
	}
	if args, ok := effects[name]; ok {
		e.Args = args
		return e
	}
	sig := obj.Signature()
	if recv := sig.Recv(); recv != nil {
		e.Args = methodEffect(recv.Type(), obj.Name(), sig)
	}
	return e
}

// methodEffect is that of a method that is not listed.
func methodEffect(recv types.Type, name string, sig *types.Signature) (args []Touch) {
	pointer := false
	if p, ok := recv.(*types.Pointer); ok {
		recv, pointer = p.Elem(), true
	}
	n, ok := recv.(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return nil
	}
	typ := n.Obj().Pkg().Path() + "." + n.Obj().Name()
	if readers, ok := unshared[typ]; ok && (pointer || isMap(n)) {
		how := Writes
		if wordSet(readers)[name] {
			how = Reads
		}
		args = append(args, Touch{0, how})
	}
	if typ == "reflect.Value" {
		return reflectEffect(name)
	}
	return append(args, bytesEffect(name, sig, 1)...)
}

func isMap(t types.Type) bool {
	_, ok := t.Underlying().(*types.Map)
	return ok
}

// bytesEffect is what Read, ReadAt, Write and WriteAt do with their argument, which
// comes first.
func bytesEffect(name string, sig *types.Signature, first int) []Touch {
	if sig.Params().Len() == 0 || sig.Results().Len() != 2 {
		return nil
	}
	s, ok := sig.Params().At(0).Type().Underlying().(*types.Slice)
	if !ok || !types.Identical(s.Elem(), types.Typ[types.Byte]) {
		return nil
	}
	switch name {
	case "Read", "ReadAt":
		return []Touch{{first, Fills}}
	case "Write", "WriteAt":
		return []Touch{{first, Reads}}
	}
	return nil
}

func reflectEffect(name string) []Touch {
	switch {
	case strings.HasPrefix(name, "Set"):
		return []Touch{{0, SetsValue}}
	case wordSet("Int Uint Float Bool String Complex Interface Len Bytes")[name]:
		return []Touch{{0, GetsValue}}
	}
	return nil
}

// invokeEffect is that of a method of an interface, if it is compiled.
func invokeEffect(m *types.Func) (e Effect) {
	if m.Pkg() == nil {
		return e // error
	}
	if path := m.Pkg().Path(); path != "main" && !quiet[path] && path != "time" && path != "context" {
		e.Tells, e.Hears = true, true
	}
	e.Args = bytesEffect(m.Name(), m.Signature(), 0)
	return e
}
