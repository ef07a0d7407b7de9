package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/gosched/gosched/install"
	"github.com/gosched/gosched/kernel/engine"
)

// A location is where a kernelspec goes: the flags that install and uninstall
// have in common.
type location struct {
	User      bool   `xor:"place" help:"For you, in every Jupyter of yours (this is the default)."`
	SysPrefix bool   `xor:"place" help:"For the active Python environment (venv, conda), else python3's own."`
	Prefix    string `xor:"place" placeholder:"DIR" help:"For the Jupyter below DIR, such as /usr/local."`
	Name      string `default:"gosched" help:"The kernel's name in notebooks and on command lines; by default ${default}."`
}

// given says whether any of the places was named.
func (l *location) given() bool { return l.User || l.SysPrefix || l.Prefix != "" }

// kernels returns the kernels directory that is meant.
func (l *location) kernels(ctx context.Context, h install.Host) (string, error) {
	switch {
	case l.Prefix != "":
		return install.KernelsDir(install.PrefixDataDir(l.Prefix)), nil
	case l.SysPrefix:
		prefix, err := h.SysPrefix(ctx)
		return install.KernelsDir(install.PrefixDataDir(prefix)), err
	}
	return install.KernelsDir(h.UserDataDir()), nil
}

// remedies says what to do where the kernels directory may not be written.
func (l *location) remedies(h install.Host, kernels string) []string {
	if l.SysPrefix || l.Prefix != "" {
		return []string{"gosched install --user"}
	}
	fix := []string{fmt.Sprintf("sudo chown -R \"$(id -un)\" %s   # if it ought to be yours", existing(kernels))}
	if h.Getenv("VIRTUAL_ENV") != "" || h.Getenv("CONDA_PREFIX") != "" {
		return append(fix, "or, for the environment that is active: gosched install --sys-prefix")
	}
	return append(fix, "or, for a Jupyter in an environment of yours: activate it, and gosched install --sys-prefix")
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
		Keep:        install.Transient(executable) || p.mayBeReplaced(executable),
	}, nil
}

// mayBeReplaced reports whether the program is what cmd/lab builds anew whenever it
// runs, perhaps while a kernel does.
func (p *process) mayBeReplaced(executable string) bool {
	rel, err := filepath.Rel(p.host.CacheDir(), executable)
	return err == nil && filepath.IsLocal(rel)
}

// forEngine is a kernelspec for the kernel with a certain engine.
func forEngine(k install.Kernelspec, kind engine.Kind) install.Kernelspec {
	k.Engine = string(kind)
	if kind == engine.Yaegi {
		k.Name, k.DisplayName = install.YaegiName, install.YaegiDisplayName
	}
	return k
}

type installCommand struct {
	location
	engineFlag
	DisplayName string `placeholder:"LABEL" help:"The kernel's label in menus; by default Go (gosched), or Go (yaegi) for the engine yaegi."`
}

func (*installCommand) Help() string {
	return `The kernel is then in JupyterLab, Jupyter Notebook, VS Code and everything else that knows Jupyter kernels. Running it again replaces what an older gosched has installed.

No Jupyter yet? "gosched lab" brings its own.`
}

func (c *installCommand) Run(ctx context.Context, p *process) error {
	if err := p.host.Supported(); err != nil {
		return err
	}
	kind, err := p.chosen(c.Engine)
	if err != nil {
		return err
	}
	kernels, err := c.kernels(ctx, p.host)
	if err != nil {
		return err
	}
	kernel, err := p.kernelspec()
	if err != nil {
		return err
	}
	if c.Engine != "" {
		kernel = forEngine(kernel, kind)
	}
	if c.Name != install.DefaultName {
		kernel.Name = c.Name
	}
	kernel.DisplayName = cmp.Or(c.DisplayName, kernel.DisplayName)
	dir, err := kernel.Install(kernels)
	switch {
	case errors.Is(err, install.ErrForeign):
		return fmt.Errorf("%w; choose another name with --name", err)
	case errors.Is(err, fs.ErrPermission):
		return &install.Trouble{
			What: fmt.Sprintf("You may not write into %s (%v).", kernels, err),
			Fix:  c.remedies(p.host, kernels),
		}
	case err != nil:
		return err
	}
	fmt.Fprintf(p.stdout, "Installed the kernel %q in %s\n", kernel.DisplayName, dir)
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

type uninstallCommand struct{ location }

func (*uninstallCommand) Help() string {
	return `Without flags, the kernel of "gosched install" without flags is removed. The program itself stays.`
}

func (c *uninstallCommand) Run(ctx context.Context, p *process) error {
	kernels, err := c.kernels(ctx, p.host)
	if err != nil {
		return err
	}
	dir, err := install.Remove(kernels, c.Name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		fmt.Fprintf(p.stdout, "There is no kernel %q in %s; nothing to remove.\n", c.Name, kernels)
	case err != nil:
		return err
	default:
		fmt.Fprintf(p.stdout, "Removed %s\n", dir)
	}
	if c.given() {
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
