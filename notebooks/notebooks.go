// Package notebooks holds the course, for programs that hand it out.
package notebooks

import "embed"

// Files are the course's notebooks, by name.
//
//go:embed *.ipynb
var Files embed.FS
