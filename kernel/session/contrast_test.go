package session

import (
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A rgb is a colour in parts from 0 to 1.
type rgb [3]float64

func hex(n uint32) rgb {
	return rgb{float64(n>>16&0xff) / 255, float64(n>>8&0xff) / 255, float64(n&0xff) / 255}
}

// over is a colour with an opacity on another one.
func (c rgb) over(back rgb, opacity float64) rgb {
	for i := range c {
		c[i] = opacity*c[i] + (1-opacity)*back[i]
	}
	return c
}

// luminance is that of WCAG 2.2, as contrast.
func (c rgb) luminance() float64 {
	for i, v := range c {
		if v <= 0.04045 {
			c[i] = v / 12.92
		} else {
			c[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2]
}

func contrast(a, b rgb) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// themes are what JupyterLab 4 shows text in, and on: of @jupyterlab/theme-…-extension,
// --jp-content-font-color1, --jp-layout-color0 and --jp-rendermime-error-background.
var themes = map[string]struct{ text, page, errors rgb }{
	"light": {hex(0).over(hex(0xffffff), 0.87), hex(0xffffff), hex(0xffdddd)},
	"dark":  {hex(0xffffff), hex(0x111111), hex(0xf44336).over(hex(0x111111), 0.28)},
}

// ansi are the colours that @jupyterlab/rendermime has for ANSI's; bold ones are
// its "intense".
var ansi = map[string]rgb{
	"31": hex(0xe75c58), "32": hex(0x00a250), "33": hex(0xddb62b), "34": hex(0x208ffb), "35": hex(0xd160c4), "36": hex(0x60c6c8),
	"1;31": hex(0xb22b31), "1;32": hex(0x007427), "1;33": hex(0xb27d12), "1;34": hex(0x0065ca), "1;35": hex(0xa03196), "1;36": hex(0x258f8f),
}

const readable = 4.5 // WCAG 2.2, 1.4.3, level AA

// TestContrast computes the contrast of everything that is coloured with ANSI
// sequences anywhere in the kernel, on what Jupyter shows it on.
func TestContrast(t *testing.T) {
	sequence := regexp.MustCompile(`\\x1b\[([0-9;]*)m`)
	found := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "stdlib" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range sequence.FindAllStringSubmatch(string(src), -1) {
			found++
			for name, theme := range themes {
				colour, coloured := ansi[m[1]]
				switch {
				case !coloured && m[1] != "0" && m[1] != "1":
					t.Errorf("%s: what colour is %s?", path, m[0])
				case !coloured:
					colour = theme.text
				}
				for _, back := range []rgb{theme.page, theme.errors} {
					if c := contrast(colour, back); c < readable {
						t.Errorf("%s: %s in the %s theme has a contrast of %.1f on %s", path, m[0], name, c, fmt.Sprint(back))
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 3 {
		t.Errorf("%d sequences found", found)
	}
	if c := contrast(ansi["1;31"], themes["dark"].errors); c > 2.2 {
		t.Errorf("bold red is %.1f on dark: JupyterLab measures 2.1", c)
	}
}
