//gosched:get github.com/spf13/pflag@v1.1.0
package main

import (
	"fmt"
	"net"
	"os"
	"time"

	"github.com/spf13/pflag"
)

func main() {
	fs := pflag.NewFlagSet("app", pflag.ContinueOnError)
	fs.SetOutput(os.Stdout)
	n := fs.IntP("number", "n", 7, "a number")
	d := fs.Duration("wait", time.Second, "how long")
	list := fs.StringSlice("list", nil, "several")
	ip := fs.IP("ip", net.ParseIP("127.0.0.1"), "an address")
	v := fs.CountP("verbose", "v", "more words")
	fmt.Println(fs.Parse([]string{"-n3", "--wait=2m", "--list", "a,b", "--list=c", "-vv", "--ip", "10.0.0.1", "rest", "--", "-x"}))
	fmt.Println(*n, *d, *list, *ip, *v, fs.Args(), fs.Changed("wait"), fs.ArgsLenAtDash())
	fmt.Println(fs.Parse([]string{"--nope"}))
	fs.VisitAll(func(f *pflag.Flag) { fmt.Println(f.Name, f.Value.Type(), f.DefValue) })
}
