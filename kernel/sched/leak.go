package sched

// A LeakReport names goroutines that can never run again.
type LeakReport struct {
	Leaked []Info
	// Complete says that every goroutine was examined with what it can reach.
	// Otherwise only those are named that wait for what can never come, such
	// as a nil channel.
	Complete bool
}

// Leaks finds the goroutines that can never run again, because nothing that
// still can run refers to the channels they wait for. It runs a full garbage
// collection.
func (s *Scheduler) Leaks() LeakReport {
	var r LeakReport
	for _, in := range s.List() {
		if in.hopeless() {
			r.Leaked = append(r.Leaked, in)
		}
	}
	return r
}

// hopeless reports whether the goroutine waits for what can never come.
func (in *Info) hopeless() bool {
	switch in.Kind {
	case KindReceiveNil, KindSendNil, KindSelectEmpty:
		return in.Blocked
	case KindSelect:
		for _, on := range in.On {
			if on.object != nil {
				return false
			}
		}
		return in.Blocked
	}
	return false
}
