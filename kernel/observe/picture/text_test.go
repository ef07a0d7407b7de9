package picture

import "testing"

func TestTextGolden(t *testing.T) {
	for name, record := range samples {
		t.Run(name, func(t *testing.T) { golden(t, name+".txt", Text(record())) })
	}
}
