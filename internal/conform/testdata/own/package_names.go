// Variables that are called like the packages that they come from.
package main

import (
	"container/list"
	"errors"
	"fmt"
	"net/url"
	"sort"
	"strings"
	"time"
)

type lengths []string

func (l lengths) Len() int           { return len(l) }
func (l lengths) Less(i, j int) bool { return len(l[i]) < len(l[j]) }
func (l lengths) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }

func host(s string) string {
	url, err := url.Parse(s)
	if err != nil {
		return err.Error()
	}
	return url.Host
}

func length() int {
	list := list.New()
	list.PushBack(1)
	list.PushBack(2)
	return list.Len()
}

func year(time time.Time) int { return time.Year() }

func (l lengths) sorted() (sort lengths) {
	sort = append(sort, l...)
	order(sort)
	return sort[:sort.Len()]
}

func order(l lengths) { sort.Sort(l) }

func kind(v any) string {
	switch errors := v.(type) {
	case error:
		return errors.Error()
	case fmt.Stringer:
		fmt := errors
		return fmt.String()
	}
	return strings.ToUpper("neither")
}

func each(m map[string]lengths) (n int) {
	for strings, sort := range m {
		n += len(strings) + sort.Len()
	}
	return n
}

func main() {
	fmt.Println(host("http://h/x"), length(), year(time.Time{}))
	fmt.Println(lengths{"three", "a", "is"}.sorted())
	fmt.Println(kind(errors.New("e")), kind(time.Second), kind(1))
	fmt.Println(each(map[string]lengths{"ab": {"c"}}))
	func() {
		list := list.New()
		fmt.Println(list.Len())
	}()
	url, err := url.Parse("http://i/y")
	fmt.Println(url.Host, err)
	time := time.Unix(0, 0).UTC()
	fmt.Println(time.Year())
}
