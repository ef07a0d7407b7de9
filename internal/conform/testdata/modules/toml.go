//gosched:get github.com/BurntSushi/toml@v1.6.0
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/BurntSushi/toml"
)

type config struct {
	Title string
	Owner struct {
		Name string
		DOB  time.Time
	}
	Server map[string]struct {
		IP    string
		Ports []int
	}
	Wait duration
}

type duration struct{ time.Duration }

func (d *duration) UnmarshalText(b []byte) (err error) {
	d.Duration, err = time.ParseDuration(string(b))
	return err
}

func (d duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

func main() {
	var c config
	md, err := toml.Decode(`
title = "Example"
wait = "1m30s"
unknown = 1
[owner]
name = "Ann"
dob = 1979-05-27T07:32:00Z
[server.alpha]
ip = "10.0.0.1"
ports = [8001, 8002]
`, &c)
	fmt.Printf("%+v %v %v\n", c, err, md.Undecoded())
	fmt.Println(toml.NewEncoder(os.Stdout).Encode(c))
	_, err = toml.Decode("a = [1, \n b", &c)
	fmt.Println(err)
	var m map[string]any
	_, err = toml.Decode("x = 1.5\ny = [true, false]\n[z]\nw = 'lit'", &m)
	fmt.Println(m, err)
}
