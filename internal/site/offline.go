package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A page loads most of JupyterLab's parts when they are needed, and so would lack them
// without a network. The site has a list of its files, by which the kernel's extension
// has the browser keep them once a cell has run.

const (
	keptName   = "offline.json" // named in jupyter-lite.json
	workerName = "service-worker.js"
)

// offline writes that list, and puts what is ours before the site's service worker.
func (b *builder) offline(target string) error {
	names, err := kept(os.DirFS(target))
	if err != nil {
		return err
	}
	list, err := json.Marshal(names)
	if err != nil {
		return err
	}
	ours, err := os.ReadFile(b.path("install", "jupyterlite", "offline.js"))
	if err != nil {
		return err
	}
	theirs, err := os.ReadFile(filepath.Join(target, workerName))
	if err != nil {
		return err
	}
	if err := put(filepath.Join(target, keptName), list); err != nil {
		return err
	}
	return put(filepath.Join(target, workerName), append(ours, theirs...))
}

// What JupyterLab asks for beside the site's folders, by how the names end, and what it
// does not.
var (
	atRoot   = []string{".js", ".json", ".ipynb", ".png", ".webmanifest"}
	notAsked = []string{workerName, keptName, "jupyterlite.schema.v0.json", "overrides.json", "package.json"}
)

// kept lists the files of a site that JupyterLab may ask for, in order.
func kept(site fs.FS) (names []string, err error) {
	err = fs.WalkDir(site, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		folder, _, below := strings.Cut(name, "/")
		switch {
		case !below && !slices.Contains(atRoot, path.Ext(name)), slices.Contains(notAsked, name), strings.HasPrefix(name, "rspack."):
		case below && !slices.Contains([]string{"api", "build", "extensions", "files", "lab", "static"}, folder):
		case strings.HasPrefix(name, "build/schemas/") && path.Dir(name) != "build/schemas": // there are lists of them all
		case slices.Contains([]string{".map", ".md", ".txt"}, path.Ext(name)), strings.HasPrefix(path.Base(name), "third-party-licenses"):
		default:
			names = append(names, name)
		}
		return nil
	})
	return names, err
}
