package assist

import "github.com/gosched/gosched/kernel/cell"

// Format writes a cell as gofmt would. Its error is a [cell.ErrorList] when
// the cell has syntax errors.
func Format(source string) (string, error) {
	out, err := cell.Format([]byte(source))
	return string(out), err
}
