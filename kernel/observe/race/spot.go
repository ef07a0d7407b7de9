package race

import "github.com/gosched/gosched/kernel/sched"

// A spot is where an access was made: its site, and by which calls the goroutine
// had come there.
type spot struct {
	*sched.Site
	places []sched.Place // innermost first; nil if only the site is known
}

// placed is a Stack that can be compared in less time than it takes to say what it
// is: two that differ in what Places says have, but for bad luck, different
// fingerprints.
type placed interface{ Fingerprint() uintptr }

type spotKey struct {
	site  *sched.Site
	calls uintptr
}

const (
	// mostPlaces is how many calls are told of a goroutine.
	mostPlaces = 16
	// placesKept is how many are remembered of an access.
	placesKept = 8
	// spotsKept is how many spots a goroutine remembers, so as not to make them
	// twice; latelySpots those that are found at once.
	spotsKept   = 4096
	latelySpots = 8
)

// spot is where g is, which accesses something at a site.
func (g *Goroutine) spot(site *sched.Site, at sched.Stack) *spot {
	key := spotKey{site: site}
	if p, ok := at.(placed); ok {
		key.calls = p.Fingerprint()
	}
	lately := &g.lately[(key.calls>>4^key.calls>>12)%latelySpots]
	if lately.key == key && lately.spot != nil {
		return lately.spot
	}
	s := g.spots[key]
	if s == nil {
		s = &spot{Site: site}
		if key.calls != 0 {
			s.places = at.Places(placesKept)
		}
		if g.spots == nil || len(g.spots) >= spotsKept {
			g.spots = map[spotKey]*spot{}
		}
		g.spots[key] = s
	}
	lately.key, lately.spot = key, s
	return s
}
