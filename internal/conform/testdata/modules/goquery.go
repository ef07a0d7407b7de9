//gosched:get github.com/PuerkitoBio/goquery@v1.13.0
package main

import (
	"fmt"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

const page = `<html><body><div id="main" class="a b"><h1>Title</h1>
<ul><li><a href="/1">One</a></li><li class="x"><a href="/2">Two</a></li><li>Three</li></ul>
<p>Some <b>bold</b> text</p></div></body></html>`

func main() {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	fmt.Println(err, doc.Find("h1").Text())
	doc.Find("li a").Each(func(i int, s *goquery.Selection) {
		href, ok := s.Attr("href")
		fmt.Println(i, s.Text(), href, ok)
	})
	fmt.Println(doc.Find("li:not(.x)").Length(), doc.Find("#main").HasClass("b"))
	h, err := doc.Find("p").Html()
	fmt.Println(h, err)
	doc.Find("li").First().AddClass("first").SetAttr("data-n", "1").Next().Remove()
	h, _ = doc.Find("ul").Html()
	fmt.Println(h)
	fmt.Println(doc.Find("li").Map(func(i int, s *goquery.Selection) string { return strings.ToUpper(s.Text()) }))
}
