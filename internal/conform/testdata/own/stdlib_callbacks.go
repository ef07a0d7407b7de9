// Own types and functions called back by compiled packages.
package main

import (
	"bufio"
	"bytes"
	"encoding/gob"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing/fstest"
	"time"
	"unicode"
)

type Money int64

func (m Money) String() string { return fmt.Sprintf("%d.%02d", int64(m)/100, int64(m)%100) }
func (m *Money) Scan(st fmt.ScanState, verb rune) error {
	tok, err := st.Token(true, func(r rune) bool { return unicode.IsDigit(r) || r == '.' })
	if err != nil {
		return err
	}
	f, err := strconv.ParseFloat(string(tok), 64)
	*m = Money(f*100 + 0.5)
	return err
}
func (m Money) LogValue() slog.Value { return slog.StringValue("money:" + m.String()) }

type Book struct {
	XMLName xml.Name `xml:"book"`
	Title   string   `xml:"title"`
	Price   int      `xml:"price,attr"`
	Tags    []string `xml:"tags>tag"`
}

type rot struct{ r io.Reader }

func (r rot) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	for i := range p[:n] {
		if p[i] >= 'a' && p[i] <= 'z' {
			p[i] = 'a' + (p[i]-'a'+13)%26
		}
	}
	return n, err
}

type prefix struct {
	w io.Writer
	p string
}

func (p prefix) Write(b []byte) (int, error) {
	for line := range bytes.Lines(b) {
		if _, err := fmt.Fprintf(p.w, "%s%s", p.p, line); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

type State struct {
	Names map[string]Money
	Inner []Book
	hid   int
}

func main() {
	var m, m2 Money
	n, err := fmt.Sscan("12.34 5", &m, &m2)
	fmt.Println(n, err, m, m2, []Money{1, 250})
	b, err := xml.Marshal(Book{Title: "Go", Price: 3, Tags: []string{"a", "b"}})
	fmt.Println(string(b), err)
	var bk Book
	fmt.Println(xml.Unmarshal(b, &bk), bk.Title, bk.Tags, bk.XMLName.Local)
	data, _ := io.ReadAll(rot{strings.NewReader("uryyb")})
	fmt.Println(string(data))
	lg := log.New(prefix{os.Stdout, "> "}, "log: ", log.Lmsgprefix)
	lg.Println("one", Money(5))
	lg.Printf("two\n%v", errors.New("three"))
	sl := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == "time" {
			return slog.Attr{}
		}
		return a
	}}))
	sl.Info("hello", "m", Money(199), "d", 2*time.Second, slog.Group("g", "k", 1))
	var buf bytes.Buffer
	err = gob.NewEncoder(&buf).Encode(State{Names: map[string]Money{"a": 7}, Inner: []Book{{Title: "T"}}, hid: 3})
	var st State
	fmt.Println(err, gob.NewDecoder(&buf).Decode(&st), st.Names, st.Inner[0].Title, st.hid)
	fmt.Println(regexp.MustCompile(`(\w)(\d)`).ReplaceAllStringFunc("a1 b2", strings.ToUpper), regexp.MustCompile(`a(x*)b`).FindAllStringSubmatch("ab axxb", -1))
	fsys := fstest.MapFS{"d/x.go": {Data: []byte("xx")}, "d/y.txt": {}, "z": {}}
	err = fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if d.IsDir() && p != "." {
			fmt.Print("[", p, "] ")
			return nil
		}
		fmt.Print(p, filepath.Ext(p), " ")
		return err
	})
	fmt.Println(err)
	sc := bufio.NewScanner(strings.NewReader("a,b,,c"))
	sc.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		if i := bytes.IndexByte(data, ','); i >= 0 {
			return i + 1, data[:i], nil
		}
		if atEOF && len(data) > 0 {
			return len(data), data, bufio.ErrFinalToken
		}
		return 0, nil, nil
	})
	for sc.Scan() {
		fmt.Printf("%q ", sc.Text())
	}
	fmt.Println()
	f := new(big.Int)
	f.MulRange(1, 25)
	fmt.Println(f, big.NewRat(3, 6), time.Duration(90)*time.Minute, time.Unix(0, 0).UTC().Format(time.RFC3339), time.March)
	done := make(chan string, 1)
	time.AfterFunc(time.Millisecond, func() { done <- "timer" })
	fmt.Println(<-done)
	pr, pw := io.Pipe()
	go func() {
		fmt.Fprint(pw, "through a pipe")
		pw.CloseWithError(io.ErrUnexpectedEOF)
	}()
	all, err := io.ReadAll(pr)
	fmt.Println(string(all), err, strings.TrimFunc("123abc456", unicode.IsDigit))
	fmt.Println(os.Expand("$A-${B}", func(k string) string { return strings.ToLower(k) }), strconv.Quote("x\n"), errors.Is(err, io.ErrUnexpectedEOF))
}
