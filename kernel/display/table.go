package display

import (
	"fmt"
	"html"
	"reflect"
	"strings"
	"unicode/utf8"

	textlayout "github.com/gosched/gosched/internal/table"
)

// How much of a table is shown.
const (
	maxRows      = 2000
	pageRows     = 200      // rows that are seen at once; the others are folded
	maxTable     = 80 << 10 // bytes of a table's HTML beyond its first page
	maxColumns   = 50
	maxCellRunes = 200
)

// A table is text in rows and columns.
type table struct {
	columns []string
	numeric []bool // columns of numbers, which are set flush right
	rows    [][]string
	more    int // rows that are not shown
}

// isTable says whether a value is shown as a table of its own accord: a slice
// or array of structs that say nothing else about themselves.
func isTable(v reflect.Value) bool {
	if v.Kind() != reflect.Slice && v.Kind() != reflect.Array || v.Len() == 0 {
		return false
	}
	t := v.Type().Elem()
	if speaks(t) || speaks(v.Type()) {
		return false
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || speaks(t) {
		return false
	}
	for i := range t.NumField() {
		if t.Field(i).IsExported() {
			return true
		}
	}
	return false
}

// speaks says whether values of the type have a text of their own.
func speaks(t reflect.Type) bool {
	return t.Implements(reflect.TypeFor[error]()) || t.Implements(reflect.TypeFor[fmt.Stringer]()) ||
		t.Implements(reflect.TypeFor[fmt.Formatter]())
}

func tableContent(rows any) content {
	if f, ok := asForeign(rows); ok {
		v, name, ok := f.Show()
		if !ok {
			return content{err: fmt.Sprintf("display.Table: the engine in use cannot show a %s as a table; the direct engine can (--engine direct)", name)}
		}
		rows = v
	}
	v := reflect.ValueOf(rows)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map:
	default:
		return content{err: fmt.Sprintf("display.Table: %s is no table; give it a slice of structs, maps or slices, or a map", describe(v))}
	}
	t := tableOf(v)
	return content{data: map[string]any{mimeHTML: t.html(), mimeText: t.text()}}
}

func describe(v reflect.Value) string {
	if !v.IsValid() {
		return "nil"
	}
	return typeName(v.Type())
}

// tableOf makes a table of a slice, array or map.
func tableOf(v reflect.Value) *table {
	t := &table{}
	if v.Kind() == reflect.Map {
		t.columns = []string{"key", "value"}
		var values []reflect.Value
		entries := sortedEntries(v)
		entries, t.more = entries[:min(len(entries), maxRows)], max(v.Len()-maxRows, 0)
		for _, e := range entries {
			value := indirect(e.value)
			values = append(values, value)
			t.rows = append(t.rows, []string{cellText(e.key), cellText(value)})
		}
		// A map of structs has their fields as columns.
		if columns, cells := fieldsOf(values); columns != nil {
			t.columns = append([]string{"key"}, columns...)
			for i := range t.rows {
				t.rows[i] = append(t.rows[i][:1], cells[i]...)
			}
		}
		t.findNumeric()
		return t
	}
	n := min(v.Len(), maxRows)
	t.more = v.Len() - n
	elems := make([]reflect.Value, n)
	for i := range elems {
		elems[i] = indirect(v.Index(i))
	}
	if columns, cells := fieldsOf(elems); columns != nil {
		t.columns, t.rows = columns, cells
	} else if columns, cells := keysOf(elems); columns != nil {
		t.columns, t.rows = columns, cells
	} else {
		for i, e := range elems {
			var row []string
			if (e.Kind() == reflect.Slice || e.Kind() == reflect.Array) && !speaks(e.Type()) {
				for j := range min(e.Len(), maxColumns) {
					row = append(row, cellText(e.Index(j)))
				}
			} else {
				row = []string{fmt.Sprint(i), cellText(e)}
				t.columns = []string{"", "value"}
			}
			t.rows = append(t.rows, row)
		}
	}
	t.findNumeric()
	return t
}

// indirect looks through interfaces and pointers.
func indirect(v reflect.Value) reflect.Value {
	for range maxDepth {
		if v.Kind() != reflect.Interface && v.Kind() != reflect.Pointer || v.IsNil() || v.Kind() == reflect.Pointer && speaks(v.Type()) {
			break
		}
		v = v.Elem()
	}
	return v
}

// fieldsOf makes rows of the exported fields of structs of one type; rows that
// are nil pointers stay empty. It returns nil columns for other values.
func fieldsOf(elems []reflect.Value) (columns []string, rows [][]string) {
	var t reflect.Type
	for _, e := range elems {
		switch {
		case e.IsValid() && e.Kind() == reflect.Struct && !speaks(e.Type()):
			if t != nil && t != e.Type() {
				return nil, nil
			}
			t = e.Type()
		case e.Kind() == reflect.Pointer && e.IsNil():
		default:
			return nil, nil
		}
	}
	if t == nil {
		return nil, nil
	}
	var fields []int
	for i := range t.NumField() {
		if t.Field(i).IsExported() && len(fields) < maxColumns {
			fields = append(fields, i)
			columns = append(columns, t.Field(i).Name)
		}
	}
	for _, e := range elems {
		row := make([]string, len(fields))
		if e.Kind() == reflect.Struct {
			for j, f := range fields {
				row[j] = cellText(e.Field(f))
			}
		}
		rows = append(rows, row)
	}
	return columns, rows
}

