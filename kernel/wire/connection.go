package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/gosched/gosched/kernel/wire/zmtp"
)

// Connection says where a kernel listens and which key signs its messages: the
// content of a Jupyter connection file.
// https://jupyter-client.readthedocs.io/en/stable/kernels.html#connection-files
type Connection struct {
	Transport       string `json:"transport"` // "tcp" or "ipc"
	IP              string `json:"ip"`        // address to bind; for ipc a path prefix
	ShellPort       int    `json:"shell_port"`
	ControlPort     int    `json:"control_port"`
	StdinPort       int    `json:"stdin_port"`
	IOPubPort       int    `json:"iopub_port"`
	HBPort          int    `json:"hb_port"`
	Key             string `json:"key"`
	SignatureScheme string `json:"signature_scheme"` // "hmac-sha256"
	KernelName      string `json:"kernel_name,omitempty"`
	// With these two, in Z85, connections are encrypted with CURVE. Front ends
	// use the same pair, so both are as secret as Key.
	CurvePublicKey string `json:"curve_publickey,omitempty"`
	CurveSecretKey string `json:"curve_secretkey,omitempty"`
}

// SignatureScheme is the only way of signing that this package knows.
const SignatureScheme = "hmac-sha256"

// maxConnectionFile bounds what is read of a connection file; real ones have
// about 300 bytes.
const maxConnectionFile = 1 << 20

// ReadConnectionFile reads and checks the connection file at path. The error
// names the file and everything that is wrong with it.
func ReadConnectionFile(path string) (Connection, error) {
	f, err := os.Open(path)
	if err != nil {
		return Connection{}, fmt.Errorf("connection file: %w (Jupyter writes this file and passes its path as {connection_file})", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxConnectionFile+1))
	if err != nil {
		return Connection{}, fmt.Errorf("connection file %s: %w", path, err)
	}
	if len(data) > maxConnectionFile {
		return Connection{}, fmt.Errorf("connection file %s: larger than %d bytes, this is no connection file", path, maxConnectionFile)
	}
	c, err := ParseConnection(data)
	if err != nil {
		return Connection{}, fmt.Errorf("connection file %s: %w", path, err)
	}
	return c, nil
}

// ParseConnection parses the content of a connection file and checks it.
func ParseConnection(data []byte) (Connection, error) {
	var c Connection
	if err := json.Unmarshal(data, &c); err != nil {
		var typ *json.UnmarshalTypeError
		if errors.As(err, &typ) && typ.Field != "" {
			return c, fmt.Errorf("field %q is a JSON %s, but must be %s", typ.Field, typ.Value, kindName(typ.Type.String()))
		}
		return c, fmt.Errorf("not valid JSON: %w", err)
	}
	if c.Transport == "" {
		c.Transport = "tcp"
	}
	if c.SignatureScheme == "" {
		c.SignatureScheme = SignatureScheme
	}
	errs := []error{c.Validate()}
	for _, ch := range Channels {
		if c.Port(ch) == 0 {
			errs = append(errs, fmt.Errorf("field %q is missing or 0: a port from 1 to 65535 is needed", ch.field()))
		}
	}
	return c, errors.Join(errs...)
}

func kindName(goType string) string {
	if strings.HasPrefix(goType, "int") {
		return "a whole number"
	}
	return "a " + goType
}

// Validate reports everything that is wrong with c. A port of 0 is accepted
// for tcp and means any free port.
func (c Connection) Validate() error {
	var errs []error
	switch c.Transport {
	case "tcp", "ipc":
	default:
		errs = append(errs, fmt.Errorf("field %q is %q: only \"tcp\" and \"ipc\" are known", "transport", c.Transport))
	}
	if c.IP == "" {
		errs = append(errs, errors.New(`field "ip" is missing or empty: the address to listen on is needed, for example "127.0.0.1"`))
	}
	if c.SignatureScheme != SignatureScheme {
		errs = append(errs, fmt.Errorf("field %q is %q: only %q is known", "signature_scheme", c.SignatureScheme, SignatureScheme))
	}
	if c.Key == "" {
		errs = append(errs, errors.New(`field "key" is missing or empty: without a key anyone who can reach the ports could run code, so unsigned sessions are refused`))
	}
	if _, err := c.secret(); err != nil {
		errs = append(errs, err)
	}
	seen := make(map[int]Channel)
	for _, ch := range Channels {
		port := c.Port(ch)
		if port < 0 || port > 65535 {
			errs = append(errs, fmt.Errorf("field %q is %d: a port is a number from 1 to 65535", ch.field(), port))
			continue
		}
		if port == 0 {
			if c.Transport == "ipc" {
				errs = append(errs, fmt.Errorf("field %q is 0: ipc has no automatic ports", ch.field()))
			}
			continue
		}
		if other, dup := seen[port]; dup {
			errs = append(errs, fmt.Errorf("fields %q and %q have the same port %d: each socket needs its own", other.field(), ch.field(), port))
		}
		seen[port] = ch
	}
	return errors.Join(errs...)
}

// secret returns the key with which connections are encrypted; nil for none.
func (c Connection) secret() (*zmtp.Key, error) {
	if c.CurvePublicKey == "" && c.CurveSecretKey == "" {
		return nil, nil
	}
	public, err := zmtp.ParseKey(c.CurvePublicKey)
	if err != nil {
		return nil, fmt.Errorf("field %q: %w", "curve_publickey", err)
	}
	secret, err := zmtp.ParseKey(c.CurveSecretKey)
	if err != nil {
		return nil, fmt.Errorf("field %q: %w", "curve_secretkey", err)
	}
	if secret.Public() != public {
		return nil, errors.New(`fields "curve_publickey" and "curve_secretkey" do not belong together`)
	}
	return &secret, nil
}

// Port returns the port of a channel.
func (c Connection) Port(ch Channel) int { return *c.port(ch) }

func (c *Connection) port(ch Channel) *int {
	switch ch {
	case Shell:
		return &c.ShellPort
	case Control:
		return &c.ControlPort
	case Stdin:
		return &c.StdinPort
	case IOPub:
		return &c.IOPubPort
	case Heartbeat:
		return &c.HBPort
	}
	panic("wire: no such channel: " + string(ch))
}

// address returns the network and address of a channel for package net.
func (c Connection) address(ch Channel) (network, addr string) {
	if c.Transport == "ipc" {
		return "unix", c.IP + "-" + strconv.Itoa(c.Port(ch))
	}
	host := strings.TrimSuffix(strings.TrimPrefix(c.IP, "["), "]")
	if host == "*" {
		host = ""
	}
	return "tcp", net.JoinHostPort(host, strconv.Itoa(c.Port(ch)))
}

// Channel names one of a kernel's sockets.
type Channel string

// The channels of a kernel.
const (
	Shell     Channel = "shell"
	Control   Channel = "control"
	Stdin     Channel = "stdin"
	IOPub     Channel = "iopub"
	Heartbeat Channel = "hb"
)

// Channels lists all channels.
var Channels = [...]Channel{Shell, Control, Stdin, IOPub, Heartbeat}

// field is the name of the channel's port in a connection file.
func (ch Channel) field() string { return string(ch) + "_port" }
