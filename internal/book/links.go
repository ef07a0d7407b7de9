package main

import (
	"fmt"
	"html"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

var (
	script   = regexp.MustCompile(`(?s)<script[^>]*>.*?</script>`)
	refersTo = regexp.MustCompile(`\s(?:href|src)="([^"]*)"`)
	names    = regexp.MustCompile(`\s(?:id|name)="([^"]*)"`)
)

// brokenLinks are the links between the pages of a site that lead to no file or to no
// place in it. Those that leave the site are not followed.
func brokenLinks(dir string) (broken []string, checked int, err error) {
	pages := map[string]string{} // by path
	places := map[string]map[string]bool{}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "_static" {
			return fs.SkipDir // the theme's own templates
		}
		if err != nil || d.IsDir() || filepath.Ext(path) != ".html" {
			return err
		}
		content, err := os.ReadFile(path)
		pages[path] = string(content)
		places[path] = map[string]bool{}
		for _, m := range names.FindAllStringSubmatch(pages[path], -1) {
			places[path][html.UnescapeString(m[1])] = true
		}
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	for from, content := range pages {
		for _, m := range refersTo.FindAllStringSubmatch(script.ReplaceAllString(content, ""), -1) {
			link, err := url.Parse(html.UnescapeString(m[1]))
			if err != nil {
				broken = append(broken, fmt.Sprintf("%s: %q: %v", filepath.Base(from), m[1], err))
				continue
			}
			if link.Scheme != "" || link.Host != "" {
				continue
			}
			checked++
			to := from
			if link.Path != "" {
				to = filepath.Join(filepath.Dir(from), filepath.FromSlash(link.Path))
			}
			switch _, err := os.Stat(to); {
			case err != nil:
				broken = append(broken, fmt.Sprintf("%s: %q: there is no such file", filepath.Base(from), m[1]))
			case link.Fragment != "" && places[to] != nil && !places[to][link.Fragment]:
				broken = append(broken, fmt.Sprintf("%s: %q: there is no such place in it", filepath.Base(from), m[1]))
			}
		}
	}
	slices.Sort(broken)
	return broken, checked, nil
}
