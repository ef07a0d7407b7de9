package random

import (
	"fmt"
	"strings"
)

// registers writes a type, an init function that registers things by name with
// compiled packages, and statements for main that ask for them. The packages
// that it needs are added to the program's imports.
func (g *generator) registers() (imports []string, use string) {
	if g.IntN(2) == 0 {
		return nil, ""
	}
	var decl, ask strings.Builder
	decl.WriteString("func init() {\n")
	if g.IntN(2) == 0 {
		imports = append(imports, "bytes", "encoding/gob")
		fmt.Fprintf(&g.b, "type parcel struct{ N%d int }\n\nfunc (p parcel) sum() int { return p.N%[1]d }\n\n", g.IntN(3))
		decl.WriteString("\tgob.Register(parcel{})\n")
		ask.WriteString(`	{
		var stream bytes.Buffer
		var in, back adder = parcel{5}, nil
		out(gob.NewEncoder(&stream).Encode(&in), gob.NewDecoder(&stream).Decode(&back))
		out(in == back, back.sum())
	}
`)
	}
	imports = append(imports, "flag")
	for i := range 1 + g.IntN(3) {
		fmt.Fprintf(&decl, "\tflag.Int(\"n%d\", %d, \"a number\")\n", i, g.IntN(100))
	}
	ask.WriteString("\tflag.VisitAll(func(f *flag.Flag) { out(f.Name, f.Value, f.DefValue) })\n")
	decl.WriteString("}\n\n")
	g.b.WriteString(decl.String())
	return imports, ask.String()
}

// withImports adds packages to the import declaration that a program begins
// with.
func withImports(src string, paths []string) string {
	var lines strings.Builder
	for _, path := range paths {
		fmt.Fprintf(&lines, "\t%q\n", path)
	}
	return strings.Replace(src, "import (\n", "import (\n"+lines.String(), 1)
}
