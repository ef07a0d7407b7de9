//gosched:get github.com/stretchr/testify@v1.12.1
package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
)

type recorder struct{ lines []string }

func (r *recorder) Errorf(format string, args ...any) {
	for line := range strings.Lines(fmt.Sprintf(format, args...)) {
		// Where it was called from is another place in each run.
		if f := strings.Fields(line); len(f) > 0 && f[0] != "Error" && !strings.Contains(f[0], ".go:") && !strings.Contains(f[0], ".s:") {
			r.lines = append(r.lines, strings.Join(f, " "))
		}
	}
}

func (r *recorder) Logf(string, ...any) {}

func (r *recorder) FailNow() { panic(r) }

type store struct{ mock.Mock }

func (s *store) Get(key string) (int, error) {
	args := s.Called(key)
	return args.Int(0), args.Error(1)
}

func main() {
	r := &recorder{}
	fmt.Println(assert.Equal(r, []int{1, 2, 3}, []int{1, 2, 4}))
	fmt.Println(assert.Contains(r, "hello", "ell"), assert.Len(r, []int{1}, 2))
	fmt.Println(assert.ElementsMatch(r, []int{1, 2}, []int{2, 1}), assert.InDelta(r, 1.0, 1.5, 0.1))
	fmt.Println(assert.ErrorIs(r, fmt.Errorf("a: %w", errors.ErrUnsupported), errors.ErrUnsupported))
	fmt.Println(assert.Panics(r, func() { panic(1) }), assert.JSONEq(r, `{"a":1,"b":[2]}`, `{"b":[2],"a":1}`))
	fmt.Println(assert.YAMLEq(r, "a: 1\nb: 2", "b: 2\na: 1"))
	func() {
		defer func() { fmt.Println(recover() == any(r)) }()
		require.NoError(r, errors.New("boom"))
	}()
	for _, l := range r.lines {
		fmt.Println("|", l)
	}
	s := &store{}
	s.On("Get", "a").Return(1, nil).Once()
	s.On("Get", mock.Anything).Return(0, errors.New("none"))
	fmt.Println(s.Get("a"))
	fmt.Println(s.Get("a"))
	fmt.Println(s.AssertNumberOfCalls(r, "Get", 2))
}
