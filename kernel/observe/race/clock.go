package race

// A clock is a vector clock: for each slot, how much of what its goroutines did
// is known to have happened before. It is cut into chunks that clocks share
// until one of them changes, so that thousands of goroutines that know of each
// other take little more memory than one.
type clock struct {
	first *chunk // of the slots that most programs have
	rest  []*chunk
	// own has a bit for each of the chunks that nobody else refers to. Those
	// from 64 on are never changed in place.
	own uint64
}

const (
	chunkBits = 4
	chunkLen  = 1 << chunkBits
)

type chunk [chunkLen]uint32

func (c *clock) chunk(i int) *chunk {
	switch {
	case i == 0:
		return c.first
	case i <= len(c.rest):
		return c.rest[i-1]
	}
	return nil
}

func (c *clock) setChunk(i int, x *chunk, own bool) {
	if i == 0 {
		c.first = x
	} else {
		for len(c.rest) < i {
			c.rest = append(c.rest, nil)
		}
		c.rest[i-1] = x
	}
	if i < 64 {
		if own {
			c.own |= 1 << i
		} else {
			c.own &^= 1 << i
		}
	}
}

func (c *clock) owns(i int) bool { return i < 64 && c.own&(1<<i) != 0 }

// chunks is how many chunks there are, those that are nil included.
func (c *clock) chunks() int { return 1 + len(c.rest) }

func (c *clock) get(slot uint32) uint32 {
	if slot < chunkLen {
		if c.first == nil {
			return 0
		}
		return c.first[slot]
	}
	if x := c.chunk(int(slot >> chunkBits)); x != nil {
		return x[slot%chunkLen]
	}
	return 0
}

// raise sets a slot to at least v.
func (c *clock) raise(slot, v uint32) {
	i := int(slot >> chunkBits)
	x := c.chunk(i)
	switch {
	case x == nil:
		x = new(chunk)
		c.setChunk(i, x, true)
	case x[slot%chunkLen] >= v:
		return
	case !c.owns(i):
		y := *x
		x = &y
		c.setChunk(i, x, true)
	}
	x[slot%chunkLen] = v
}

// share returns a copy. Neither may change a chunk in place from now on.
func (c *clock) share() clock {
	c.own = 0
	x := clock{first: c.first}
	if len(c.rest) > 0 {
		x.rest = append([]*chunk(nil), c.rest...)
	}
	return x
}

// join raises c to what either of the two knows. o must not own chunks, see
// share.
func (c *clock) join(o *clock) {
	for i := range o.chunks() {
		theirs, mine := o.chunk(i), c.chunk(i)
		if theirs == nil || theirs == mine {
			continue
		}
		if mine == nil {
			c.setChunk(i, theirs, false)
			continue
		}
		news, olds := false, false
		for k := range mine {
			news = news || theirs[k] > mine[k]
			olds = olds || mine[k] > theirs[k]
		}
		switch {
		case !news:
		case !olds:
			c.setChunk(i, theirs, false)
		default:
			x := mine
			if !c.owns(i) {
				y := *mine
				x = &y
				c.setChunk(i, x, true)
			}
			for k := range x {
				x[k] = max(x[k], theirs[k])
			}
		}
	}
}

// A stamp is what a goroutine knew at one moment: its clock, with its own slot
// apart, as that changes all the time.
type stamp struct {
	clock clock // without chunks of its own
	slot  uint32
	now   uint32 // 0 if there is nothing
}

// merge adds what o says.
func (s *stamp) merge(o *stamp) {
	switch {
	case o.now == 0:
		return
	case s.now == 0:
		*s = stamp{clock: o.clock.share(), slot: o.slot, now: o.now}
		return
	}
	s.clock.join(&o.clock)
	if s.slot != o.slot {
		s.clock.raise(s.slot, s.now)
		s.slot, s.now = o.slot, o.now
	} else {
		s.now = max(s.now, o.now)
	}
	s.clock.own = 0
}
