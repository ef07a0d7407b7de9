package engine

import (
	"context"
	"errors"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gosched/gosched/kernel/modules"
	"github.com/gosched/gosched/kernel/session"
)

// autoVariable is the environment variable that turns automatic %get on.
const autoVariable = "GOSCHED_AUTOGET"

// getCommand brings modules in.
var getCommand = command{
	name: "get",
	usage: []usage{
		{"%get MODULE[@VERSION]…", "download modules, so that cells can import their packages"},
		{"%get -t MODULE[@VERSION]…", "also download what the tests of their packages need"},
		{"%get", "list the modules that there are"},
		{"%get -save", "write the modules and their versions to go.mod and go.sum"},
		{"%get -auto on|off", "get what cells import by itself, or stop that"},
	},
	help: "A version is v1.2.3, v1 or v1.2 for the newest of these, latest, upgrade, none to be without the module, or the name of " +
		"a branch or a commit. Without one, it is the version in go.mod, or else the latest.\n\n" +
		"The go command's settings and its module cache are used (go env GOPROXY, GOPRIVATE, GONOSUMDB, GOFLAGS, GOMODCACHE). " +
		"A go.mod or go.work file in the notebook's folder or above it is heeded; without one the modules are the session's own. " +
		autoVariable + "=1 in the environment has the same effect as %get -auto on.",
	examples: []string{"%get github.com/google/uuid", "%get golang.org/x/text@v0.20.0", "%get -save"},
	first:    true,
	complete: completeModules,
	line: func(ctx context.Context, in *invocation) error {
		m := in.engine.modules
		if m.err != nil {
			return m.err
		}
		words := in.words()
		switch {
		case len(words) == 0:
			return in.listModules(ctx)
		case words[0] == "-save" && len(words) == 1:
			file, err := m.session.Save(ctx, programName())
			if err != nil {
				return err
			}
			in.say("saved to %s", file)
			return nil
		case words[0] == "-auto" && len(words) == 2 && (words[1] == "on" || words[1] == "off"):
			m.setAuto(words[1] == "on")
			return nil
		case words[0] == "-t" && len(words) > 1:
			return m.get(ctx, words[1:], in.run.exec.Emit, modules.WithTests)
		case strings.HasPrefix(words[0], "-"):
			return in.misused()
		}
		return m.get(ctx, words, in.run.exec.Emit)
	},
}

// programName is the path of a module that is made for a notebook's folder.
func programName() string {
	dir, err := os.Getwd()
	if err != nil {
		return "notebook"
	}
	name := strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == '.' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, filepath.Base(dir))
	if name = strings.Trim(name, "-._"); name == "" {
		return "notebook"
	}
	return name
}

// get downloads modules, shows how far it is, and then what has come.
func (m *moduleSet) get(ctx context.Context, words []string, emit func(session.Event), options ...modules.GetOption) error {
	var queries []modules.Query
	for _, w := range words {
		q, err := modules.ParseQuery(w)
		if err != nil {
			return err
		}
		queries = append(queries, q)
	}
	bar := &progressBar{emit: emit, id: fmt.Sprintf("get-%d", time.Now().UnixNano())}
	got, err := m.session.Get(ctx, queries, bar.progress, options...)
	if err != nil {
		bar.end(nil)
		if ctx.Err() != nil {
			return errors.New("interrupted; nothing has changed")
		}
		return err
	}
	bar.end(got)
	return nil
}

// A progressBar shows downloads while they go on, and their result in its place.
type progressBar struct {
	emit func(session.Event)
	id   string

	mu    sync.Mutex
	shown bool
	last  time.Time
	bytes map[string]int64
	done  int
}

// refreshTime is how often the bar is drawn again.
const refreshTime = 100 * time.Millisecond

func (b *progressBar) progress(p modules.Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bytes == nil {
		b.bytes = map[string]int64{}
	}
	if p.Done {
		b.done++
	} else {
		b.bytes[p.Module] = p.Bytes
	}
	if b.shown && time.Since(b.last) < refreshTime {
		return
	}
	var sum int64
	for _, n := range b.bytes {
		sum += n
	}
	line := fmt.Sprintf("downloading: %d of %d modules, %.1f MB, %s", b.done, len(b.bytes), float64(sum)/1e6, p.Module)
	b.show(line, fmt.Sprintf(`<progress value="%d" max="%d"></progress> %s`, b.done, len(b.bytes), html.EscapeString(line)))
}

func (b *progressBar) show(text, markup string) {
	b.emit(session.Display{ID: b.id, Update: b.shown, Bundle: session.Bundle{Data: map[string]any{"text/plain": text, "text/html": markup}}})
	b.shown, b.last = true, time.Now()
}

// end puts the result in the bar's place: a table, or nothing for a failure.
func (b *progressBar) end(got *modules.Got) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case got != nil && len(got.Modules) == 0: // what there was is not wanted any more
		const none = "The session needs no modules of these any more."
		b.show(none, none)
	case got != nil:
		b.show(modulesText(got.Modules), modulesHTML(got.Modules))
	case b.shown:
		b.show("", "")
	}
}

// remark is what the table says of a module beside its version.
func remark(m modules.Module) string {
	var list []string
	switch {
	case m.Main:
		list = append(list, "the notebook's own: "+m.Dir)
	case m.Dir == "" && m.Replaced == "":
		list = append(list, "not downloaded")
	case m.New && m.Asked:
		list = append(list, "new")
	case m.New:
		list = append(list, "new, needed by others")
	case m.Was != "" && m.Was != m.Version:
		list = append(list, "was "+m.Was)
	}
	if m.Warning != "" {
		list = append(list, m.Warning)
	}
	if m.Replaced != "" {
		list = append(list, "replaced by "+m.Replaced)
	}
	return strings.Join(list, "; ")
}

func modulesText(list []modules.Module) string {
	width, version := 0, 0
	for _, m := range list {
		width, version = max(width, len(m.Path)), max(version, len(m.Version))
	}
	var b strings.Builder
	for i, m := range list {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(strings.TrimRight(fmt.Sprintf("%-*s  %-*s  %s", width, m.Path, version, m.Version, remark(m)), " "))
	}
	return b.String()
}

func modulesHTML(list []modules.Module) string {
	var b strings.Builder
	b.WriteString("<table><thead><tr><th>module</th><th>version</th><th></th></tr></thead><tbody>")
	for _, m := range list {
		fmt.Fprintf(&b, "<tr><td>%s</td><td>%s</td><td>%s</td></tr>",
			html.EscapeString(m.Path), html.EscapeString(m.Version), html.EscapeString(remark(m)))
	}
	b.WriteString("</tbody></table>")
	return b.String()
}

// listModules shows the modules that are asked for and that they need.
func (in *invocation) listModules(ctx context.Context) error {
	s := in.engine.modules.session
	list, err := s.Modules(ctx)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		in.say("The session has no modules yet; %%get github.com/google/uuid, for example, brings one in.")
		return nil
	}
	if file := s.File(); file != "" {
		in.say("The versions are those of %s.", file)
	}
	in.run.exec.Emit(session.Display{Bundle: session.Bundle{Data: map[string]any{
		"text/plain": modulesText(list), "text/html": modulesHTML(list),
	}}})
	return nil
}
