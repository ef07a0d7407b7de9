package sched

import "unsafe"

// An OpKind is what a goroutine does.
type OpKind uint8

// The kinds of operations, and when they are told. Those that let others go on
// are told just before they take effect, and the others just after.
const (
	OpGo           OpKind = iota // a go statement, or what is like one: on the starting goroutine, before Child runs
	OpBegin                      // on the new goroutine, before anything else
	OpEnd                        // on the goroutine, after everything else: Fate says how
	OpBlock                      // g is about to wait: Wait says for what
	OpUnblock                    // the wait is over
	OpSend                       // the Message has been sent
	OpReceive                    // the Message has been received, always after its OpSend; with no Message, the channel is closed, or the value came from code that is not observed if OK
	OpClose                      // a channel is closed
	OpSelect                     // a select: Cases; before its case, Chosen, on Object, is told, or -1
	OpLock                       // a Mutex has been locked, or an RWMutex for writing; with Try, OK says whether
	OpUnlock                     //
	OpRLock                      //
	OpRUnlock                    //
	OpAdd                        // N is added to a WaitGroup
	OpWait                       // WaitGroup.Wait returns
	OpCondWait                   // Cond.Wait returns, after its lock is told to be locked again
	OpSignal                     // Cond.Signal; of Cond.Broadcast N is -1
	OpOnce                       // Once.Do returns; OK says that the function has been called by it
	OpOnceDone                   // the function of a Once has returned
	OpAtomicLoad                 // an atomic read
	OpAtomicStore                // an atomic write
	OpAtomicUpdate               // an atomic operation that reads and writes; OK is false where a CompareAndSwap did not
	OpSleep                      // time.Sleep returns; N is its duration
	OpTimer                      // a timer or ticker that sends on Object has been started or reset; N is its duration
	OpContext                    // a context is made: Object is its Done channel; with a deadline, N is how long until then
	OpCancel                     // a context is cancelled: Object is its Done channel
	OpPanic                      // a panic that ends the goroutine: Panic
	OpPrint                      // Text is printed
	OpLoad                       // memory is read: only to a Controller, see Detector
	OpStore                      // memory is written
	OpOther                      // something else that takes part in synchronisation: Text names the function, such as sync.(*Pool).Put; Object what it works on
)

var opNames = [...]string{
	"go", "begin", "end", "block", "unblock", "send", "receive", "close", "select", "lock", "unlock", "rlock",
	"runlock", "add", "wait", "cond wait", "signal", "once", "once done", "atomic load", "atomic store",
	"atomic update", "sleep", "timer", "context", "cancel", "panic", "print", "load", "store", "other",
}

func (k OpKind) String() string { return opNames[k] }

// Planned reports whether a [Controller] is asked before operations of this kind.
func (k OpKind) Planned() bool {
	switch k {
	case OpBegin, OpEnd, OpBlock, OpUnblock, OpOnceDone, OpTimer, OpContext, OpPanic, OpPrint:
		return false
	}
	return true
}

// An Op is something that an observed goroutine does, or is about to do.
type Op struct {
	Kind OpKind
	// Object is what is worked on. It is nil for a nil channel, and where there is
	// none.
	Object *Object
	// Site says what is worked on in the words of the source, and where. It may be
	// nil, and can be kept.
	Site *Site
	// At is where the goroutine is. It may be nil, and is valid during the call.
	At Stack

	// Value is where the value is that is sent or has been received, of type
	// Site.Elem, or nil.
	Value   unsafe.Pointer
	Message *Message
	OK      bool
	Try     bool // TryLock and the like, and communications that do not wait

	Cases  []Comm // of a select; valid during the call
	Chosen int    // a Controller may set it in Before, to have no other looked at; it is -1 then if it does not
	Wait   *Wait  // of OpBlock and OpUnblock; valid during the call
	Child  *G
	Fate   Fate
	Panic  any     // the value of an OpPanic
	Parent *Object // the Done channel of the context that one has been made from, or nil
	N      int64
	Text   string

	// Time is when it is told, in nanoseconds on a clock of the process, which
	// began at [Began].
	Time int64

	// Address and Size are those of an atomic operation, a load or a store.
	Address unsafe.Pointer
	Size    uintptr
}

// Name is what the source calls the object, as far as it tells.
func (op *Op) Name() string {
	if op.Object == nil {
		return op.Site.NameOf(nil, nil)
	}
	return op.Site.NameOf(op.At, unsafe.Pointer(op.Object.self.Value()))
}

// Place is where in the source the operation is.
func (op *Op) Place() Place {
	if op.Site != nil && op.Site.Place != nil {
		return op.Site.Place()
	}
	if op.At != nil {
		if ps := op.At.Places(1); len(ps) > 0 {
			return ps[0]
		}
	}
	return Place{}
}

// A Message is a value on its way through a channel, from one observed goroutine
// to another.
type Message struct {
	// Number counts the messages of the channel, from 0.
	Number uint64
	// Sender is the goroutine that sent it. While the OpReceive of an unbuffered
	// channel is told, it has not gone on.
	Sender *G
	// Room is the message whose receive happens before this one's send completes:
	// in a channel with capacity C, the one C before. It is nil for the first C,
	// and for an unbuffered channel, where it is the message itself.
	Room *Message
	Slots
}

// Slots are where observers keep what they know of an object, a message or a
// goroutine, so that they need no table. Each uses its own only, and only while it
// is told something about an object, a message of it, or by the goroutine. What an
// earlier observer has left there is the next one's to notice.
type Slots struct {
	Recorded             uint64
	Detected, Controlled any
}

// A Fate is how a goroutine ended.
type Fate uint8

// The fates of goroutines.
const (
	FateReturned Fate = iota
	FatePanicked
	FateStopped // by an interrupt, a kill, or the end of its program
	FateExited  // by runtime.Goexit
)

// paced reports whether operations of this kind are held back by a Pace.
func (k OpKind) paced() bool { return k == OpGo || k >= OpSend && k <= OpOnce }
