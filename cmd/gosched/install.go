package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/gosched/gosched/install"
)

// A location is where a kernelspec goes: the flags that install and uninstall
// have in common.
type location struct {
	user, sysPrefix bool
	prefix          string
	name            string
}

func (l *location) addFlags(set *flag.FlagSet) {
	set.BoolVar(&l.user, "user", false, "for you, in every Jupyter of yours (this is the default)")
	set.BoolVar(&l.sysPrefix, "sys-prefix", false, "for the active Python environment (venv, conda), else python3's own")
	set.StringVar(&l.prefix, "prefix", "", "for the Jupyter below `DIR`, such as /usr/local")
	set.StringVar(&l.name, "name", install.DefaultName, "the kernel's `NAME` in notebooks and on command lines")
}

// given says whether any of the places was named.
func (l *location) given() bool { return l.user || l.sysPrefix || l.prefix != "" }

// kernels returns the kernels directory that is meant.
func (l *location) kernels(ctx context.Context, h install.Host) (string, error) {
	count := 0
	for _, given := range []bool{l.user, l.sysPrefix, l.prefix != ""} {
		if given {
			count++
		}
	}
	switch {
	case count > 1:
		return "", usageErrorf("--user, --sys-prefix and --prefix exclude each other")
	case l.prefix != "":
		return install.KernelsDir(install.PrefixDataDir(l.prefix)), nil
	case l.sysPrefix:
		prefix, err := h.SysPrefix(ctx)
		return install.KernelsDir(install.PrefixDataDir(prefix)), err
	}
	return install.KernelsDir(h.UserDataDir()), nil
}

// kernelspec describes the kernel that this very program is. A program that
// `go run` has built will vanish, so that the kernelspec keeps a copy.
func (p *process) kernelspec() (install.Kernelspec, error) {
	executable, err := p.executable()
	if err != nil {
		return install.Kernelspec{}, fmt.Errorf("find the gosched program: %w", err)
	}
	return install.Kernelspec{
		Name:        install.DefaultName,
		DisplayName: install.DefaultDisplayName,
		Executable:  executable,
		Version:     version().Gosched,
		Keep:        install.Transient(executable),
	}, nil
}

func runInstall(ctx context.Context, p *process, args []string) error {
	set := p.flags("install", `
Usage: gosched install [--user | --sys-prefix | --prefix DIR] [flags]

Add the Go kernel to the Jupyter that you have: JupyterLab, Jupyter Notebook,
VS Code and everything else that knows Jupyter kernels. Running it again
replaces what an older gosched has installed.

No Jupyter yet? `+"`gosched lab`"+` brings its own.`)
	var where location
	where.addFlags(set)
	displayName := set.String("display-name", install.DefaultDisplayName, "the kernel's `LABEL` in menus")
	if err := parseNone(set, args); err != nil {
		return err
	}
	if err := p.host.Supported(); err != nil {
		return err
	}
	kernels, err := where.kernels(ctx, p.host)
	if err != nil {
		return err
	}
	kernel, err := p.kernelspec()
	if err != nil {
		return err
	}
	kernel.Name, kernel.DisplayName = where.name, *displayName
	dir, err := kernel.Install(kernels)
	switch {
	case errors.Is(err, install.ErrForeign):
		return fmt.Errorf("%w; choose another name with --name", err)
	case errors.Is(err, fs.ErrPermission):
		return &install.Trouble{
			What: fmt.Sprintf("You may not write into %s (%v).", kernels, err),
			Fix:  []string{"gosched install --user"},
		}
	case err != nil:
		return err
	}
	fmt.Fprintf(p.stdout, "Installed the kernel %q in %s\n", *displayName, dir)
	if kernel.Keep {
		fmt.Fprintf(p.stdout, "with a copy of the program, because `go run` deletes its own.\n")
	}
	for _, other := range p.otherInstalls(ctx, dir) {
		fmt.Fprintf(p.stdout, "There is another one in %s; Jupyter uses the first that it finds. `gosched doctor` says more.\n", other.Dir)
	}
	if p.host.LookPath("jupyter") == "" {
		fmt.Fprintln(p.stdout, "There is no `jupyter` on your PATH. If you have none at all: gosched lab")
	}
	return nil
}

func runUninstall(ctx context.Context, p *process, args []string) error {
	set := p.flags("uninstall", `
Usage: gosched uninstall [--user | --sys-prefix | --prefix DIR] [--name NAME]

Remove the Go kernel from Jupyter. Without flags, the one of `+"`gosched install`"+`
without flags is removed. The program itself stays.`)
	var where location
	where.addFlags(set)
	if err := parseNone(set, args); err != nil {
		return err
	}
	kernels, err := where.kernels(ctx, p.host)
	if err != nil {
		return err
	}
	dir, err := install.Remove(kernels, where.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		fmt.Fprintf(p.stdout, "There is no kernel %q in %s; nothing to remove.\n", where.name, kernels)
	case err != nil:
		return err
	default:
		fmt.Fprintf(p.stdout, "Removed %s\n", dir)
	}
	if where.given() {
		return nil
	}
	for _, other := range p.otherInstalls(ctx, dir) {
		fmt.Fprintf(p.stdout, "There is still one in %s. To remove it: %s\n", other.Dir, p.removal(other))
	}
	return nil
}

// otherInstalls lists gosched's kernelspecs wherever Jupyter may look, except
// the one in dir.
func (p *process) otherInstalls(ctx context.Context, dir string) []install.Installed {
	var pythons []install.Python
	if path := p.host.LookPath("python3"); path != "" {
		if python, err := p.host.ProbePython(ctx, path); err == nil {
			pythons = append(pythons, python)
		}
	}
	var others []install.Installed
	for _, found := range install.Find(p.host.DataDirs(pythons...)) {
		if found.Dir != filepath.Clean(dir) {
			others = append(others, found)
		}
	}
	return others
}

// removal is the command that removes a kernelspec.
func (p *process) removal(i install.Installed) string {
	if flags, ok := p.flagsFor(i); ok {
		return "gosched uninstall" + flags
	}
	return "rm -r " + shellQuote(i.Dir)
}

// flagsFor returns the flags of install and uninstall that name the place of a
// kernelspec, each with a space before it, or false where no flags do.
func (p *process) flagsFor(i install.Installed) (string, bool) {
	flags := ""
	if i.Name != install.DefaultName {
		flags = " --name " + i.Name
	}
	data := filepath.Dir(filepath.Dir(i.Dir))
	if data == filepath.Clean(p.host.UserDataDir()) {
		return flags, true
	}
	prefix := filepath.Dir(filepath.Dir(data))
	if install.PrefixDataDir(prefix) != data {
		return "", false
	}
	return " --prefix " + shellQuote(prefix) + flags, true
}
