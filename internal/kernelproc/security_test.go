package kernelproc

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A worker is the process of user code.
func worker(t *testing.T, k *Kernel) int {
	t.Helper()
	pids, err := Descendants(k.PID)
	if err != nil {
		t.Fatal(err)
	}
	if len(pids) != 2 {
		t.Fatalf("processes %v, want a supervisor and a worker", pids)
	}
	return pids[1]
}

// User code inherits no descriptor but its channel and its output, and no name
// of a connection file or key, whatever the kernel itself was started with.
func TestSecurity_WorkerInheritsNothing(t *testing.T) {
	secret, err := os.Create(filepath.Join(t.TempDir(), "secret"))
	if err != nil {
		t.Fatal(err)
	}
	defer secret.Close()
	ctx, k := start1(t, Options{
		Files: []*os.File{secret},
		Env: append(os.Environ(), "JPY_API_TOKEN=top-secret", "JUPYTERHUB_API_TOKEN=top-secret", "JUPYTER_TOKEN=top-secret",
			"JPY_SESSION_NAME=notebook.ipynb", "CONFIGPROXY_AUTH_TOKEN=top-secret"),
	})
	out := cell(t, ctx, k, `
		entries, _ := os.ReadDir("/proc/self/fd")
		for _, e := range entries {
			if target, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil {
				fmt.Println(e.Name(), target)
			}
		}`)
	pipes := 0
	for line := range strings.Lines(out) {
		number, target, _ := strings.Cut(strings.TrimSpace(line), " ")
		fd, err := strconv.Atoi(number)
		switch {
		case err != nil:
			t.Errorf("line %q", line)
		case fd == 0 && target == "/dev/null":
		case fd >= 1 && fd <= 5 && strings.HasPrefix(target, "pipe:"): // output, and the channel
			pipes++
		case fd > 5 && (strings.HasPrefix(target, "anon_inode:[event") || strings.HasPrefix(target, "/proc/") || strings.HasPrefix(target, "/sys/fs/cgroup/")):
			// the worker's own: its poller, this listing, the runtime's look at its limits
		case fd > 5 && strings.Contains(target, "pidfd"):
			// the supervisor's, by which the worker learns of its end
		default:
			t.Errorf("user code has descriptor %d, %s", fd, target)
		}
	}
	if pipes != 5 {
		t.Errorf("%d pipes in:\n%s", pipes, out)
	}
	everything := cell(t, ctx, k, `
		fmt.Println(os.Environ(), os.Args)
		raw, err := os.ReadFile("/proc/self/environ")
		fmt.Println(string(raw), err)
		raw, err = os.ReadFile("/proc/self/cmdline")
		fmt.Println(string(raw), err)`)
	for _, word := range []string{"top-secret", k.Connection.Key, k.ConnectionFile, "JPY_"} {
		if strings.Contains(everything, word) {
			t.Errorf("user code is told %q: %s", word, everything)
		}
	}
}

// The signing key is nowhere in the memory of the process of user code, also
// after cells have run. That the search would find it is shown by the
// supervisor, which has it.
func TestSecurity_WorkerHasNoKey(t *testing.T) {
	ctx, k := start1(t, Options{})
	cell(t, ctx, k, `fmt.Println("hello")`)
	key := k.Connection.Key
	inSupervisor, err := inMemory(k.PID, key)
	if os.IsPermission(err) {
		t.Skipf("the system does not let one process look at another: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if !inSupervisor {
		t.Error("the search does not find the key where it must be")
	}
	inWorker, err := inMemory(worker(t, k), key)
	if err != nil {
		t.Fatal(err)
	}
	if inWorker {
		t.Error("the key is in the memory of the process of user code")
	}
}

// inMemory searches the writable memory of a process.
func inMemory(pid int, text string) (bool, error) {
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return false, err
	}
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		return false, err
	}
	defer memory.Close()
	const piece = 1 << 20
	buffer := make([]byte, piece+len(text))
	for line := range strings.Lines(string(maps)) {
		fields := strings.Fields(line)
		if !strings.HasPrefix(fields[1], "rw") {
			continue
		}
		from, to, _ := strings.Cut(fields[0], "-")
		start, err1 := strconv.ParseInt(from, 16, 64)
		end, err2 := strconv.ParseInt(to, 16, 64)
		if err1 != nil || err2 != nil {
			continue
		}
		for at := start; at < end; at += piece {
			n, _ := memory.ReadAt(buffer[:min(int64(len(buffer)), end-at)], at) // what cannot be read is not there
			if bytes.Contains(buffer[:n], []byte(text)) {
				return true, nil
			}
		}
	}
	return false, nil
}

