// encoding/json with marshalers, tags, embedded and unexported fields.
package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

type Level int

func (l Level) MarshalText() ([]byte, error) { return []byte(fmt.Sprintf("L%d", int(l))), nil }
func (l *Level) UnmarshalText(b []byte) error {
	_, err := fmt.Sscanf(string(b), "L%d", (*int)(l))
	return err
}

type Temp float64

func (t Temp) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, `{"c":%.1f}`, float64(t)), nil }
func (t *Temp) UnmarshalJSON(b []byte) error {
	var v struct{ C float64 }
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	*t = Temp(v.C)
	return nil
}

type Base struct {
	ID   int    `json:"id"`
	Kind string `json:"kind,omitempty"`
}

type Doc struct {
	Base
	Title  string         `json:"title"`
	Level  Level          `json:"level"`
	Temp   Temp           `json:"temp"`
	Tags   []string       `json:"tags"`
	Levels map[Level]int  `json:"levels,omitempty"`
	Attrs  map[string]any `json:"attrs,omitempty"`
	secret string
	Skip   string           `json:"-"`
	Dash   string           `json:"-,"`
	Str    int              `json:",string"`
	Ptr    *Doc             `json:"ptr,omitempty"`
	When   time.Duration    `json:"when"`
	Raw    json.RawMessage  `json:"raw,omitempty"`
	Any    any              `json:"any"`
	Bytes  []byte           `json:"bytes"`
	Arr    [2]bool          `json:"arr"`
	M      map[string]*Base `json:"m,omitzero"`
}

func main() {
	d := Doc{Base: Base{ID: 7}, Title: "a <b> & \u2028", Level: 3, Temp: 21.5, secret: "s", Skip: "k", Dash: "d", Str: 5,
		Levels: map[Level]int{2: 1, 1: 2}, Any: Level(4), Bytes: []byte("hi"), Raw: json.RawMessage(`{"x":[1, 2]}`),
		Ptr: &Doc{Tags: []string{"in"}}, M: map[string]*Base{"z": nil, "a": {ID: 1, Kind: "k"}}}
	b, err := json.Marshal(d)
	fmt.Println(string(b), err)
	var back Doc
	fmt.Println(json.Unmarshal(b, &back))
	fmt.Printf("%+v\n", back.Base)
	fmt.Println(back.Title == d.Title, back.Level, int(back.Level), float64(back.Temp), back.Levels, back.Any, string(back.Bytes), back.Ptr.Tags, back.M["a"].Kind)
	in := `{"ID": 1, "title": "t", "attrs": {"n": 1, "l": [true, null, "s"], "o": {"k": 1.5}}, "unknown": 1}`
	back = Doc{}
	fmt.Println(json.Unmarshal([]byte(in), &back), back.ID, back.Attrs)
	dec := json.NewDecoder(strings.NewReader(in))
	dec.DisallowUnknownFields()
	fmt.Println(dec.Decode(&back))
	var te *json.UnmarshalTypeError
	err = json.Unmarshal([]byte(`{"title": 5}`), &back)
	fmt.Println(err)
	fmt.Printf("%T\n", err)
	_ = te
	fmt.Println(json.Unmarshal([]byte(`{"title": `), &back))
	_, err = json.Marshal(map[string]any{"c": make(chan Level)})
	fmt.Println(err)
	pretty, _ := json.MarshalIndent([]Base{{1, "a"}, {2, ""}}, "", "  ")
	fmt.Println(string(pretty))
	local := struct {
		A int `json:"aa"`
		B []struct{ C Level }
	}{1, []struct{ C Level }{{2}}}
	b, _ = json.Marshal(local)
	fmt.Println(string(b))
}
