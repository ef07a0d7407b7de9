package stdlib

import (
	"bytes"
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"testing"

	"golang.org/x/tools/go/gcexportdata"

	"github.com/gosched/gosched/kernel/stdlib/exportdata"
)

// What is read of compiled packages when it is asked for is what x/tools reads at once.
func TestExportDataOfAll(t *testing.T) {
	packages := exportdata.New(exportData)
	all := map[string]*types.Package{}
	for _, path := range Packages() {
		if !Compiled(path) {
			continue
		}
		data, err := exportData(path)
		if err != nil {
			t.Fatal(err)
		}
		want, err := gcexportdata.Read(bytes.NewReader(data), token.NewFileSet(), all, path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := packages.Read(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if a, b := fmt.Sprint(want.Imports()), fmt.Sprint(got.Imports()); a != b || got.Name() != want.Name() || !got.Complete() {
			t.Errorf("%v imports %s, want %s", got, b, a)
		}
		if !slices.Equal(want.Scope().Names(), got.Scope().Names()) {
			t.Errorf("%s has %v, want %v", path, got.Scope().Names(), want.Scope().Names())
			continue
		}
		for _, name := range want.Scope().Names() {
			if a, b := described(want.Scope().Lookup(name)), described(got.Scope().Lookup(name)); a != b {
				t.Errorf("%s.%s is\n%s\nwant\n%s", path, name, b, a)
			}
		}
	}
}

// described is all that there is to know of an object.
func described(obj types.Object) string {
	text := obj.String()
	if c, ok := obj.(*types.Const); ok {
		text += " " + c.Val().ExactString()
	}
	if n, ok := obj.Type().(*types.Named); ok {
		for m := range n.Methods() {
			text += "\n" + m.String()
		}
		for p := range n.TypeParams().TypeParams() {
			text += "\n" + p.String() + " " + p.Constraint().String()
		}
		if i, ok := n.Underlying().(*types.Interface); ok {
			for m := range i.Methods() {
				text += "\n" + m.String() + " of " + m.Signature().Recv().Type().String()
			}
		}
		set := types.NewMethodSet(types.NewPointer(n))
		for i := range set.Len() {
			text += "\n" + set.At(i).String()
		}
	}
	return text
}
