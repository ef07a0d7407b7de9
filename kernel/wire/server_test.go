package wire

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/wire/zmtp"
)

func testConnection() Connection {
	return Connection{Transport: "tcp", IP: "127.0.0.1", Key: "secret", SignatureScheme: SignatureScheme}
}

// logbook keeps what is logged.
type logbook struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

// waitFor waits until text has been logged.
func (l *logbook) waitFor(t *testing.T, text string) {
	t.Helper()
	for range 500 {
		l.mu.Lock()
		found := strings.Contains(l.buf.String(), text)
		l.mu.Unlock()
		if found {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%q was not logged:\n%s", text, l.buf.String())
}

// serve listens and echoes shell messages. Limits are small.
func serve(t testing.TB, c Connection, lim limits) (*Server, *logbook) {
	t.Helper()
	return serveWith(t, c, lim, nil)
}

// serveWith is told where peers come from.
func serveWith(t testing.TB, c Connection, lim limits, whence func(net.Conn) origin) (*Server, *logbook) {
	t.Helper()
	book := new(logbook)
	s, err := Listen(t.Context(), c, Options{
		Logger: slog.New(slog.NewTextHandler(book, nil)),
		Welcome: func(topic string) []*Message {
			return []*Message{{Identities: [][]byte{[]byte("w")}, Header: Header{MsgID: "w", MsgType: "iopub_welcome"}}}
		},
		lim:    &lim,
		whence: whence,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case m := <-s.Messages(Shell):
				_ = s.Reply(Shell, m, &Message{Header: Header{MsgID: "r", MsgType: "echo"}, Parent: m.RawHeader, Content: m.Content})
			case <-ctx.Done():
				return
			}
		}
	})
	t.Cleanup(func() {
		stop, done := context.WithTimeout(context.Background(), time.Second)
		defer done()
		s.Close(stop)
		cancel()
		wg.Wait()
	})
	return s, book
}

func smallLimits() limits {
	l := defaultLimits
	l.message = 1 << 20
	l.handshake = 500 * time.Millisecond
	l.pending = 4
	l.queue, l.slow = 1<<20, 64<<10
	return l
}

