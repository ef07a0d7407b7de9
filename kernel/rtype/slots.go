package rtype

import (
	"fmt"
	"sync"

	"github.com/gosched/gosched/kernel/goruntime"
)

// slots gives out the process's slots for methods.
var slots struct {
	mu   sync.Mutex
	used int // the number of the next
	grow func(end int) error
}

// reserveSlots takes n slots, for ever, and returns the number of the first.
func reserveSlots(n int) (int, error) {
	slots.mu.Lock()
	defer slots.mu.Unlock()
	first := slots.used
	if first < goruntime.MoreSlots && first+n > goruntime.SlotCount {
		first = goruntime.MoreSlots
	}
	if first >= goruntime.MoreSlots {
		grow := slots.grow
		if grow == nil {
			grow = goruntime.GrowSlots
		}
		if err := grow(first + n); err != nil {
			return 0, fmt.Errorf("there is room for %d methods until a restart, and %d are taken (%w): "+
				"restart the kernel to declare more types with methods", goruntime.SlotCount, slots.used, err)
		}
	}
	slots.used = first + n
	return first, nil
}

// MethodsLeft is how many more methods the types of this process can have, and
// whether that is few. It is for a warning.
func MethodsLeft() (left int, few bool) {
	slots.mu.Lock()
	defer slots.mu.Unlock()
	left = max(0, goruntime.SlotCount-slots.used)
	return left, !goruntime.SlotsGrow && left < goruntime.SlotCount/4
}
