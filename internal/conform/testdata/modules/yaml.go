//gosched:get gopkg.in/yaml.v3@v3.0.1
package main

import (
	"fmt"
	"os"

	"gopkg.in/yaml.v3"
)

type item struct {
	Name  string            `yaml:"name"`
	Price float64           `yaml:"price,omitempty"`
	Tags  []string          `yaml:"tags,flow"`
	Meta  map[string]string `yaml:"meta,omitempty"`
	Next  *item             `yaml:"next,omitempty"`
}

func main() {
	var list []item
	err := yaml.Unmarshal([]byte("- name: a\n  price: 1.5\n  tags: [x, y]\n- &b\n  name: b\n  meta:\n    k: v\n  next:\n    name: c\n"), &list)
	fmt.Printf("%+v %v\n", list[:1], err)
	fmt.Println(list[1].Next.Name, list[1].Meta)
	out, err := yaml.Marshal(list)
	fmt.Print(string(out), err, "\n")
	var n yaml.Node
	fmt.Println(yaml.Unmarshal([]byte("# head\na: 1 # one\nb: [2, 3]\n"), &n), n.Content[0].Content[0].Value, n.Content[0].Content[0].HeadComment)
	var m map[string]any
	fmt.Println(yaml.Unmarshal([]byte("x: &a {y: 1}\nz: *a\nt: 2001-12-14\nn: null\nb: yes\n"), &m), m)
	fmt.Println(yaml.Unmarshal([]byte("a: [1"), &m))
	fmt.Println(yaml.Unmarshal([]byte("name: [1]"), &list[0]))
	e := yaml.NewEncoder(os.Stdout)
	e.SetIndent(2)
	fmt.Println(e.Encode(map[string]any{"multi": "line1\nline2\n", "list": []int{1, 2}}))
}
