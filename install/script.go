package install

import (
	"embed"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// script is how nbconvert writes Go notebooks as scripts: as a program, or, where there
// can be none, in cells, with lines such as // %%, which gosched run and gosched export
// read. It is for environments that are gosched's own, the private one and the image, as
// it is a setting for notebooks in all languages; others stay as they are.
//
//go:embed image/share/jupyter/nbconvert/templates/gosched image/etc/jupyter/jupyter_nbconvert_config.py image/etc/jupyter/jupyter_server_config.py
var script embed.FS

// addScript puts it into the private environment.
func (l *Lab) addScript() error {
	return fs.WalkDir(script, "image", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := script.ReadFile(path)
		if err != nil {
			return err
		}
		file := filepath.Join(l.Dir, filepath.FromSlash(strings.TrimPrefix(path, "image/")))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		return os.WriteFile(file, content, 0o644)
	})
}
