package picture

import (
	"encoding/base64"
	"encoding/json"
	"flag"
	"html"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

var page = flag.String("page", "", "write a page with all samples to look at, into this file")

func TestPage(t *testing.T) {
	if *page == "" {
		return // it is for looking at
	}
	var b strings.Builder
	b.WriteString("<!doctype html><meta charset=utf-8><meta name=color-scheme content='light dark'>\n")
	for _, name := range slices.Sorted(maps.Keys(samples)) {
		b.WriteString("<h3>" + name + "</h3>" + HTML(samples[name]()))
	}
	if err := os.WriteFile(*page, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// What a page holds must need nothing from elsewhere, define nothing for the
// rest of the page, and show the static picture until a script has run.
func TestHTML(t *testing.T) {
	for name, record := range samples {
		r := record()
		got := HTML(r)
		if regexp.MustCompile(`\sid=|https?://[^w]|@import|<link|<iframe|<script|<style`).MatchString(got) {
			t.Errorf("%s: ids, handlers or things from elsewhere", name)
		}
		m := regexp.MustCompile(`<img style="max-width:100%" alt="([^"]+)" src="data:image/svg\+xml;base64,([^"]+)" onload="[^"]+"></div>\n$`).FindStringSubmatch(got)
		if m == nil {
			t.Fatalf("%s: no static picture", name)
		}
		svg, err := base64.StdEncoding.DecodeString(m[2])
		if err != nil || string(svg) != SVG(r) {
			t.Errorf("%s: the static picture is another: %v", name, err)
		}
		m = regexp.MustCompile(`data-gosched="([^"]+)"`).FindStringSubmatch(got)
		var data struct {
			Clock  [][2]float64
			Source map[string]map[string]string
		}
		if err := json.Unmarshal([]byte(html.UnescapeString(m[1])), &data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if name == "pingpong" && data.Source["cell 3"]["7"] != "    ball := <-t" {
			t.Errorf("the source is %q", data.Source)
		}
	}
}

// cpuTime is what the process has used, whatever else the machine does.
func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// A big record is drawn in a second, and takes a megabyte in all its forms.
func TestCrowd(t *testing.T) {
	r := crowd(10_000, 200_000)
	if n := len(r.Events); n < 170_000 {
		t.Fatalf("only %d events", n)
	}
	b := Bundle(r)
	best := time.Hour
	for range 3 {
		start := cpuTime(t)
		Bundle(r)
		best = min(best, cpuTime(t)-start)
	}
	if best > time.Second {
		t.Errorf("took %v of a processor", best)
	}
	size := 0
	for _, v := range b.Data {
		size += len(v.(string))
	}
	if size > 1<<20 {
		t.Errorf("%d bytes", size)
	}
	for _, want := range []string{"9,999 goroutines share 3 lanes", "events, of which 21 arrows and"} {
		if !strings.Contains(b.Data["image/svg+xml"].(string), want) {
			t.Errorf("the picture does not say %q", want)
		}
	}
}

func BenchmarkBundle(b *testing.B) {
	for name, r := range map[string]func() any{
		"small": func() any { return Bundle(workers()) },
		"long":  func() any { return Bundle(long(5000)) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				r()
			}
		})
	}
	big := crowd(10_000, 200_000)
	b.Run("crowd", func(b *testing.B) {
		for b.Loop() {
			Bundle(big)
		}
	})
}
