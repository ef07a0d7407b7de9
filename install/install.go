// Package install puts the kernel where Jupyter finds it, and JupyterLab where
// there is none. It knows Jupyter's directories, kernelspecs, Python virtual
// environments and the pinned requirements; it does not know what a kernel
// does once it is started.
package install

import (
	"embed"
	"fmt"
	"strings"
)

// logos are the files of a kernelspec that Jupyter's launcher shows.
//
//go:embed logo/logo-32x32.png logo/logo-64x64.png logo/logo-svg.svg logo/yaegi
var logos embed.FS

// labSettings are JupyterLab's and Notebook's settings, in the private environment
// and in the image: no question about Jupyter's news on the first start.
//
//go:embed image/share/jupyter/lab/settings/overrides.json
var labSettings []byte

// Requirements is the lock of the private JupyterLab environment: every
// package with its version and hashes, for every Python from 3.10 on.
//
//go:embed requirements.txt
var Requirements []byte

// A Trouble is something that keeps gosched from working here, in plain words,
// and what mends it.
type Trouble struct {
	What string
	Fix  []string // commands or instructions, one a line
}

func (t *Trouble) Error() string {
	if len(t.Fix) == 0 {
		return t.What
	}
	return fmt.Sprintf("%s\nTo mend it:\n    %s", t.What, strings.Join(t.Fix, "\n    "))
}
