package history

import "errors"

// A database is what is remembered beyond a session. In a browser there is none:
// the engine of the database needs an operating system.
type database struct {
	ahead   bool
	journal *journal
}

var errNoDatabase = errors.New("there is no database of cells in the browser; %history knows those of this session")

func open(string) (*database, error) { return nil, errNoDatabase }

func (*database) close()                                    {}
func (*database) together([]job) error                      { return errNoDatabase }
func (*database) gather() error                             { return errNoDatabase }
func (*database) add(int, string) error                     { return errNoDatabase }
func (*database) setOutput(int, string) error               { return errNoDatabase }
func (*database) tail(int) ([]Entry, error)                 { return nil, errNoDatabase }
func (*database) between(_, _ int, _ *int) ([]Entry, error) { return nil, errNoDatabase }
func (*database) search(string, bool, int) ([]Entry, error) { return nil, errNoDatabase }
