package main

import (
	"sync"

	"github.com/gosched/gosched/internal/notebook"
	"github.com/gosched/gosched/kernel/session"
)

// A recorder collects what cells show, as a notebook keeps it.
type recorder struct {
	mu    sync.Mutex
	cells []*cellOutputs
	// displays are the places of every display that has an id: an update
	// changes them all.
	displays map[string][]*notebook.Output
}

// cellOutputs are the outputs of one cell, which may still grow when the cell
// has ended.
type cellOutputs struct {
	recorder *recorder
	cell     *notebook.Cell
	outputs  []*notebook.Output
	clear    bool // before the next output
}

func newRecorder() *recorder {
	return &recorder{displays: map[string][]*notebook.Output{}}
}

func (r *recorder) cell(cell *notebook.Cell) *cellOutputs {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := &cellOutputs{recorder: r, cell: cell}
	r.cells = append(r.cells, c)
	return c
}

// store puts the outputs into their cells.
func (r *recorder) store() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.cells {
		c.cell.Outputs = nil
		for _, output := range c.outputs {
			c.cell.Outputs = append(c.cell.Outputs, *output)
		}
	}
}

func (c *cellOutputs) event(event session.Event) {
	switch e := event.(type) {
	case session.Stream:
		c.stream(e)
	case session.Display:
		c.display(e)
	case session.Clear:
		c.recorder.mu.Lock()
		defer c.recorder.mu.Unlock()
		if c.clear = e.Wait; !e.Wait {
			c.outputs = nil
		}
	case *session.Failure:
		c.failure(e)
	}
}

func (c *cellOutputs) stream(e session.Stream) {
	c.recorder.mu.Lock()
	defer c.recorder.mu.Unlock()
	if n := len(c.outputs); n > 0 && !c.clear {
		if last := c.outputs[n-1]; last.Type == notebook.Stream && last.Name == e.Name {
			last.Text += e.Text
			return
		}
	}
	c.add(notebook.Output{Type: notebook.Stream, Name: e.Name, Text: e.Text})
}

func (c *cellOutputs) display(e session.Display) {
	c.recorder.mu.Lock()
	defer c.recorder.mu.Unlock()
	if e.Update {
		for _, output := range c.recorder.displays[e.ID] {
			output.Data, output.Metadata = e.Bundle.Data, e.Bundle.Metadata
		}
		return
	}
	output := c.add(notebook.Output{Type: notebook.DisplayData, Data: e.Bundle.Data, Metadata: e.Bundle.Metadata})
	if e.ID != "" {
		c.recorder.displays[e.ID] = append(c.recorder.displays[e.ID], output)
	}
}

func (c *cellOutputs) value(number int, value session.Bundle) {
	c.recorder.mu.Lock()
	defer c.recorder.mu.Unlock()
	c.add(notebook.Output{Type: notebook.ExecuteResult, Data: value.Data, Metadata: value.Metadata, ExecutionCount: number})
}

func (c *cellOutputs) failure(f *session.Failure) {
	c.recorder.mu.Lock()
	defer c.recorder.mu.Unlock()
	c.add(notebook.Output{Type: notebook.Error, EName: f.Name, EValue: f.Value, Traceback: f.Traceback})
}

// add appends an output; the recorder is locked.
func (c *cellOutputs) add(output notebook.Output) *notebook.Output {
	if c.clear {
		c.outputs, c.clear = nil, false
	}
	c.outputs = append(c.outputs, &output)
	return &output
}
