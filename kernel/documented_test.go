package kernel

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// The page on output says what the constants say.
func TestDelaysAreAsDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/output.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		fmt.Sprintf("within %d ms of another: %d ms", gap.Milliseconds(), gap.Milliseconds()),
		fmt.Sprintf("(%d KiB between two messages) %d ms, doubling to %d ms", flood>>10, floodGap.Milliseconds(), longGap.Milliseconds()),
		fmt.Sprintf("%d MiB a cell, then the cell waits; %d MiB a message", maxPending>>20, maxText>>20),
		fmt.Sprintf("A cell may print and show %d MiB, or what `%s`", DefaultOutputLimit>>20, OutputLimitVariable),
		fmt.Sprintf("Up to %d MiB a cell.", maxLateText>>20),
		strings.TrimSpace(mark(3, "")),
	} {
		if !strings.Contains(strings.Join(strings.Fields(string(page)), " "), want) {
			t.Errorf("docs/output.md does not say %q", want)
		}
	}
}
