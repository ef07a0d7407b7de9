// Enumerations with methods, as keys, in switches, in text and JSON.
package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

type State int

const (
	Idle State = iota
	Running
	Stopped
	numStates
)

var names = [numStates]string{"idle", "running", "stopped"}

func (s State) String() string {
	if s < 0 || s >= numStates {
		return fmt.Sprintf("State(%d)", int(s))
	}
	return names[s]
}

func (s *State) Set(v string) error {
	for i, n := range names {
		if n == v {
			*s = State(i)
			return nil
		}
	}
	return fmt.Errorf("no state %q", v)
}

func (s State) MarshalText() ([]byte, error)  { return []byte(s.String()), nil }
func (s *State) UnmarshalText(b []byte) error { return s.Set(string(b)) }

type Perm uint8

const (
	Read Perm = 1 << iota
	Write
	Exec
	All = Read | Write | Exec
)

func (p Perm) String() string {
	var parts []string
	for i, n := range []string{"r", "w", "x"} {
		if p&(1<<i) != 0 {
			parts = append(parts, n)
		}
	}
	return strings.Join(parts, "|")
}
func (p Perm) Has(q Perm) bool { return p&q == q }

var transitions = map[State][]State{Idle: {Running}, Running: {Stopped, Idle}, Stopped: nil}

type machine struct {
	State
	log []State
}

func (m *machine) to(s State) error {
	for _, ok := range transitions[m.State] {
		if ok == s {
			m.log = append(m.log, m.State)
			m.State = s
			return nil
		}
	}
	return fmt.Errorf("no way from %v to %s", m.State, s)
}

func main() {
	fmt.Println(Idle, Stopped, State(9), []State{0, 1}, numStates)
	fmt.Printf("%v %d %s %q %x %T %+v %#v\n", Running, Running, Running, Running, Running, Running, Running, Running)
	m := &machine{}
	fmt.Println(m.to(Running), m.to(Stopped), m.to(Idle), m.log, m.State)
	b, err := json.Marshal(map[State]any{Running: Stopped, Idle: []State{Idle}})
	fmt.Println(string(b), err)
	var back struct{ S, T State }
	fmt.Println(json.Unmarshal([]byte(`{"S":"stopped","T":"flying"}`), &back), back)
	p := Read | Exec
	fmt.Println(p, All, p.Has(Exec), p.Has(Write), p&^Read, Perm(0) == 0, fmt.Sprint(Perm(0)) == "")
	var s State
	fmt.Println(s.Set("running"), s, s.Set("x"))
	for st := Idle; st < numStates; st++ {
		fmt.Print(st, "=", int(st), " ")
	}
	for st := range numStates {
		fmt.Print(st, " ")
	}
	fmt.Println()
}
