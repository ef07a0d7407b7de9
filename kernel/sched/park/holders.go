package park

import "github.com/gosched/gosched/kernel/sched/wait"

// A Wait is somebody who is parked.
type Wait struct {
	Owner any // who waits, see [NewWaiter]
	Key   uintptr
	Kind  wait.Kind
}

// LockWaits returns who is parked at locks of which it is known who has them.
func (ls *Lots) LockWaits() (waits []Wait) {
	for i := range ls.shards {
		sh := &ls.shards[i]
		sh.mu.Lock()
		for key, l := range sh.lots {
			if sh.isStray(key) {
				continue
			}
			for w := l.head; w != nil; w = w.next {
				if w.kind.IsLock() {
					waits = append(waits, Wait{Owner: w.owner, Key: key, Kind: w.kind})
				}
			}
		}
		sh.mu.Unlock()
	}
	return waits
}

// maxStrays bounds what is remembered of locks whose holder is not known.
const maxStrays = 1024

// Strayed notes that a lock was released by one who did not have it.
func (ls *Lots) Strayed(key uintptr) {
	sh := ls.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.strays == nil {
		sh.strays = make(map[uintptr]struct{})
	}
	if len(sh.strays) < maxStrays {
		sh.strays[key] = struct{}{}
	} else {
		sh.lost = true
	}
}

// isStray reports whether nobody knows who has the lock at key.
func (sh *shard) isStray(key uintptr) bool {
	_, stray := sh.strays[key]
	return stray || sh.lost
}

// Stray reports whether nobody knows who has the lock at key.
func (ls *Lots) Stray(key uintptr) bool {
	sh := ls.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.isStray(key)
}
