//gosched:get golang.org/x/net@v0.62.0
package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

func main() {
	n, err := html.Parse(strings.NewReader(`<p class=x>Hi <b>there</b><br>&amp; you<table><td>1`))
	fmt.Println(err)
	fmt.Println(html.Render(os.Stdout, n))
	for d := range n.Descendants() {
		if d.Type == html.ElementNode {
			fmt.Print(d.Data, d.DataAtom == atom.P, " ")
		}
	}
	fmt.Println()
	z := html.NewTokenizer(strings.NewReader(`<a href="/x">t</a><!-- c -->`))
	for z.Next() != html.ErrorToken {
		fmt.Println(z.Token())
	}
	fmt.Println(html.EscapeString("<a&b>"), html.UnescapeString("&lt;&eacute;"))
	fmt.Println(idna.ToASCII("bücher.example"))
	fmt.Println(publicsuffix.EffectiveTLDPlusOne("www.books.co.uk"))
}
