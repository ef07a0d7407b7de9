//gosched:get github.com/cenkalti/backoff/v4@v4.3.0
package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v4"
)

func main() {
	n := 0
	err := backoff.Retry(func() error {
		if n++; n < 3 {
			return errors.New("not yet")
		}
		return nil
	}, backoff.NewConstantBackOff(time.Millisecond))
	fmt.Println(n, err)
	v, err := backoff.RetryWithData(func() (int, error) { return 0, backoff.Permanent(errors.New("never")) }, backoff.NewExponentialBackOff())
	fmt.Println(v, err)
	n = 0
	err = backoff.RetryNotify(func() error { n++; return errors.New("no") },
		backoff.WithMaxRetries(&backoff.ZeroBackOff{}, 2), func(err error, d time.Duration) { fmt.Println("again", err, d) })
	fmt.Println(n, err)
}
