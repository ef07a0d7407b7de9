package kernel

import (
	"context"

	"github.com/gosched/gosched/kernel/wire"
)

// A Transport carries messages between a kernel and its front ends. A
// [wire.Server] is one.
type Transport interface {
	// Connection says where front ends find the kernel.
	Connection() wire.Connection
	// Messages are those that come in on shell, control and stdin, in order. Each
	// has an identity of its sender.
	Messages(ch wire.Channel) <-chan *wire.Message
	// Publish sends messages to all front ends, in one go.
	Publish(messages ...*wire.Message) error
	// Reply answers a message on the channel that it came in on.
	Reply(ch wire.Channel, to, m *wire.Message) error
	// Send sends a message to the front end that it identifies.
	Send(ch wire.Channel, m *wire.Message) error
	// Close delivers what is queued until ctx is done, and ends.
	Close(ctx context.Context)
}
