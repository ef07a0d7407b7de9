package assist

import "go/token"

// keywords says in a sentence or two what each of Go's keywords is for.
var keywords = map[token.Token]string{
	token.BREAK:       "break ends the innermost for, switch or select, or the labelled one that it names.",
	token.CASE:        "case begins a clause of a switch or select.",
	token.CHAN:        "chan T is the type of channels that carry values of type T; <-chan T can only be received from, chan<- T only be sent to.",
	token.CONST:       "const declares constants.",
	token.CONTINUE:    "continue goes on with the next iteration of the innermost for, or of the labelled one that it names.",
	token.DEFAULT:     "default begins the clause that is taken when no case fits; in a select, when no communication can go ahead at once.",
	token.DEFER:       "defer f(x) calls f(x) when the surrounding function ends, however it ends. The arguments are evaluated at once; deferred calls run in reverse order.",
	token.ELSE:        "else begins the branch that is taken when the condition of the if is false.",
	token.FALLTHROUGH: "fallthrough, as the last statement of a case, goes on with the next case.",
	token.FOR:         "for repeats: for { }, for condition { }, for init; condition; post { }, or for key, value := range x { }.",
	token.FUNC:        "func declares a function or method, or begins a function literal.",
	token.GO:          "go f(x) calls f(x) in a new goroutine and does not wait for it. The arguments are evaluated at once, by the goroutine that starts it.",
	token.GOTO:        "goto jumps to a label in the same function.",
	token.IF:          "if runs a block when a condition is true. A statement may stand before the condition: if err := f(); err != nil { }.",
	token.IMPORT:      "import makes packages usable in the session.",
	token.INTERFACE:   "interface { } lists methods, or types as a constraint. Every type with these methods implements it.",
	token.MAP:         "map[K]V is the type of maps from keys of type K to values of type V. A map must not be written while another goroutine uses it.",
	token.PACKAGE:     "package names the package of a file. In a cell it is accepted and ignored.",
	token.RANGE:       "for … range x goes over a slice, array, string, map, channel, integer or iterator function. Over a channel it ends when the channel is closed.",
	token.RETURN:      "return ends the function and gives its results.",
	token.SELECT:      "select waits until one of its cases, sends and receives on channels, can go ahead, and runs that one. If several can, it picks one at random; with a default it does not wait.",
	token.STRUCT:      "struct { } lists the fields of a struct type.",
	token.SWITCH:      "switch runs the first case that is equal to its value, or true; switch x := v.(type) chooses by type.",
	token.TYPE:        "type declares types.",
	token.VAR:         "var declares variables; without a value they are zero.",
}

type builtin struct{ head, doc string }

// builtins are the functions that have no Go declaration.
var builtins = map[string]builtin{
	"append":  {"func append(slice []T, elems ...T) []T", "append adds elements to the end of a slice and returns the slice that holds them, which may share memory with the old one."},
	"cap":     {"func cap(v) int", "cap is the capacity of a slice, array or channel: for a channel, how many values it buffers."},
	"clear":   {"func clear(v)", "clear deletes all entries of a map, or sets all elements of a slice to zero."},
	"close":   {"func close(c chan<- T)", "close closes a channel: receivers get what is buffered, then zero values at once. Only a sender should close. Sending on a closed channel and closing it again panic."},
	"complex": {"func complex(r, i float) complex", "complex makes a complex number of two floating-point ones."},
	"copy":    {"func copy(dst, src []T) int", "copy copies elements from one slice into another and returns how many: as many as the shorter one has."},
	"delete":  {"func delete(m map[K]V, key K)", "delete removes a key from a map; a key that is not there is no error."},
	"imag":    {"func imag(c complex) float", "imag is the imaginary part of a complex number."},
	"len":     {"func len(v) int", "len is the length of a string in bytes, of a slice, array or map, or how many values wait in a channel's buffer."},
	"make":    {"func make(T, size ...int) T", "make makes a slice, map or channel: make([]T, length, capacity), make(map[K]V), make(chan T, buffer). A channel without a buffer hands each value from a sender to a receiver that is there."},
	"max":     {"func max(x T, y ...T) T", "max is the largest of its arguments."},
	"min":     {"func min(x T, y ...T) T", "min is the smallest of its arguments."},
	"new":     {"func new(T) *T", "new makes a variable and returns its address: new(T) of a type's zero value, new(x) of the value of an expression."},
	"panic":   {"func panic(v any)", "panic ends the function, runs its deferred calls, and goes on so with its callers until one recovers."},
	"print":   {"func print(args ...)", "print writes its arguments to standard error. For programs there is fmt.Print."},
	"println": {"func println(args ...)", "println writes its arguments to standard error, with spaces and a new line. For programs there is fmt.Println."},
	"real":    {"func real(c complex) float", "real is the real part of a complex number."},
	"recover": {"func recover() any", "recover, called by a deferred function, stops a panic and returns its value. It stops panics of its own goroutine only."},
}
