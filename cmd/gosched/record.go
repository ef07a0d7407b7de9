package main

import (
	"sync"

	"github.com/gosched/gosched/internal/notebook"
	"github.com/gosched/gosched/kernel/session"
)

// A recorder collects what cells show, as a notebook keeps it.
type recorder struct {
	keep  bool // or everything is dropped
	mu    sync.Mutex
	cells map[int]*cellOutputs // by their place in the notebook
	// displays are the places of every display that has an id: an update
	// changes them all.
	displays map[string][]*notebook.Output
}

// cellOutputs are the outputs of one cell, which may still grow when the cell
// has ended.
type cellOutputs struct {
	recorder *recorder
	count    int // of executions
	outputs  []*notebook.Output
	clear    bool // before the next output
}

func newRecorder(keep bool) *recorder {
	return &recorder{keep: keep, cells: map[int]*cellOutputs{}, displays: map[string][]*notebook.Output{}}
}

// cell begins the outputs of the cell at a place in the notebook.
func (r *recorder) cell(place, count int) *cellOutputs {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := &cellOutputs{recorder: r, count: count}
	if r.keep {
		r.cells[place] = c
	}
	return c
}

// store puts the outputs of the cell at a place into it.
func (r *recorder) store(place int, cell *notebook.Cell) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if cell.Type != notebook.Code {
		return
	}
	cell.Outputs, cell.ExecutionCount = nil, 0
	c := r.cells[place]
	if c == nil {
		return // it was not run
	}
	cell.ExecutionCount = c.count
	for _, output := range c.outputs {
		cell.Outputs = append(cell.Outputs, *output)
	}
}

func (c *cellOutputs) event(event session.Event) {
	if !c.recorder.keep {
		return
	}
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
	if !c.recorder.keep {
		return
	}
	c.recorder.mu.Lock()
	defer c.recorder.mu.Unlock()
	c.add(notebook.Output{Type: notebook.ExecuteResult, Data: value.Data, Metadata: value.Metadata, ExecutionCount: number})
}

func (c *cellOutputs) failure(f *session.Failure) {
	if !c.recorder.keep {
		return
	}
	c.recorder.mu.Lock()
	defer c.recorder.mu.Unlock()
	c.add(notebook.Output{Type: notebook.Error, EName: string(f.Name), EValue: f.Value, Traceback: f.Traceback})
}

// add appends an output; the recorder is locked.
func (c *cellOutputs) add(output notebook.Output) *notebook.Output {
	if c.clear {
		c.outputs, c.clear = nil, false
	}
	c.outputs = append(c.outputs, &output)
	return &output
}
