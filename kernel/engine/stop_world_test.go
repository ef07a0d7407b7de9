package engine

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestContract13_Commands(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("runs sleep")
	}
	stopsAll(t, `fr, fw, _ := os.Pipe()
ctx, cancel := context.WithCancel(context.Background())
sleep := func() *exec.Cmd { return exec.Command("sleep", "100") }`, []string{
		"sleep().Run()",
		"sleep().Output()",
		"sleep().CombinedOutput()",
		"c := sleep()\nc.Start()\nc.Wait()",
		"c := sleep()\nc.Start()\nc.Process.Wait()",
		"c := sleep()\nout, _ := c.StdoutPipe()\nc.Start()\nio.ReadAll(out)",
		"c := sleep()\nout, _ := c.StderrPipe()\nc.Start()\nbufio.NewScanner(out).Scan()",
		"c := sleep()\nin, _ := c.StdinPipe()\nc.Start()\nfor { fmt.Fprintln(in, \"text\") }",
		"exec.CommandContext(ctx, \"sleep\", \"100\").Run()",
		"exec.CommandContext(ctx, \"sleep\", \"100\").Output()",
		"exec.Command(\"sh\", \"-c\", \"sleep 3 & sleep 4\").Output()",
		"c := exec.Command(\"cat\")\nc.Stdin = fr\nc.Run()",
		"pr, _ := io.Pipe()\nc := exec.Command(\"cat\")\nc.Stdin = pr\nc.Run()",
		"c := sleep()\nc.Stdout = os.Stdout\nc.Run()",
		"f := sleep().Run\nf()",
		"go sleep().Run()\nselect { case <-ctx.Done(): case <-time.After(time.Hour): }",
	})
}

