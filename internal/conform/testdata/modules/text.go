//gosched:get golang.org/x/text@v0.44.0
package main

import (
	"fmt"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/collate"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

func main() {
	p := message.NewPrinter(language.German)
	p.Printf("%d %.2f %v\n", 1234567, 3.14159, number.Percent(0.25))
	message.NewPrinter(language.English).Printf("%d\n", 1234567)
	fmt.Println(cases.Title(language.English).String("hello wide world"), cases.Upper(language.Turkish).String("i"))
	fmt.Println(len(norm.NFC.String("e\u0301")), len(norm.NFD.String("é")), norm.NFC.IsNormalString("é"))
	list := []string{"zebra", "Äpfel", "apfel", "Zoo", "öl"}
	collate.New(language.German).SortStrings(list)
	fmt.Println(list)
	b, err := charmap.ISO8859_1.NewEncoder().Bytes([]byte("grün"))
	fmt.Println(b, err)
	s, _, err := transform.String(charmap.Windows1252.NewDecoder(), "\x80 5")
	fmt.Println(s, err)
	fmt.Println(width.Narrow.String("ＡＢＣ"))
	m := language.NewMatcher([]language.Tag{language.English, language.German, language.MustParse("sr-Latn")})
	t, i, c := m.Match(language.MustParse("de-AT"))
	fmt.Println(t, i, c, language.MustParse("sr-Latn").Parent())
	r := transform.NewReader(strings.NewReader("abc"), transform.Chain(norm.NFD, norm.NFC))
	buf := make([]byte, 8)
	n, err := r.Read(buf)
	fmt.Println(n, err)
}