// The kernel listens on the five ports of its connection file, on that address
// alone, and nowhere else.
func TestSecurity_ListensWhereToldOnly(t *testing.T) {
	for _, ip := range []string{"127.0.0.1", "127.0.0.2"} {
		t.Run(ip, func(t *testing.T) {
			ctx, k := start1(t, Options{IP: ip})
			cell(t, ctx, k, `fmt.Println("hello")`)
			c := k.Connection
			var want []string
			for _, port := range []int{c.ShellPort, c.ControlPort, c.StdinPort, c.IOPubPort, c.HBPort} {
				want = append(want, "tcp "+net.JoinHostPort(ip, strconv.Itoa(port)))
			}
			slices.Sort(want)
			if got := listening(t, k.PID); !slices.Equal(got, want) {
				t.Errorf("the kernel listens at %q, want %q", got, want)
			}
			if got := listening(t, worker(t, k)); len(got) > 0 {
				t.Errorf("the worker listens at %q", got)
			}
		})
	}
}

// listening is where a process takes connections or datagrams, sorted.
func listening(t *testing.T, pid int) []string {
	t.Helper()
	inodes := make(map[string]bool)
	links, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links {
		if target, err := os.Readlink(link); err == nil && strings.HasPrefix(target, "socket:[") {
			inodes[strings.Trim(target, "socket:[]")] = true
		}
	}
	var found []string
	for _, network := range []string{"tcp", "tcp6", "udp", "udp6", "unix"} {
		table, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", pid, network))
		if os.IsNotExist(err) {
			continue // no such network here
		}
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(table)) {
			fields := strings.Fields(line)
			switch {
			case network == "unix":
				// Num RefCount Protocol Flags Type St Inode Path; a flag says that it accepts
				if len(fields) > 6 && fields[3] == "00010000" && inodes[fields[6]] {
					found = append(found, "unix "+strings.Join(fields[7:], " "))
				}
			case len(fields) > 9 && inodes[fields[9]]:
				// sl local remote st …; state 0A is LISTEN, 07 a UDP socket without a peer
				if fields[3] == "0A" || fields[3] == "07" {
					found = append(found, network+" "+address(t, fields[1]))
				}
			}
		}
	}
	slices.Sort(found)
	return found
}

// address reads "0100007F:1F90", in which the address is in the processor's
// byte order.
func address(t *testing.T, text string) string {
	t.Helper()
	host, port, _ := strings.Cut(text, ":")
	raw, err1 := hex.DecodeString(host)
	number, err2 := strconv.ParseUint(port, 16, 16)
	if err1 != nil || err2 != nil {
		t.Fatalf("address %q", text)
	}
	for word := range slices.Chunk(raw, 4) {
		binary.NativeEndian.PutUint32(word, binary.BigEndian.Uint32(word))
	}
	return net.JoinHostPort(net.IP(raw).String(), strconv.Itoa(int(number)))
}

// Connection files hold the key: only their owner may read them.
func TestSecurity_ConnectionFileIsPrivate(t *testing.T) {
	_, k := start1(t, Options{})
	for path, want := range map[string]fs.FileMode{k.ConnectionFile: 0o600, filepath.Dir(k.ConnectionFile): 0o700} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has permissions %o, want %o", path, got, want)
		}
	}
}

// Signatures are compared by hmac.Equal, which takes the same time wherever
// they differ. A measurement could not tell on a busy machine, so this reads
// the source: every function of the wire that computes a signature and does
// not send it compares it that way, and nothing else compares bytes.
func TestSecurity_SignaturesAreComparedInConstantTime(t *testing.T) {
	files, err := filepath.Glob("../../kernel/wire/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(err, len(files))
	}
	constant := 0
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range file.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if !ok || function.Body == nil {
				continue
			}
			calls := make(map[string]bool)
			ast.Inspect(function.Body, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					if selector, ok := call.Fun.(*ast.SelectorExpr); ok {
						left, _ := selector.X.(*ast.Ident)
						if left != nil {
							calls[left.Name+"."+selector.Sel.Name] = true
						}
						calls[selector.Sel.Name] = true
					}
				}
				return true
			})
			name := function.Name.Name
			if strings.Contains(strings.ToLower(name), "verify") {
				if !calls["hmac.Equal"] {
					t.Errorf("%s: %s does not compare with hmac.Equal", path, name)
				}
				constant++
			}
			if calls["sum"] && (calls["bytes.Equal"] || calls["bytes.Compare"] || calls["reflect.DeepEqual"]) {
				t.Errorf("%s: %s computes a signature and compares bytes in a time that tells where they differ", path, name)
			}
		}
	}
	if constant == 0 {
		t.Error("no function of the wire verifies signatures")
	}
}
