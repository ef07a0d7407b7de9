package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/wire/zmtp"
)

// street is where peers come from in these tests: each loopback address is a
// machine of its own, and none of their accounts is known.
func street(nc net.Conn) origin {
	return origin{addr: nc.RemoteAddr().(*net.TCPAddr).AddrPort().Addr().Unmap(), uid: unknown}
}

// alley is where strangers come from; front ends come from 127.0.0.1.
const alley = "127.0.0.2"

// onStreet serves with a budget that is quickly used up.
func onStreet(t testing.TB) (*Server, *logbook, limits) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("needs several loopback addresses")
	}
	lim := smallLimits()
	lim.handshake = time.Minute // nobody goes for being slow
	lim.strangers = 8
	lim.kept, lim.stranger = 8<<20, 2<<20
	s, book := serveWith(t, testConnection(), lim, street)
	return s, book, lim
}

// visit connects from an address.
func visit(t testing.TB, s *Server, ch Channel, from string) net.Conn {
	t.Helper()
	network, addr := s.Connection().address(ch)
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	nc, err := d.DialContext(t.Context(), network, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	return nc
}

// shake shakes hands without a key for signatures.
func shake(t testing.TB, nc net.Conn, typ, id string) *zmtp.Conn {
	t.Helper()
	_ = nc.SetDeadline(time.Now().Add(20 * time.Second))
	z, err := zmtp.Handshake(nc, nc, zmtp.Config{SocketType: typ, Identity: []byte(id), Limit: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	_ = nc.SetDeadline(time.Time{})
	return z
}

func say(t testing.TB, z *zmtp.Conn, frames ...[]byte) {
	t.Helper()
	if err := errors.Join(z.Write(frames), z.Flush()); err != nil {
		t.Fatal(err)
	}
}

// Who has no key reads nothing on iopub, and does once somebody from the same
// place has signed a message.
func TestContract17_StrangersReadNothing(t *testing.T) {
	s, _, _ := onStreet(t)
	front := dialT(t, s, Shell, "front")
	echo(t, front)
	good := dialT(t, s, IOPub, "good")
	recv(t, good, "iopub_welcome")
	nc := visit(t, s, IOPub, alley)
	stranger := shake(t, nc, "SUB", "")
	say(t, stranger, []byte{1})
	if _, m, err := stranger.Read(); err != nil || !bytes.Contains(bytes.Join(m, nil), []byte("iopub_welcome")) {
		t.Fatalf("%q, %v", m, err)
	}
	publish := func(text string) {
		t.Helper()
		if err := s.Publish(&Message{Identities: [][]byte{[]byte("t")}, Header: Header{MsgID: text, MsgType: "stream"}}); err != nil {
			t.Fatal(err)
		}
		if got := recv(t, good, "stream").Header.MsgID; got != text {
			t.Fatalf("got %s, want %s", got, text)
		}
	}
	publish("secret")
	neighbour := shake(t, visit(t, s, Shell, alley), "DEALER", "neighbour")
	forged, err := Encode(&Message{Header: Header{MsgID: "forged", MsgType: "x"}}, NewSigner([]byte("guess")))
	if err != nil {
		t.Fatal(err)
	}
	say(t, neighbour, forged...)
	publish("secret too")
	signed, err := Encode(&Message{Header: Header{MsgID: "signed", MsgType: "x"}}, NewSigner([]byte(testConnection().Key)))
	if err != nil {
		t.Fatal(err)
	}
	say(t, neighbour, signed...)
	if _, _, err := neighbour.Read(); err != nil { // the answer
		t.Fatal(err)
	}
	publish("for both")
	_, m, err := stranger.Read()
	if err != nil || !bytes.Contains(bytes.Join(m, nil), []byte("for both")) {
		t.Errorf("the first that it reads is %q, %v", m, err)
	}
}

// A stranger under the identity of a front end takes nothing from it, whether
// it comes before it or after it.
func TestContract17_IdentityIsNotTakenOver(t *testing.T) {
	s, _, _ := onStreet(t)
	for _, ch := range []Channel{Stdin, Shell} {
		t.Run(string(ch), func(t *testing.T) {
			before := visit(t, s, ch, alley)
			shake(t, before, "DEALER", "front")
			shell := dialT(t, s, Shell, "front")
			echo(t, shell)
			front := shell
			if ch != Shell {
				front = dialT(t, s, ch, "front")
			}
			after := visit(t, s, ch, alley)
			shake(t, after, "DEALER", "front")
			ask := func() error {
				return s.Send(ch, &Message{Identities: [][]byte{[]byte("front")}, Header: Header{MsgID: "1", MsgType: "q"}})
			}
			waitPeer(t, ask)
			recv(t, front, "q")
			for _, nc := range []net.Conn{before, after} {
				_ = nc.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
				if n, err := nc.Read(make([]byte, 1000)); n > 0 || !isTimeout(err) {
					t.Errorf("the stranger read %d bytes, %v", n, err)
				}
			}
			front.Close()
			if ch == Shell {
				return
			}
			for range 200 {
				if err := ask(); errors.Is(err, ErrNoPeer) {
					return
				}
				time.Sleep(10 * time.Millisecond)
			}
			t.Error("with the front end gone, the stranger is sent to")
		})
	}
}

// What is kept for all peers together is bounded, small messages always have
// room, and memory is given back.
func TestContract17_WhatIsKeptIsBounded(t *testing.T) {
	s, book, lim := onStreet(t)
	budget := s.sockets[Shell].budget
	given := make(chan struct{}, 1)
	budget.mu.Lock()
	budget.release = func() { notify(given) }
	budget.peak = largeHoard // as after much more than fits a test
	budget.mu.Unlock()
	most := 0
	watch := func() {
		budget.mu.Lock()
		most = max(most, budget.total)
		budget.mu.Unlock()
	}
	// Half messages.
	var halves []net.Conn
	for range 6 {
		nc := visit(t, s, Shell, alley)
		shake(t, nc, "DEALER", "")
		halves = append(halves, nc)
		head := []byte{flagLong, 0, 0, 0, 0, 0, 0x0f, 0, 0} // nearly 1 MiB
		if _, err := nc.Write(append(head, make([]byte, 900<<10)...)); err != nil {
			t.Fatal(err)
		}
		watch()
	}
	// Heartbeats whose echo nobody reads.
	var beats []net.Conn
	for range 4 {
		nc := visit(t, s, Heartbeat, alley)
		_ = nc.(*net.TCPConn).SetReadBuffer(4 << 10)
		z := shake(t, nc, "REQ", "")
		beats = append(beats, nc)
		_ = nc.SetWriteDeadline(time.Now().Add(2 * time.Second))
		for range 2000 {
			if errors.Join(z.Write([][]byte{nil, make([]byte, 3<<10)}), z.Flush()) != nil {
				break
			}
			watch()
		}
	}
	book.waitFor(t, errHoard.Error())
	if slack := lim.note * 8; most > lim.stranger+1<<20+slack {
		t.Errorf("%d bytes were kept for strangers, %d are allowed", most, lim.stranger)
	}
	echo(t, dialT(t, s, Shell, "front")) // unknown until it has signed
	for _, nc := range append(halves, beats...) {
		nc.Close()
	}
	for i := 0; ; i++ {
		budget.mu.Lock()
		total, stranger, n := budget.total, budget.stranger, len(budget.kept)
		budget.mu.Unlock()
		if total == 0 && stranger == 0 && n == 0 {
			break
		}
		if i == 1000 {
			t.Fatalf("%d bytes (%d of strangers) of %d peers are still counted", total, stranger, n)
		}
		time.Sleep(10 * time.Millisecond)
	}
	select {
	case <-given:
	case <-time.After(10 * time.Second):
		t.Error("memory is not given back")
	}
}

// However many strangers there are, in their handshake or after it, who has
// the key gets in and stays.
func TestContract17_StrangersTakeNoPlaces(t *testing.T) {
	s, _, lim := onStreet(t)
	old := dialT(t, s, Shell, "old")
	echo(t, old)
	for _, tt := range []struct {
		name string
		come func()
	}{
		{"silent", func() { visit(t, s, Shell, alley) }},
		{"after their handshake", func() { shake(t, visit(t, s, Shell, alley), "DEALER", "") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for i := range 5 * lim.strangers {
				tt.come()
				if i%10 == 9 {
					echo(t, dialT(t, s, Shell, fmt.Sprint("new", i)))
				}
			}
			echo(t, old)
		})
	}
	sck := s.sockets[Shell]
	sck.mu.Lock()
	defer sck.mu.Unlock()
	if n := len(sck.peers); n > lim.strangers+10 {
		t.Errorf("%d peers are kept", n)
	}
}

// With keys for CURVE in the connection file, all five sockets are encrypted.
func TestContract16_Encryption(t *testing.T) {
	c := testConnection()
	c.CurvePublicKey, c.CurveSecretKey = curvePublic, curveSecret
	s, book := serve(t, c, defaultLimits)
	echo(t, dialT(t, s, Shell, "front"))
	recv(t, dialT(t, s, IOPub, ""), "iopub_welcome")
	hb := dialT(t, s, Heartbeat, "")
	if err := hb.SendFrames(nil, []byte("ping")); err != nil {
		t.Fatal(err)
	}
	if m, err := hb.RecvFrames(timeout(t)); err != nil || string(m[1]) != "ping" {
		t.Errorf("%q, %v", m, err)
	}
	for _, ch := range Channels {
		nc := rawDial(t, s, ch)
		_ = nc.SetDeadline(time.Now().Add(10 * time.Second))
		if _, err := zmtp.Handshake(nc, nc, zmtp.Config{SocketType: "DEALER"}); err == nil {
			t.Errorf("%s talks in the clear", ch)
		}
	}
	book.waitFor(t, "NULL")
	c.CurvePublicKey = strings.Repeat("0", 40)
	if _, err := Listen(t.Context(), c, Options{}); err == nil || !strings.Contains(err.Error(), "do not belong together") {
		t.Errorf("got %v", err)
	}
}

// The system is asked whose a connection from this machine is.
func TestAccountOf(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "[::1]"} {
		ln, err := net.Listen("tcp", host+":0")
		if err != nil {
			continue // no IPv6 here
		}
		defer ln.Close()
		nc, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		served, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer served.Close()
		from := originOf(served)
		want := os.Geteuid()
		if runtime.GOOS != "linux" {
			want = unknown
		}
		if from.uid != want || !from.addr.IsLoopback() {
			t.Errorf("%s: %+v, want account %d", host, from, want)
		}
		nobody := netip.AddrPortFrom(from.addr, 1)
		if uid := accountOf(nobody, nobody); uid != unknown {
			t.Errorf("a connection that is not there is of account %d", uid)
		}
	}
}

// Sockets are not put where others could replace them.
func TestContract17_FolderOfSockets(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	c := Connection{Transport: "ipc", IP: filepath.Join(dir, "k"), ShellPort: 1, ControlPort: 2, StdinPort: 3, IOPubPort: 4, HBPort: 5, Key: "k", SignatureScheme: SignatureScheme}
	if _, err := Listen(t.Context(), c, Options{}); err == nil || !strings.Contains(err.Error(), "chmod 700") {
		t.Errorf("got %v", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	long := c
	long.IP += strings.Repeat("x", maxSocketPath)
	if _, err := Listen(t.Context(), long, Options{}); err == nil || !strings.Contains(err.Error(), "shorter path") {
		t.Errorf("got %v", err)
	}
	s, _ := serve(t, c, defaultLimits)
	for _, ch := range Channels {
		_, path := s.Connection().address(ch)
		if fi, err := os.Stat(path); err != nil || fi.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", path, fi.Mode(), err)
		}
	}
}

// flood publishes megabytes to a front end that reads, beside others that do
// not, and returns how long that took.
func flood(t testing.TB, idle, megabytes int) time.Duration {
	lim := defaultLimits
	s, _ := serve(t, testConnection(), lim)
	good := dialT(t, s, IOPub, "good")
	recv(t, good, "iopub_welcome")
	for range idle {
		z := shake(t, rawDial(t, s, IOPub), "SUB", "")
		say(t, z, []byte{1})
	}
	for { // until all are there
		s.pub.Lock()
		n := 0
		for _, p := range s.subscribers {
			n += len(p.topics)
		}
		s.pub.Unlock()
		if n == idle+1 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	content, err := json.Marshal(map[string]string{"text": strings.Repeat("x", 250<<10)})
	if err != nil {
		t.Fatal(err)
	}
	n := megabytes << 20 / len(content)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var reading sync.WaitGroup
	begin := time.Now()
	reading.Go(func() {
		for range n {
			if _, err := good.RecvFrames(ctx); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for i := range n {
		if err := s.Publish(&Message{Identities: [][]byte{[]byte("t")}, Header: Header{MsgID: fmt.Sprint(i), MsgType: "stream"}, Content: content}); err != nil {
			t.Fatal(err)
		}
	}
	reading.Wait()
	return time.Since(begin)
}

// Subscribers of one's own account that do not read are waited for once, all
// together.
func TestContract17_IdleSubscribersDoNotSlowOutput(t *testing.T) {
	begin := time.Now()
	alone := flood(t, 0, 40)
	with := flood(t, 40, 40)
	t.Logf("alone %v, with 40 idle subscribers %v, in all %v", alone, with, time.Since(begin))
	// One after the other they would take 10 seconds.
	if limit := 4*alone + 2*time.Second; with > limit {
		t.Errorf("40 MiB took %v beside 40 subscribers that do not read, %v alone", with, alone)
	}
}

func BenchmarkIdleSubscribers(b *testing.B) {
	for _, idle := range []int{0, 10, 100} {
		b.Run(fmt.Sprint(idle), func(b *testing.B) {
			for b.Loop() {
				flood(b, idle, 120)
			}
		})
	}
}
