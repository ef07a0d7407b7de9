package picture

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
)

// Everything that means something stands out from every background by 4.5 to 1
// at least, in both themes.
func TestContrast(t *testing.T) {
	for name, th := range map[string]*theme{"light": &light, "dark": &dark} {
		inks := map[string]string{"ink": th.ink, "muted": th.muted, "message": th.message, "lock": th.lock, "signal": th.signal, "alarm": th.alarm}
		for i, c := range th.states {
			inks[stateNames[i]] = c
		}
		for _, back := range []string{th.back, th.stripe} {
			for what, c := range inks {
				ratio, err := contrast(c, back)
				if err != nil {
					t.Fatal(err)
				}
				if ratio < 4.5 {
					t.Errorf("%s: %s %s on %s has a contrast of %.2f", name, what, c, back, ratio)
				}
			}
		}
	}
}

// Each state has a pattern of its own besides its colour.
func TestPatterns(t *testing.T) {
	seen := map[string]bool{}
	for s := waiting; s < numStates; s++ {
		if patterns[s] == "" || seen[patterns[s]] {
			t.Errorf("%s has the pattern %q", stateNames[s], patterns[s])
		}
		seen[patterns[s]] = true
	}
}

// contrast is the ratio of two colours, from 1 to 21, as WCAG 2.2 defines it.
func contrast(a, b string) (float64, error) {
	la, err := luminance(a)
	if err != nil {
		return 0, err
	}
	lb, err := luminance(b)
	if err != nil {
		return 0, err
	}
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05), nil
}

// luminance is the relative luminance of a colour written as #rrggbb.
func luminance(c string) (float64, error) {
	n, err := strconv.ParseUint(strings.TrimPrefix(c, "#"), 16, 32)
	if err != nil || len(c) != 7 {
		return 0, fmt.Errorf("colour %q is not of the form #rrggbb", c)
	}
	part := func(shift uint) float64 {
		v := float64(n>>shift&0xff) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0), nil
}
