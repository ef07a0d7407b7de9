package notebook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// text is a string that may stand in the file as a list of lines.
type text string

func (t *text) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		return json.Unmarshal(raw, (*string)(t))
	}
	var lines []string
	if json.Unmarshal(raw, &lines) != nil {
		return errors.New("is neither text nor a list of lines")
	}
	*t = text(strings.Join(lines, ""))
	return nil
}

// The notebook, its cells and outputs as they stand in the file.
type (
	fileNotebook struct {
		Major    *int
		Minor    int
		Metadata map[string]any
	}
	fileCell struct {
		ID             string            `json:"id"`
		Type           CellType          `json:"cell_type"`
		Source         text              `json:"source"`
		Metadata       map[string]any    `json:"metadata"`
		Attachments    map[string]any    `json:"attachments"`
		ExecutionCount *int              `json:"execution_count"`
		Outputs        []json.RawMessage `json:"outputs"`
	}
	fileOutput struct {
		Type           OutputType     `json:"output_type"`
		Name           string         `json:"name"`
		Text           text           `json:"text"`
		Data           map[string]any `json:"data"`
		Metadata       map[string]any `json:"metadata"`
		ExecutionCount *int           `json:"execution_count"`
		EName          string         `json:"ename"`
		EValue         string         `json:"evalue"`
		Traceback      []string       `json:"traceback"`
	}
)

// ReadFile reads a notebook file.
func ReadFile(path string) (*Notebook, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	nb, err := Parse(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return nb, nil
}

// Parse reads a notebook. Errors say what is wrong and in which cell,
// counted from 1.
func Parse(content []byte) (*Notebook, error) {
	nb := &Notebook{}
	metadata, err := scan(bytes.NewReader(content),
		func(cell *Cell, _ section) { nb.Cells = append(nb.Cells, cell) },
		func() { nb.Cells = nil })
	if err != nil {
		return nil, err
	}
	nb.Metadata = metadata
	return nb, nil
}

func parseCell(raw []byte) (*Cell, error) {
	var file fileCell
	if err := decode(raw, &file); err != nil {
		return nil, err
	}
	switch file.Type {
	case Code, Markdown, Raw:
	case "":
		return nil, errors.New("it has no cell_type")
	default:
		return nil, fmt.Errorf("its cell_type %q is not code, markdown or raw", file.Type)
	}
	cell := &Cell{
		ID:          file.ID,
		Type:        file.Type,
		Source:      string(file.Source),
		Metadata:    orEmpty(file.Metadata),
		Attachments: file.Attachments,
	}
	delete(cell.Metadata, "trusted")
	for _, attachment := range cell.Attachments {
		if bundle, ok := attachment.(map[string]any); ok {
			joinLines(bundle)
		}
	}
	if file.Type != Code {
		return cell, nil
	}
	if file.ExecutionCount != nil {
		cell.ExecutionCount = *file.ExecutionCount
	}
	for i, raw := range file.Outputs {
		output, err := parseOutput(raw)
		if err != nil {
			return nil, fmt.Errorf("output %d: %w", i+1, err)
		}
		cell.Outputs = append(cell.Outputs, output)
	}
	return cell, nil
}

func parseOutput(raw []byte) (Output, error) {
	var file fileOutput
	if err := decode(raw, &file); err != nil {
		return Output{}, err
	}
	output := Output{Type: file.Type}
	switch file.Type {
	case Stream:
		output.Name, output.Text = file.Name, string(file.Text)
	case DisplayData, ExecuteResult:
		output.Data, output.Metadata = orEmpty(file.Data), orEmpty(file.Metadata)
		joinLines(output.Data)
		if file.ExecutionCount != nil && file.Type == ExecuteResult {
			output.ExecutionCount = *file.ExecutionCount
		}
	case Error:
		output.EName, output.EValue, output.Traceback = file.EName, file.EValue, file.Traceback
	default:
		return output, fmt.Errorf("its output_type %q is not known", file.Type)
	}
	return output, nil
}

// joinLines turns lists of lines in a MIME bundle into text.
func joinLines(bundle map[string]any) {
	for mime, value := range bundle {
		if list, ok := value.([]any); ok && !isJSON(mime) {
			if text, ok := joined(list); ok {
				bundle[mime] = text
			}
		}
	}
}

// joined returns a list of strings as one string.
func joined(list []any) (string, bool) {
	var all strings.Builder
	for _, element := range list {
		s, ok := element.(string)
		if !ok {
			return "", false
		}
		all.WriteString(s)
	}
	return all.String(), true
}

func isJSON(mime string) bool {
	return mime == "application/json" || strings.HasPrefix(mime, "application/") && strings.HasSuffix(mime, "+json")
}

// decode decodes JSON, keeps numbers as they are written, and says where a
// syntax error is.
func decode(content []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	err := decoder.Decode(into)
	if err == nil {
		if _, err := decoder.Token(); err != io.EOF {
			return errors.New("something follows its end")
		}
		return nil
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		before := content[:min(int(syntax.Offset), len(content))]
		line := bytes.Count(before, []byte("\n")) + 1
		return fmt.Errorf("line %d is not JSON (%w)", line, err)
	}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		if wrong.Field == "" {
			return fmt.Errorf("found a JSON %s instead of an object", wrong.Value)
		}
		return fmt.Errorf("%q is of the wrong kind (a JSON %s)", wrong.Field, wrong.Value)
	}
	return err
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}
