package sched

// CarryPanic keeps with g what the engine has to say of the panic that g ends with, for
// whoever reports it: [Config.Failure], or a library that gets the panic itself. Only g
// calls it.
func (g *G) CarryPanic(about any) { g.carried = &about }

// CarriedPanic returns what g carries, once, or nil. It is called on g, or when g has
// ended.
func (g *G) CarriedPanic() (about any) {
	if g.carried != nil {
		about, g.carried = *g.carried, nil
	}
	return about
}

// A Panic is one that has left the code of cells, or one for which a deferred
// call ran that ended with another.
type Panic struct {
	Value      any
	Recovered  bool
	Repanicked bool    // with the same value, which is not listed again
	Trace      []Place // where it happened last, innermost call first
}
