package session

import "encoding/json"

// A CommKind says what a message of a comm does.
type CommKind string

// The kinds of messages of comms, by the names of Jupyter's messages.
const (
	CommOpen    CommKind = "comm_open"
	CommMessage CommKind = "comm_msg"
	CommClose   CommKind = "comm_close"
)

// A Comm is a message of a comm, a channel between something in the session and
// its counterpart in the front end, such as a slider. As an Event it goes to the
// front end.
type Comm struct {
	Kind CommKind
	ID   string // of the comm
	// Target is what a comm that is opened wants to talk to.
	Target string
	Data   json.RawMessage // an object; nil for an empty one
	// Metadata is that of the message, an object or nil.
	Metadata json.RawMessage
	// Parent identifies the front end's message, in the front end's own words. An
	// event that answers it has the same; without, it belongs to the cell.
	Parent json.RawMessage
}

func (Comm) event() {}
