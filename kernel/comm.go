package kernel

import "context"

// Comms are channels that widgets talk through. This kernel has no targets, so
// none is ever open: opening one is answered by closing it, as the protocol
// asks for.
// https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages

func (k *Kernel) commInfo(_ context.Context, r *request) (any, error) {
	var c struct {
		Target string `json:"target_name"`
	}
	if err := decode(r.Content, &c); err != nil {
		return nil, err
	}
	return map[string]any{"status": "ok", "comms": map[string]any{}}, nil
}

type commContent struct {
	ID *string `json:"comm_id"`
}

func (k *Kernel) commOpen(_ context.Context, r *request) (any, error) {
	var c commContent
	if err := decode(r.Content, &c); err != nil {
		return nil, err
	}
	if c.ID == nil {
		return nil, malformed("field %q is missing", "comm_id")
	}
	k.publish(r.RawHeader, "comm_close", map[string]any{"comm_id": *c.ID, "data": map[string]any{}})
	return nil, nil
}

func (k *Kernel) commMsg(_ context.Context, r *request) (any, error) {
	var c commContent
	if err := decode(r.Content, &c); err != nil {
		return nil, err
	}
	k.log.Info("comm_msg for a comm that is not open")
	return nil, nil
}

// commClose has nothing to do: what is not open is closed.
func (k *Kernel) commClose(_ context.Context, r *request) (any, error) {
	var c commContent
	return nil, decode(r.Content, &c)
}
