package wire

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const goodFile = `{"shell_port":5001,"iopub_port":5002,"stdin_port":5003,"control_port":5004,"hb_port":5005,
"ip":"127.0.0.1","key":"k","transport":"tcp","signature_scheme":"hmac-sha256","kernel_name":"go"}`

// A pair of keys for CURVE, from https://rfc.zeromq.org/spec/26/.
const (
	curvePublic = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
	curveSecret = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"
)

func TestContract17_ConnectionFile(t *testing.T) {
	with := func(field, value string) string {
		var m map[string]json.RawMessage
		if err := json.Unmarshal([]byte(goodFile), &m); err != nil {
			t.Fatal(err)
		}
		if value == "" {
			delete(m, field)
		} else {
			m[field] = json.RawMessage(value)
		}
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	for _, tt := range []struct{ name, file, want string }{
		{"good", goodFile, ""},
		{"not JSON", `{"shell_port":`, "not valid JSON"},
		{"list", `[]`, "not valid JSON"},
		{"empty", ``, "not valid JSON"},
		{"everything missing", `{}`, `"ip" is missing`},
		{"no shell port", with("shell_port", ""), `"shell_port" is missing or 0`},
		{"zero port", with("hb_port", "0"), `"hb_port" is missing or 0`},
		{"negative port", with("hb_port", "-1"), `"hb_port" is -1`},
		{"large port", with("stdin_port", "65536"), `"stdin_port" is 65536`},
		{"port as text", with("iopub_port", `"5002"`), `"iopub_port" is a JSON string, but must be a whole number`},
		{"port as fraction", with("iopub_port", `1.5`), `"iopub_port" is a JSON number 1.5, but must be a whole number`},
		{"same port twice", with("control_port", "5001"), `"shell_port" and "control_port" have the same port 5001`},
		{"no ip", with("ip", ""), `"ip" is missing`},
		{"no key", with("key", ""), `"key" is missing`},
		{"empty key", with("key", `""`), `"key" is missing or empty`},
		{"other scheme", with("signature_scheme", `"hmac-md5"`), `"signature_scheme" is "hmac-md5"`},
		{"other transport", with("transport", `"pgm"`), `"transport" is "pgm"`},
		{"default transport", with("transport", ""), ""},
		{"ipc", with("transport", `"ipc"`), ""},
		{"one key of two", with("curve_publickey", `"`+curvePublic+`"`), `"curve_secretkey": a key has 40 characters`},
		{"key cut off", with("curve_publickey", `"abc"`), `"curve_publickey": a key has 40 characters, and this has 3`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "kernel.json")
			if err := os.WriteFile(path, []byte(tt.file), 0o600); err != nil {
				t.Fatal(err)
			}
			c, err := ReadConnectionFile(path)
			if tt.want == "" {
				if err != nil || c.ShellPort != 5001 {
					t.Errorf("got %+v, %v", c, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
		})
	}
	if _, err := ReadConnectionFile(filepath.Join(t.TempDir(), "none.json")); !os.IsNotExist(unwrapAll(err)) {
		t.Errorf("missing file: %v", err)
	}
}

func unwrapAll(err error) error {
	for {
		u, ok := err.(interface{ Unwrap() error })
		if !ok {
			return err
		}
		if _, isPath := err.(*os.PathError); isPath {
			return err
		}
		err = u.Unwrap()
	}
}

func TestContract17_PortTaken(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	c := testConnection()
	c.ControlPort = ln.Addr().(*net.TCPAddr).Port
	_, err = Listen(t.Context(), c, Options{})
	if err == nil || !strings.Contains(err.Error(), "control socket: port") || !strings.Contains(err.Error(), "already taken") {
		t.Errorf("got %v", err)
	}
	c = testConnection()
	c.IP = "192.0.2.1"
	if _, err := Listen(t.Context(), c, Options{}); err == nil || !strings.Contains(err.Error(), "this machine has no address 192.0.2.1") {
		t.Errorf("got %v", err)
	}
}