func dialT(t testing.TB, s *Server, ch Channel, id string) *Client {
	t.Helper()
	c, err := Dial(timeout(t), s.Connection(), ch, id)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func timeout(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

var nextID int

// echo sends a message and checks that it comes back.
func echo(t testing.TB, c *Client) {
	t.Helper()
	nextID++
	content := json.RawMessage(fmt.Sprintf(`{"n":%d}`, nextID))
	if err := c.Send(&Message{Header: Header{MsgID: fmt.Sprint(nextID), MsgType: "x"}, Content: content}); err != nil {
		t.Fatal(err)
	}
	m, err := c.Recv(timeout(t))
	if err != nil {
		t.Fatal(err)
	}
	if string(m.Content) != string(content) {
		t.Fatalf("got %s, want %s", m.Content, content)
	}
}

func TestContract16_Transports(t *testing.T) {
	for _, c := range []Connection{
		testConnection(),
		{Transport: "tcp", IP: "::1", Key: "k", SignatureScheme: SignatureScheme},
		{Transport: "tcp", IP: "[::1]", Key: "k", SignatureScheme: SignatureScheme},
		{Transport: "tcp", IP: "localhost", Key: "k", SignatureScheme: SignatureScheme},
		{Transport: "ipc", IP: filepath.Join(t.TempDir(), "k"), ShellPort: 1, ControlPort: 2, StdinPort: 3, IOPubPort: 4, HBPort: 5, Key: "k", SignatureScheme: SignatureScheme},
	} {
		t.Run(c.Transport+" "+filepath.Base(c.IP), func(t *testing.T) {
			if strings.Contains(c.IP, "::1") {
				ln, err := net.Listen("tcp", "[::1]:0")
				if err != nil {
					t.Skip("no IPv6 here")
				}
				ln.Close()
			}
			s, _ := serve(t, c, defaultLimits)
			echo(t, dialT(t, s, Shell, "a"))
			if c.Transport == "ipc" {
				if _, err := Listen(t.Context(), c, Options{}); err == nil || !strings.Contains(err.Error(), "already taken") {
					t.Errorf("second kernel: %v", err)
				}
			}
		})
	}
}

func TestContract16_StaleSocketFileIsReplaced(t *testing.T) {
	c := Connection{Transport: "ipc", IP: filepath.Join(t.TempDir(), "k"), ShellPort: 1, ControlPort: 2, StdinPort: 3, IOPubPort: 4, HBPort: 5, Key: "k", SignatureScheme: SignatureScheme}
	ln, err := net.Listen("unix", c.IP+"-1")
	if err != nil {
		t.Fatal(err)
	}
	ln.(*net.UnixListener).SetUnlinkOnClose(false)
	ln.Close()
	s, _ := serve(t, c, defaultLimits)
	echo(t, dialT(t, s, Shell, "a"))
}

func rawDial(t testing.TB, s *Server, ch Channel) net.Conn {
	t.Helper()
	network, addr := s.Connection().address(ch)
	nc, err := net.Dial(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	return nc
}

func TestContract17_SilentPeersHoldUpNobody(t *testing.T) {
	s, book := serve(t, testConnection(), smallLimits())
	var silent []net.Conn
	for range 10 { // more than may be pending
		silent = append(silent, rawDial(t, s, Shell))
	}
	half := rawDial(t, s, Shell)
	if _, err := half.Write([]byte{0xff, 0, 0, 0}); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	echo(t, dialT(t, s, Shell, "a"))
	if d := time.Since(begin); d > 400*time.Millisecond {
		t.Errorf("waited %v for silent peers", d)
	}
	for _, nc := range append(silent, half) { // all are let go
		_ = nc.SetReadDeadline(time.Now().Add(5 * time.Second))
		if _, err := io.Copy(io.Discard, nc); errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
			t.Error("a silent peer is kept")
		}
	}
	book.waitFor(t, "not a ZeroMQ peer")
}

func isTimeout(err error) bool {
	var ne net.Error
	return errors.As(err, &ne) && ne.Timeout()
}

// What a peer that is not this package's writes.
const (
	greetingSize = 64
	flagMore     = 1
	flagLong     = 2
	flagCommand  = 4
)

func appendFrame(b []byte, flags byte, body []byte) []byte {
	if len(body) > 255 {
		b = binary.BigEndian.AppendUint64(append(b, flags|flagLong), uint64(len(body)))
	} else {
		b = append(b, flags, byte(len(body)))
	}
	return append(b, body...)
}

// zgreeting is the greeting of a ZMTP 3.0 peer with the NULL mechanism.
func zgreeting() []byte {
	g := make([]byte, greetingSize)
	g[0], g[9], g[10] = 0xff, 0x7f, 3
	copy(g[12:], "NULL")
	return g
}

func ready(typ string) []byte {
	body := append([]byte("\x05READY\x0bSocket-Type\x00\x00\x00"), byte(len(typ)))
	return appendFrame(nil, flagCommand, append(body, typ...))
}

func TestContract17_Nonsense(t *testing.T) {
	s, book := serve(t, testConnection(), smallLimits())
	well := dialT(t, s, Shell, "well")
	hello := append(zgreeting(), ready("DEALER")...)
	for _, tt := range []struct {
		name string
		data []byte
		log  string
	}{
		{"http", []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n" + strings.Repeat("x", 64)), "greeting"},
		{"other mechanism", bytes.Replace(zgreeting(), []byte("NULL"), []byte("CURV"), 1), "security"},
		{"old version", append(append([]byte{0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 1}, make([]byte, 53)...), ready("DEALER")...), "version"},
		{"wrong socket type", append(zgreeting(), ready("PUSH")...), "not compatible"},
		{"metadata that is cut off", append(zgreeting(), appendFrame(nil, flagCommand, []byte("\x05READY\x0bSocket-Type\x00"))...), "malformed handshake"},
		{"metadata with a long value", append(zgreeting(), appendFrame(nil, flagCommand, []byte("\x05READY\x0bSocket-Type\xff\xff\xff\xffx"))...), "not a ZeroMQ peer"},
		{"huge handshake", append(zgreeting(), flagCommand|flagLong, 0, 0, 0, 1, 0, 0, 0, 0), "too large"},
		{"reserved bits", append(hello[:len(hello):len(hello)], 0xf8, 1, 1), "reserved flag bits"},
		{"huge frame", append(hello[:len(hello):len(hello)], flagLong, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), "too large"},
		{"many frames", append(hello[:len(hello):len(hello)], bytes.Repeat([]byte{flagMore, 0}, 1<<15)...), "too large"},
		{"no delimiter", append(hello[:len(hello):len(hello)], appendFrame(nil, 0, []byte("x"))...), "no <IDS|MSG> delimiter"},
		{"no signature", append(hello[:len(hello):len(hello)], frames("<IDS|MSG>", "", "{}", "{}", "{}", "{}")...), "signature does not match"},
		{"truncated", append(hello[:len(hello):len(hello)], frames("<IDS|MSG>", "", "{}")...), "fewer frames"},
		{"bad command", append(hello[:len(hello):len(hello)], appendFrame(nil, flagCommand, []byte("\xffX"))...), "not a ZMTP command"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			nc := rawDial(t, s, Shell)
			if _, err := nc.Write(tt.data); err != nil {
				t.Fatal(err)
			}
			book.waitFor(t, tt.log)
			nc.Close()
			echo(t, well)
		})
	}
}

func frames(parts ...string) []byte {
	var b []byte
	for i, p := range parts {
		flags := byte(flagMore)
		if i == len(parts)-1 {
			flags = 0
		}
		b = appendFrame(b, flags, []byte(p))
	}
	return b
}

func TestContract17_ReplayAndTooLargeAndCutOff(t *testing.T) {
	s, book := serve(t, testConnection(), smallLimits())
	c := dialT(t, s, Shell, "a")
	m := &Message{Header: Header{MsgID: "same", MsgType: "x"}}
	for range 2 {
		if err := c.Send(m); err != nil {
			t.Fatal(err)
		}
	}
	book.waitFor(t, "came before")
	if _, err := c.Recv(timeout(t)); err != nil {
		t.Fatal(err)
	}
	echo(t, c) // and not the second one
	big := dialT(t, s, Shell, "big")
	if err := big.SendFrames(make([]byte, 600<<10), make([]byte, 600<<10)); err != nil {
		t.Fatal(err)
	}
	if _, err := big.RecvFrames(timeout(t)); !errors.Is(err, ErrClosed) {
		t.Errorf("after a message that is too large: %v", err)
	}
	nc := rawDial(t, s, Shell)
	if _, err := nc.Write(append(append(zgreeting(), ready("DEALER")...), flagLong, 0, 0, 0, 0, 0, 0, 1, 0, 'x')); err != nil {
		t.Fatal(err)
	}
	nc.(*net.TCPConn).CloseWrite()
	book.waitFor(t, "unexpected EOF")
	echo(t, c)
}

func TestContract16_HeartbeatAndPing(t *testing.T) {
	s, _ := serve(t, testConnection(), defaultLimits)
	hb := dialT(t, s, Heartbeat, "")
	for _, data := range []string{"ping", "", strings.Repeat("x", 1000)} {
		if err := hb.SendFrames(nil, []byte(data)); err != nil {
			t.Fatal(err)
		}
		got, err := hb.RecvFrames(timeout(t))
		if err != nil || len(got) != 2 || string(got[1]) != data {
			t.Errorf("got %q, %v", got, err)
		}
	}
	// libzmq's own heartbeat is a command, answered on any socket.
	nc := rawDial(t, s, IOPub)
	if _, err := nc.Write(append(append(zgreeting(), ready("SUB")...), appendFrame(nil, flagCommand, []byte("\x04PING\x00\x0aabc"))...)); err != nil {
		t.Fatal(err)
	}
	want := appendFrame(nil, flagCommand, []byte("\x04PONGabc"))
	_ = nc.SetReadDeadline(time.Now().Add(5 * time.Second))
	var got []byte
	for buf := make([]byte, 1000); !bytes.HasSuffix(got, want); {
		n, err := nc.Read(buf)
		if err != nil {
			t.Fatalf("%v after %q", err, got)
		}
		got = append(got, buf[:n]...)
	}
}

func TestContract16_Subscriptions(t *testing.T) {
	s, _ := serve(t, testConnection(), defaultLimits)
	all := dialT(t, s, IOPub, "")
	recv(t, all, "iopub_welcome")
	nc := rawDial(t, s, IOPub)
	z, err := zmtp.Handshake(nc, nc, zmtp.Config{SocketType: "SUB", Limit: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	// ZMTP 3.1 style: SUBSCRIBE commands.
	if err := errors.Join(z.WriteCommand(zmtp.CommandSubscribe, []byte("kernel.a")), z.Flush()); err != nil {
		t.Fatal(err)
	}
	_ = nc.SetReadDeadline(time.Now().Add(5 * time.Second))
	next := func() string {
		_, parts, err := z.Read()
		if err != nil {
			t.Fatal(err)
		}
		return string(bytes.Join(parts, []byte(" ")))
	}
	if got := next(); !strings.Contains(got, "iopub_welcome") {
		t.Errorf("got %s", got)
	}
	for _, topic := range []string{"kernel.b", "kernel.a.stream"} {
		if err := s.Publish(&Message{Identities: [][]byte{[]byte(topic)}, Header: Header{MsgID: topic, MsgType: "m"}}); err != nil {
			t.Fatal(err)
		}
	}
	if got := next(); !strings.HasPrefix(got, "kernel.a.stream ") {
		t.Errorf("got %s", got)
	}
	recv(t, all, "m")
	recv(t, all, "m")
}

func recv(t testing.TB, c *Client, msgType string) *Message {
	t.Helper()
	m, err := c.Recv(timeout(t))
	if err != nil {
		t.Fatal(err)
	}
	if m.Header.MsgType != msgType {
		t.Fatalf("got %s, want %s", m.Header.MsgType, msgType)
	}
	return m
}

func TestContract16_ReconnectUnderTheSameIdentity(t *testing.T) {
	s, _ := serve(t, testConnection(), defaultLimits)
	send := func() error {
		return s.Send(Stdin, &Message{Identities: [][]byte{[]byte("same")}, Header: Header{MsgID: "1", MsgType: "q"}})
	}
	first := dialT(t, s, Stdin, "same")
	waitPeer(t, send)
	recv(t, first, "q")
	second := dialT(t, s, Stdin, "same")
	for { // until the server has noticed the second one
		if err := send(); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(timeout(t), 20*time.Millisecond)
		_, err := second.Recv(ctx)
		cancel()
		if err == nil {
			break
		}
	}
	first.Close() // the end of the old connection does not take the new one along
	for range 5 {
		if err := send(); err != nil {
			t.Fatal(err)
		}
		recv(t, second, "q")
		time.Sleep(10 * time.Millisecond)
	}
	second.Close()
	for range 200 {
		if err := send(); errors.Is(err, ErrNoPeer) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("a peer that is gone is still sent to")
}

func waitPeer(t *testing.T, send func() error) {
	t.Helper()
	for range 200 {
		err := send()
		if err == nil {
			return
		}
		if !errors.Is(err, ErrNoPeer) {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("nobody connected")
}

func TestContract17_StuckSubscriberIsDisconnected(t *testing.T) {
	s, book := serve(t, testConnection(), smallLimits())
	stuck := rawDial(t, s, IOPub)
	_ = stuck.(*net.TCPConn).SetReadBuffer(4 << 10)
	if _, err := stuck.Write(append(append(zgreeting(), ready("SUB")...), appendFrame(nil, 0, []byte{1})...)); err != nil {
		t.Fatal(err)
	}
	good := dialT(t, s, IOPub, "good")
	recv(t, good, "iopub_welcome")
	// The good one is never far behind, however busy the machine is: at most a
	// few messages are on their way to it.
	const n, ahead = 400, 8
	onTheWay := make(chan struct{}, ahead)
	received := make(chan int)
	go func() {
		count := 0
		for count < n {
			if _, err := good.RecvFrames(timeout(t)); err != nil {
				break
			}
			count++
			<-onTheWay
		}
		received <- count
	}()
	content, _ := json.Marshal(map[string]string{"text": strings.Repeat("x", 60<<10)})
	longest := time.Duration(0)
	for i := range n {
		select {
		case onTheWay <- struct{}{}:
		case got := <-received:
			t.Fatalf("the good subscriber got %d of %d messages", got, n)
		}
		begin := time.Now()
		if err := s.Publish(&Message{Identities: [][]byte{[]byte("t")}, Header: Header{MsgID: fmt.Sprint(i), MsgType: "stream"}, Content: content}); err != nil {
			t.Fatal(err)
		}
		longest = max(longest, time.Since(begin))
	}
	if got := <-received; got != n {
		t.Errorf("the good subscriber got %d of %d messages", got, n)
	}
	book.waitFor(t, "too far behind")
	if longest > 10*time.Second {
		t.Errorf("publishing waited %v for a stuck subscriber", longest)
	}
	t.Logf("longest wait %v", longest)
}

func TestContract16_CloseDeliversWhatIsQueued(t *testing.T) {
	s, _ := serve(t, testConnection(), defaultLimits)
	c := dialT(t, s, IOPub, "")
	recv(t, c, "iopub_welcome")
	const n = 500
	content, _ := json.Marshal(map[string]string{"text": strings.Repeat("x", 10<<10)})
	go func() {
		for i := range n {
			_ = s.Publish(&Message{Identities: [][]byte{[]byte("t")}, Header: Header{MsgID: fmt.Sprint(i), MsgType: "stream"}, Content: content})
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		s.Close(ctx)
	}()
	for i := range n {
		if m := recv(t, c, "stream"); m.Header.MsgID != fmt.Sprint(i) {
			t.Fatalf("got message %s, want %d", m.Header.MsgID, i)
		}
	}
	if _, err := c.Recv(timeout(t)); !errors.Is(err, ErrClosed) {
		t.Errorf("after the last message: %v", err)
	}
}