// keysOf makes rows of maps: a column for each key that is in any of them.
func keysOf(elems []reflect.Value) (columns []string, rows [][]string) {
	index := map[string]int{}
	for _, e := range elems {
		if e.Kind() != reflect.Map {
			return nil, nil
		}
		for _, e := range sortedEntries(e) {
			name := cellText(e.key)
			if _, ok := index[name]; !ok && len(columns) < maxColumns {
				index[name] = len(columns)
				columns = append(columns, name)
			}
		}
	}
	for _, e := range elems {
		row := make([]string, len(columns))
		for _, e := range sortedEntries(e) {
			if i, ok := index[cellText(e.key)]; ok {
				row[i] = cellText(e.value)
			}
		}
		rows = append(rows, row)
	}
	return columns, rows
}

// cellText is a value in a table: as in Text, but strings are not quoted and
// stay on one line.
func cellText(v reflect.Value) string {
	v = indirect(v)
	s, cut := "", false
	if v.IsValid() && v.Kind() == reflect.String && !speaks(v.Type()) {
		s = v.String()
	} else {
		s, cut = fragment(v, maxCellRunes*utf8.UTFMax)
	}
	if runes := 0; len(s) > maxCellRunes {
		for i := range s {
			if runes == maxCellRunes {
				s, cut = s[:i], true
				break
			}
			runes++
		}
	}
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' {
			return ' '
		}
		return r
	}, clean(s))
	if cut {
		s += "…"
	}
	return s
}

func (t *table) width() int {
	n := len(t.columns)
	for _, row := range t.rows {
		n = max(n, len(row))
	}
	return n
}

// findNumeric finds the columns that hold nothing but numbers.
func (t *table) findNumeric() {
	t.numeric = make([]bool, t.width())
	for i := range t.numeric {
		some := false
		t.numeric[i] = true
		for _, row := range t.rows {
			if i >= len(row) || row[i] == "" {
				continue
			}
			some = true
			if strings.Trim(row[i], "0123456789+-.eE") != "" || strings.Trim(row[i], "+-.eE") == "" {
				t.numeric[i] = false
				break
			}
		}
		t.numeric[i] = t.numeric[i] && some
	}
}

// note says how many rows are not shown.
func note(more int) string {
	if more == 1 {
		return "… 1 more row"
	}
	return fmt.Sprintf("… %d more rows", more)
}

// html writes the table in pages, of which all but the first are folded.
func (t *table) html() string {
	var b strings.Builder
	shown := 0
	for shown < len(t.rows) || shown == 0 {
		page := t.rows[shown:min(shown+pageRows, len(t.rows))]
		text := t.page(page)
		if shown == 0 {
			b.WriteString(text)
		} else {
			if b.Len()+len(text) > maxTable {
				break
			}
			fmt.Fprintf(&b, "\n<details><summary style=\"cursor:pointer\">rows %d to %d</summary>\n%s</details>", shown, shown+len(page)-1, text)
		}
		shown += len(page)
		if len(page) == 0 {
			break
		}
	}
	if more := t.more + len(t.rows) - shown; more > 0 {
		b.WriteString("\n<p>" + note(more) + "</p>")
	}
	return b.String()
}

func (t *table) page(rows [][]string) string {
	var b strings.Builder
	b.WriteString("<table>\n")
	row := func(tag string, cells []string) {
		b.WriteString("<tr>")
		for i := range t.numeric {
			s := ""
			if i < len(cells) {
				s = html.EscapeString(cells[i])
			}
			align := "left"
			if t.numeric[i] {
				align = "right"
			}
			fmt.Fprintf(&b, `<%s style="text-align:%s">%s</%s>`, tag, align, s, tag)
		}
		b.WriteString("</tr>\n")
	}
	if t.columns != nil {
		b.WriteString("<thead>")
		row("th", t.columns)
		b.WriteString("</thead>\n")
	}
	b.WriteString("<tbody>\n")
	for _, cells := range rows {
		row("td", cells)
	}
	b.WriteString("</tbody>\n</table>")
	return b.String()
}

// text writes the first page for a terminal or whatever shows no HTML, aligned
// by how wide characters are there.
func (t *table) text() string {
	rows := t.rows[:min(len(t.rows), pageRows)]
	layout := textlayout.Table{Columns: t.columns, Right: t.numeric, Rows: rows, Rule: true}
	if more := t.more + len(t.rows) - len(rows); more > 0 {
		layout.Notes = []string{note(more)}
	}
	return strings.TrimSuffix(layout.Text(), "\n")
}
