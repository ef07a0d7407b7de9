package modules

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/module"
)

// A proxy is one entry of GOPROXY.
type proxy struct {
	url      string // or "direct" or "off"
	anyError bool   // whatever fails, the next entry is tried, not only for what it has not
}

func parseProxies(list string) ([]proxy, error) {
	var proxies []proxy
	for list != "" {
		i := strings.IndexAny(list, ",|")
		entry, sep := list, byte(0)
		if i < 0 {
			list = ""
		} else {
			entry, sep, list = list[:i], list[i], list[i+1:]
		}
		entry = strings.TrimSpace(entry)
		if entry == "" {
			continue
		}
		if entry != "direct" && entry != "off" {
			u, err := url.Parse(entry)
			if err != nil || u.Scheme == "" && !strings.Contains(entry, ".") {
				return nil, fmt.Errorf("GOPROXY holds %q, which is no address of a proxy", entry)
			}
			if u.Scheme == "" {
				entry = "https://" + entry
			}
			if s := u.Scheme; s != "" && s != "https" && s != "http" && s != "file" {
				return nil, fmt.Errorf("GOPROXY holds %q: a proxy is reached by https, http or file", entry)
			}
		}
		proxies = append(proxies, proxy{strings.TrimSuffix(entry, "/"), sep == '|'})
		if entry == "direct" || entry == "off" {
			break // what comes after is never asked
		}
	}
	if len(proxies) == 0 {
		return nil, errors.New("GOPROXY names no proxy")
	}
	return proxies, nil
}

// errNotThere is what a proxy answers about a module or version that it does
// not know.
var errNotThere = errors.New("not found")

// errOff is for a network that may not be used.
var errOff = errors.New("GOPROXY=off forbids to download anything, so there is only what the module cache has")

// errDirect is for what would have to come from a repository.
var errDirect = errors.New("it would have to come from its repository, and gosched downloads from proxies only: set GOPROXY to one that has it, or download it with `go mod download`")

// A client downloads from proxies and from the checksum database.
type client struct {
	http  http.Client
	netrc func() netrc
}

func newClient() *client {
	return &client{netrc: sync.OnceValue(readNetrc), http: http.Client{Transport: &http.Transport{ // not the default one, which cells can change
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout:   15 * time.Second,
		ResponseHeaderTimeout: time.Minute,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   8,
		IdleConnTimeout:       30 * time.Second,
	}}}
}

// open begins to download from an address.
func (c *client) open(ctx context.Context, address string) (io.ReadCloser, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	if u.Scheme == "file" {
		f, err := os.Open(filepath.FromSlash(u.Path))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, errNotThere
		}
		return f, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	if user, password, ok := c.netrc().find(u.Hostname()); ok && u.User == nil && u.Scheme == "https" {
		req.SetBasicAuth(user, password)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, unreachable(ctx, u, err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp.Body, nil
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone {
		return nil, errNotThere
	}
	return nil, refused(u, resp)
}

// refused says what a proxy has against a request, in its own words if it has any.
func refused(u *url.URL, resp *http.Response) error {
	answer := resp.Status
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/plain") {
		if text, err := io.ReadAll(io.LimitReader(resp.Body, 4096)); err == nil {
			answer = firstLine(answer, string(text))
		}
	}
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Errorf("%s refuses it (%s): is that its path? If the proxy wants a name and a password, put them into ~/.netrc; GOPROXY names other proxies", u.Host, answer)
	case http.StatusBadRequest:
		return fmt.Errorf("%s does not take it for a module (%s); look for a typing error", u.Host, answer)
	}
	return fmt.Errorf("%s answers %s; try again later, or set GOPROXY to another proxy", u.Host, answer)
}

// unreachable says in short why nothing came from an address.
func unreachable(ctx context.Context, u *url.URL, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err
	}
	return fmt.Errorf("%s cannot be reached; is there a network? (%w)", u.Host, err)
}

// get downloads something small.
func (c *client) get(ctx context.Context, address string) ([]byte, error) {
	const most = 16 << 20
	r, err := c.open(ctx, address)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && len(data) > most {
		err = fmt.Errorf("%s sends more than %d bytes", address, most)
	}
	return data, err
}

// try asks the proxies in turn for something of a module, as the go command
// does: after one that has not got it, the next.
func (d *downloader) try(path string, ask func(base string) error) error {
	if d.proxyErr != nil {
		return d.proxyErr
	}
	proxies := d.proxies
	if d.env.private(path) {
		proxies = []proxy{{url: "direct"}}
	}
	var first error
	for _, p := range proxies {
		var err error
		switch p.url {
		case "off":
			err = errOff
		case "direct":
			err = errDirect
			if d.env.private(path) {
				err = fmt.Errorf("GOPRIVATE or GONOPROXY says that no proxy has it: %w", err)
			}
		default:
			var escaped string
			if escaped, err = module.EscapePath(path); err != nil {
				return err
			}
			err = ask(p.url + "/" + escaped)
		}
		if err == nil {
			return nil
		}
		// Nobody wants to hear that a repository was not looked into, where a
		// proxy has said that there is no such thing.
		if first == nil || errors.Is(first, errNotThere) && !errors.Is(err, errDirect) && !errors.Is(err, errOff) {
			first = err
		}
		if !errors.Is(err, errNotThere) && !p.anyError {
			break
		}
	}
	return first
}
