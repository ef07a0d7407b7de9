package modules

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// A netrc has names and passwords for hosts, as the go command reads them for
// proxies (`go help goauth`).
type netrc []login

type login struct{ machine, user, password string }

// readNetrc reads the file that NETRC names, or that of the home folder. There need
// be none.
func readNetrc() netrc {
	file := os.Getenv("NETRC")
	if file == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil
		}
		file = filepath.Join(home, ".netrc")
		if runtime.GOOS == "windows" {
			if old := filepath.Join(home, "_netrc"); exists(old) {
				file = old
			}
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	return parseNetrc(string(data))
}

// parseNetrc reads the format
// (https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html).
func parseNetrc(text string) (list netrc) {
	inMacro := false
	for line := range strings.Lines(text) {
		if inMacro {
			inMacro = strings.TrimSpace(line) != ""
			continue
		}
		f := strings.Fields(line)
		for i := 0; i < len(f); i++ {
			next := ""
			if i+1 < len(f) {
				next = f[i+1]
			}
			switch f[i] {
			case "machine":
				list = append(list, login{machine: next})
			case "login":
				if len(list) > 0 {
					list[len(list)-1].user = next
				}
			case "password":
				if len(list) > 0 {
					list[len(list)-1].password = next
				}
			case "macdef":
				inMacro = true
			case "default":
				return list // a name for every host is none for a proxy
			default:
				continue
			}
			i++
		}
	}
	return list
}

func (n netrc) find(host string) (user, password string, ok bool) {
	for _, l := range n {
		if l.machine == host && l.user != "" {
			return l.user, l.password, true
		}
	}
	return "", "", false
}
