package widgets

// A feed gives what people do to the channels of those who asked. It never
// waits for a reader. The lock of the model guards it.
type feed[T any] struct {
	subscribers []chan T
	closed      bool
}

// newest is how many values wait in a channel for its reader. Of a slider that
// is dragged, the newest value is the one that counts.
const newest = 1

// clicks is how many clicks wait for their reader.
const clicks = 100

// subscribe makes a channel with room for n values.
func (f *feed[T]) subscribe(n int) chan T {
	ch := make(chan T, n)
	if f.closed {
		close(ch)
		return ch
	}
	f.subscribers = append(f.subscribers, ch)
	return ch
}

// send gives v to every channel. Where there is no room, the oldest goes.
func (f *feed[T]) send(v T) {
	for _, ch := range f.subscribers {
		for {
			select {
			case ch <- v:
			default:
				select {
				case <-ch:
				default:
				}
				continue
			}
			break
		}
	}
}

func (f *feed[T]) close() {
	if f.closed {
		return
	}
	f.closed = true
	for _, ch := range f.subscribers {
		close(ch)
	}
	f.subscribers = nil
}
