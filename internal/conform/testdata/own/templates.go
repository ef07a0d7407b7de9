// text/template and html/template reach methods and fields by reflection.
package main

import (
	"fmt"
	htmltemplate "html/template"
	"os"
	"strings"
	"text/template"
)

type Item struct {
	Name  string
	Price float64
	tags  []string
}

func (i Item) Tags() []string                  { return i.tags }
func (i *Item) Upper() string                  { return strings.ToUpper(i.Name) }
func (i Item) Times(n int, unit string) string { return fmt.Sprint(float64(n)*i.Price, unit) }
func (i Item) Fail() (string, error)           { return "", fmt.Errorf("item %s fails", i.Name) }

type Order struct {
	Items  []*Item
	Meta   map[string]any
	Notify func(string) string
	Level
}
type Level int

func (l Level) String() string { return fmt.Sprintf("level-%d", int(l)) }

const text = `{{range $i, $e := .Items}}{{if $i}}, {{end}}{{$e.Name}}={{printf "%.2f" $e.Price}} {{$e.Upper}} {{.Times 2 "kg"}}{{range .Tags}}#{{.}}{{else}}-{{end}}{{end}}
{{with .Meta}}{{.k}} {{index . "n"}}{{end}} {{.Level}} {{call .Notify "x"}} {{len .Items}} {{join .Items}} {{eq .Level 3}}
`

func main() {
	t := template.Must(template.New("t").Funcs(template.FuncMap{"join": func(items []*Item) (s string) {
		for _, i := range items {
			s += i.Name + ";"
		}
		return
	}}).Parse(text))
	o := Order{
		Items:  []*Item{{"tea", 2.5, []string{"hot", "dry"}}, {"jam", 1, nil}},
		Meta:   map[string]any{"k": "v", "n": 5},
		Notify: func(s string) string { return "<" + s + ">" },
		Level:  3,
	}
	if err := t.Execute(os.Stdout, o); err != nil {
		fmt.Println(err)
	}
	err := template.Must(template.New("e").Parse("{{.Fail}}")).Execute(os.Stdout, o.Items[0])
	fmt.Println(err)
	err = template.Must(template.New("m").Parse("{{.Missing}}")).Execute(os.Stdout, o)
	fmt.Println(err)
	h := htmltemplate.Must(htmltemplate.New("h").Parse("<a title='{{.Name}}'>{{.Name}}</a>\n"))
	h.Execute(os.Stdout, Item{Name: "<x> & 'y'"})
}
