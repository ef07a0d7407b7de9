// Strings: bytes, runes, invalid UTF-8, conversion, building, comparing.
package main

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

type Str string
type Bytes []byte
type Runes []rune

func (s Str) Rev() Str {
	r := []rune(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return Str(r)
}

func main() {
	s := "héllo, 世界\xff!"
	for i, r := range s {
		fmt.Print(i, ":", string(r), "(", r, ") ")
	}
	fmt.Println(len(s), utf8.RuneCountInString(s), utf8.ValidString(s))
	for i := range s {
		fmt.Print(i, " ")
	}
	for i := range len(s[:3]) {
		fmt.Printf("%x ", s[i])
	}
	fmt.Println()
	b := []byte(s)
	b[0] = 'H'
	fmt.Println(string(b[:6]), s[:6], string(b) == s, []rune(s)[1], string([]rune{0x4e16, 'x', -1, 0xd800}))
	fmt.Printf("%q %x %U %c %v %s|%5s|%-5s|%.2s|%05d\n", s, "hé", 'é', 0x1F600, 'a', []string{"a", "b"}, "ab", "ab", "abc", 42)
	fmt.Println(Str("abc").Rev(), string(Bytes("xyz")), string(Runes("äö")), Str(Bytes("q")), []byte(Str("r")), Bytes("é"), Runes("é"))
	fmt.Println("a" < "b", "a" < "B", "" < "a", "abc" > "abd", Str("x") == "x")
	fmt.Println(string(rune(65)), string(rune(0x10ffff+1)) == "\uFFFD", strings.ToUpper("straße"))
	raw := `raw \n "quoted"` + "\ttab\u00e9\x41\101\a"
	fmt.Printf("%q\n", raw)
	x := "abc"
	y := x
	x += "def"
	fmt.Println(x, y, x[1:3], x[3:], x[:0] == "", len(x[2:2]))
	var sb strings.Builder
	for i := 3; i > 0; i-- {
		fmt.Fprintf(&sb, "%d...", i)
	}
	sb.WriteByte('!')
	sb.WriteRune('é')
	fmt.Println(sb.String(), sb.Len())
	fmt.Println(strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, "a1b2é3"), strings.FieldsFunc("a,b;c", func(r rune) bool { return r == ',' || r == ';' }), strings.IndexFunc("abc1", unicode.IsDigit))
	before, after, found := strings.Cut("key=val=x", "=")
	fmt.Println(before, after, found, strings.Split("a,b,c", ","), strings.Fields("  a  b "), strings.Title("go go"), strings.EqualFold("É", "é"))
	for part := range strings.SplitSeq("x-y-z", "-") {
		fmt.Print(part, ".")
	}
	fmt.Println(strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace("<b>"))
	switch s[1:3] {
	case "é":
		fmt.Println("matched")
	}
	const multi = "line1\nline2"
	for i, l := range strings.Split(multi, "\n") {
		fmt.Print(i, l, ";")
	}
	fmt.Println(fmt.Sprint("a", 1, 2, "b", "c", 3.0, nil, 'x'), fmt.Sprintln("a", 1), fmt.Sprint(), fmt.Sprint(1, 2))
	var n int
	var w string
	var f Str
	c, err := fmt.Sscanf("12 abc-z", "%d %3s-%s", &n, &w, &f)
	fmt.Println(c, err, n, w, f)
	c, err = fmt.Sscan("7 xx", &n, &n)
	fmt.Println(c, err, n)
	copy(b[1:], "XYZ")
	fmt.Println(string(b[:5]), string(append([]byte("x"), "yz"...)), len([]byte("")), []byte(nil) == nil)
}
