package install

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// MayInstall says whether system packages can be installed without asking
// anybody: on Debian and its like, as root.
func (h Host) MayInstall() bool {
	return h.OS == "linux" && h.Root && h.LookPath("apt-get") != ""
}

// InstallPackages installs Debian packages. Its error has the last words of
// apt-get.
func (h Host) InstallPackages(ctx context.Context, names []string) error {
	apt := func(args ...string) error {
		cmd := exec.CommandContext(ctx, h.LookPath("apt-get"), append([]string{"-q", "-y", "--no-install-recommends"}, args...)...)
		cmd.Env = append(h.Environ[:len(h.Environ):len(h.Environ)], "DEBIAN_FRONTEND=noninteractive")
		out, err := cmd.CombinedOutput()
		if err == nil {
			return nil
		}
		lines := strings.Split(string(bytes.TrimSpace(out)), "\n")
		return fmt.Errorf("apt-get %s did not work (%w):\n%s", strings.Join(args, " "), err, indent(strings.Join(lines[max(0, len(lines)-6):], "\n")))
	}
	// Without a fresh list, a package may have gone from where it was.
	if err := apt("update"); err != nil {
		return err
	}
	return apt(append([]string{"install"}, names...)...)
}

// DebianCommand is the command that installs a package of which only Debian's
// name is known.
func (h Host) DebianCommand(name string) string {
	if h.OS == "darwin" || h.LookPath("apt-get") == "" {
		return "install the package that Debian calls " + name + " with your system's package manager"
	}
	return h.packageCommand(name, name, name, name, name)
}
