package instead

import (
	"context"
	"net"
	"time"
)

func dial(c Caller, d *net.Dialer, parent context.Context, network, address string) (conn net.Conn, err error) {
	withContext(c, parent, func(ctx context.Context) { conn, err = d.DialContext(ctx, network, address) })
	return conn, err
}

func netFunctions() map[string]any {
	return map[string]any{
		"net.Dial": func(c Caller, network, address string) (net.Conn, error) {
			return dial(c, &net.Dialer{}, context.Background(), network, address)
		},
		"net.DialTimeout": func(c Caller, network, address string, d time.Duration) (net.Conn, error) {
			return dial(c, &net.Dialer{Timeout: d}, context.Background(), network, address)
		},
		"(*net.Dialer).Dial": func(c Caller, d *net.Dialer, network, address string) (net.Conn, error) {
			return dial(c, d, context.Background(), network, address)
		},
		"(*net.Dialer).DialContext": func(c Caller, d *net.Dialer, ctx context.Context, network, address string) (net.Conn, error) {
			return dial(c, d, ctx, network, address)
		},
	}
}
