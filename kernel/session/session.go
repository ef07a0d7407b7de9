// Package session is the vocabulary that the kernel and whatever runs its
// cells have in common: what a cell is, what running it tells while it runs,
// and how it ends. It holds no behaviour and knows neither Jupyter's wire
// format nor how Go source is run.
package session

import "context"

// A Session runs the cells of one notebook. Everything that a cell declares
// lives until the session is closed.
//
// Methods may be called concurrently. Execute calls with the same Subshell
// come one at a time; calls with different subshells may overlap.
type Session interface {
	// Execute runs a cell to its end and says how it ended. What the cell
	// prints and shows goes to sink as it happens, in order; goroutines that
	// outlive the cell go on using the sink after Execute has returned, until
	// the session is closed. Cancelling ctx interrupts the cell.
	Execute(ctx context.Context, cell Cell, sink Sink) Result

	// Complete, Inspect and IsComplete look at source without running it.
	// Cursor positions are byte offsets into the source.
	Complete(ctx context.Context, source string, cursor int) (Completion, error)
	Inspect(ctx context.Context, source string, cursor, detail int) (Inspection, error)
	IsComplete(ctx context.Context, source string) (Completeness, error)

	// Comm takes a message of a comm from the front end, in their order, and
	// returns what there is to send back for it at once. It does not wait for
	// cells.
	Comm(ctx context.Context, m Comm) ([]Comm, error)

	// SetSubshells tells how many subshells are open besides the main one. A
	// cell that waits may be woken by a cell that is run in another.
	SetSubshells(n int)

	// Close ends the session and every goroutine in it.
	Close() error
}

// An Engine is a session that runs the cells in its own process, which is there
// for it alone.
type Engine interface {
	Session

	// Flush gives goroutines a moment to finish what the last cell has made
	// them do, and hands to the sinks what they have printed and what was
	// held back so that more may go with it. It is called before the process
	// is ended.
	Flush()

	// Fatal ends the process with a fatal error like Go's own, reported with
	// the place in the source that a goroutine of the session has come to. It
	// returns at once; where no goroutine gets anywhere, nothing happens.
	Fatal(text string)
}

// A Cell is one execute request.
type Cell struct {
	// ID names this execution; it is unique in the session.
	ID string
	// Number is the execution count that people see ("cell 3"); 0 for a
	// silent execution.
	Number int
	Source string
	// Origin names the cell of the notebook whose source this is, so that running
	// it again can be told from running another; empty where the front end does
	// not say. Then cells of the same source are the same cell.
	Origin string
	// Subshell names the subshell that runs the cell; empty for the main one.
	Subshell string
	// Silent asks for no result value and no execution count.
	Silent bool
	// AllowStdin says that Sink.Input may be used.
	AllowStdin bool
	// UserExpressions are evaluated after the cell has succeeded.
	UserExpressions map[string]string
}

// Sink receives what one cell execution tells. Implementations are safe for
// concurrent use and do not block for long on a slow reader.
type Sink interface {
	Emit(Event)
	// Input asks the person at the front end for a line, without its newline.
	// It returns io.EOF where the front end takes no input.
	Input(ctx context.Context, prompt string, password bool) (string, error)
}

// An Event is one thing a cell tells: Stream, Display, Clear, Comm or Failure.
type Event interface{ event() }

// The names of streams.
const (
	Stdout = "stdout"
	Stderr = "stderr"
)

// Stream is text written to standard output or standard error.
type Stream struct {
	Name string // Stdout or Stderr
	Text string
}

// Display is a value to show, or, with Update, the new content of the display
// that has the same ID.
type Display struct {
	Bundle Bundle
	ID     string // display id, or empty
	Update bool
}

// Clear empties the cell's output area, at once or when the next output comes.
type Clear struct{ Wait bool }

func (Stream) event()   {}
func (Display) event()  {}
func (Clear) event()    {}
func (*Failure) event() {}

// A Bundle is one value in several representations, keyed by MIME type. A
// value is a string, or for JSON types anything that encoding/json encodes;
// binary types are base64 strings.
type Bundle struct {
	Data     map[string]any
	Metadata map[string]any
}

// Result says how a cell ended. Failure is nil for a cell that succeeded.
type Result struct {
	// Value is the value of the final expression, or nil.
	Value           *Bundle
	Failure         *Failure
	UserExpressions map[string]Expression
	// Goroutines is how many goroutines of the cell live on, and Others how many of other
	// cells do.
	Goroutines, Others int
	// Rewrite is what the front end is to put in the place of the cell's source, if
	// it can; empty to leave it.
	Rewrite string
}

// Expression is the value of one user expression, or why there is none.
type Expression struct {
	Value   *Bundle
	Failure *Failure
}

// Completion lists what may replace source[Start:End].
type Completion struct {
	Start, End int
	Matches    []Match
}

// Match is one completion. Kind is a Jupyter experimental type such as
// "function", "type", "module", "variable", "constant", "field", "keyword".
type Match struct {
	Text      string
	Kind      string
	Signature string
}

// Inspection is what there is to say about the name under the cursor.
type Inspection struct {
	Found  bool
	Bundle Bundle
}

// Completeness says whether source can be run as it stands. Status is
// "complete", "incomplete", "invalid" or "unknown"; Indent is what the next
// line of an incomplete cell starts with.
type Completeness struct {
	Status string
	Indent string
}