// Commands do what they do natively.
func TestContract6_Commands(t *testing.T) {
	nb := open(t)
	got := nb.run(`out, err := exec.Command("sh", "-c", "echo out; echo err >&2; exit 3").Output()
var exit *exec.ExitError
fmt.Printf("%q %v %v %q\n", out, err, errors.As(err, &exit), exit.Stderr)
both, err := exec.Command("sh", "-c", "echo out; echo err >&2").CombinedOutput()
fmt.Printf("%q %v\n", both, err)
c := exec.Command("echo")
c.Stdout = new(bytes.Buffer)
_, err = c.Output()
fmt.Println(err)
fmt.Println(c.Wait())
r, w, _ := os.Pipe()
c = exec.Command("echo", "to a file")
c.Stdout = w
fmt.Println(c.Run())
w.Close()
line, err := io.ReadAll(r)
fmt.Printf("%q %v\n", line, err)
_, err = exec.Command("sh", "-c", "yes | head -c 100000 >&2; exit 1").Output()
errors.As(err, &exit)
fmt.Println(len(exit.Stderr), strings.Contains(string(exit.Stderr), "omitting 34464 bytes"))
c = exec.Command("cat")
in, _ := c.StdinPipe()
pipe, _ := c.StdoutPipe()
c.Start()
fmt.Fprint(in, "hello")
in.Close()
back, _ := io.ReadAll(pipe)
fmt.Println(string(back), c.Wait())`)
	const want = `"out\n" exit status 3 true "err\n"
"out\nerr\n" <nil>
exec: Stdout already set
exec: not started
<nil>
"to a file\n" <nil>
65566 true
hello <nil>
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A command that is waited for is killed.
func TestContract13_CommandsAreKilled(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	nb := open(t)
	nb.run(`c := exec.Command("sleep", "100")`)
	nb.interrupt(t, "c.Run()", 10*time.Millisecond)
	pid, _ := strconv.Atoi(strings.TrimPrefix(nb.run("c.Process.Pid"), "=> "))
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		if _, err := os.Stat(proc); err != nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("it runs on")
		}
	}
}

func TestContract13_Connections(t *testing.T) {
	stopsAll(t, `ln, _ := net.Listen("tcp", "127.0.0.1:0")
a, _ := net.Dial("tcp", ln.Addr().String())
b, _ := ln.Accept()
u, _ := net.ListenUDP("udp", nil)
tc := a.(*net.TCPConn)
buf := make([]byte, 10)
p1, p2 := net.Pipe()`, []string{
		"ln.Accept()",
		"ln.(*net.TCPListener).AcceptTCP()",
		"a.Read(buf)",
		"tc.Read(buf)",
		"io.ReadAll(a)",
		"io.ReadAll(tc)",
		"bufio.NewReader(b).ReadString('\\n')",
		"json.NewDecoder(b).Decode(new(int))",
		"fmt.Fscan(a, new(int))",
		"http.ReadRequest(bufio.NewReader(b))",
		"for { a.Write(make([]byte, 100_000)) }",
		"for { fmt.Fprintln(a, strings.Repeat(\"x\", 100_000)) }",
		"io.Copy(io.Discard, b)",
		"io.Copy(a, b)",
		"u.Read(buf)",
		"u.ReadFrom(buf)",
		"p1.Read(buf)",
		"p1.Write(buf)",
		"tls.Client(a, &tls.Config{InsecureSkipVerify: true}).Handshake()",
		"http.ListenAndServe(\"127.0.0.1:0\", nil)",
		"http.Serve(ln, nil)",
		"http.Get(\"http://\" + ln.Addr().String())",
	})
}

// Deadlines that a program has set are as they were after an interrupt, and so
// are those of others that use the connection.
func TestContract13_Deadlines(t *testing.T) {
	nb := open(t)
	nb.run(`ln, _ := net.Listen("tcp", "127.0.0.1:0")
a, _ := net.Dial("tcp", ln.Addr().String())
b, _ := ln.Accept()
buf := make([]byte, 10)
timedOut := func(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }`)
	for _, src := range []string{"a.Read(buf)", "io.ReadAll(a)", "a.(*net.TCPConn).Read(buf)"} {
		nb.run("a.SetReadDeadline(time.Now().Add(300 * time.Millisecond))")
		nb.interrupt(t, src, 5*time.Millisecond)
		if got := nb.run("_, err := a.Read(buf)\ntimedOut(err)"); got != "=> true" {
			t.Errorf("%s: afterwards: %s", src, got)
		}
		// None is set now.
		nb.run("a.SetDeadline(time.Time{})")
		nb.interrupt(t, src, 5*time.Millisecond)
		if got := nb.run(`b.Write([]byte("x"))
n, err := a.Read(buf)
fmt.Println(n, err)`); got != "1 <nil>\n" {
			t.Errorf("%s: afterwards: %s", src, got)
		}
	}
	// A reader of an earlier cell does not notice that another one is stopped.
	nb.run(`got := make(chan string, 1)
go func() {
	line, err := bufio.NewReader(a).ReadString('\n')
	got <- fmt.Sprint(line, err)
}()`)
	for range 5 {
		nb.interrupt(t, "a.Read(buf)", 2*time.Millisecond)
	}
	if got := nb.run("fmt.Fprintln(b, \"for the first\")\n<-got"); got != `=> "for the first\n<nil>"` {
		t.Error(got)
	}
	// A deadline that passes is seen by whoever waits.
	nb.run("ln.(*net.TCPListener).SetDeadline(time.Now().Add(20 * time.Millisecond))")
	if got := nb.run("_, err = ln.Accept()\ntimedOut(err)"); got != "=> true" {
		t.Error(got)
	}
	if got := nb.run("fmt.Printf(\"%T\\n\", a)\n_, ok := a.(*net.TCPConn)\nok"); got != "*net.TCPConn\n=> true" {
		t.Error(got)
	}
}

// What a program does with signals, it does after an interrupt, too.
func TestContract13_SignalsStay(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("sends a signal to itself")
	}
	nb := open(t)
	nb.run(`signals := make(chan os.Signal, 1)
signal.Notify(signals, syscall.SIGUSR1)
ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGUSR2)`)
	nb.interrupt(t, "<-signals", 5*time.Millisecond)
	nb.interrupt(t, "<-ctx.Done()", 5*time.Millisecond)
	if got := nb.run("syscall.Kill(os.Getpid(), syscall.SIGUSR1)\n(<-signals).String()"); got != `=> "user defined signal 1"` {
		t.Error(got)
	}
	if got := nb.run("syscall.Kill(os.Getpid(), syscall.SIGUSR2)\n<-ctx.Done()\nctx.Err().Error()"); got != `=> "context canceled"` {
		t.Error(got)
	}
	nb.run("stop(); signal.Stop(signals)")
}
