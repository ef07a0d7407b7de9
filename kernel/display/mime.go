package display

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

const mimePDF = "application/pdf"

// mathContent shows a formula without its dollar signs.
func mathContent(s string) content { return latexContent("$$" + strings.Trim(s, "$ \n") + "$$") }

func pdfContent(data []byte) content {
	if !bytes.HasPrefix(data, []byte("%PDF-")) {
		return content{err: fmt.Sprintf("display.PDF: the %d bytes are no PDF file, which begins with %%PDF-", len(data))}
	}
	return mimeContent("PDF", map[string]any{mimePDF: data}, nil)
}

// mimeContent shows a value in forms of which the front end chooses one.
func mimeContent(function string, data, metadata map[string]any) content {
	if len(data) == 0 {
		return content{err: "display." + function + ": there is no form to show, such as \"text/html\""}
	}
	shown := make(map[string]any, len(data)+1)
	var types []string
	for _, mime := range slices.Sorted(maps.Keys(data)) {
		if !strings.Contains(mime, "/") {
			return content{err: fmt.Sprintf("display.%s: %q is no MIME type, such as text/html", function, mime)}
		}
		types = append(types, mime)
		switch v := data[mime].(type) {
		case string:
			shown[mime] = clean(v)
		case []byte:
			if len(v) > maxMedia {
				return content{err: fmt.Sprintf("display.%s: %d MB are too many for a notebook, which holds up to %d MB", function, len(v)>>20, maxMedia>>20)}
			}
			if textType(mime) {
				shown[mime] = clean(string(v))
			} else {
				shown[mime] = base64.StdEncoding.EncodeToString(v)
			}
		default:
			c := jsonContent(v)
			if c.err != "" {
				return content{err: strings.Replace(c.err, "display.JSON", "display."+function, 1)}
			}
			if shown[mime] = c.data[mimeJSON]; textType(mime) {
				shown[mime] = clean(fmt.Sprint(v))
			}
		}
	}
	if _, ok := shown[mimeText]; !ok {
		shown[mimeText] = plainForm(shown, types)
	}
	return content{data: shown, metadata: metadata}
}

// plainForm is what terminals show of a value.
func plainForm(shown map[string]any, types []string) string {
	for _, mime := range []string{mimeMarkdown, mimeLatex} {
		if text, ok := shown[mime].(string); ok {
			return text
		}
	}
	if text, ok := shown[mimeHTML].(string); ok {
		return htmlText(text)
	}
	return strings.Join(types, ", ")
}

// textType says whether what is of a MIME type is text, and not the base64 of bytes.
func textType(mime string) bool {
	return strings.HasPrefix(mime, "text/") || mime == mimeSVG || mime == mimeScript
}

// fileContent shows a file.
func fileContent(mime, path string) content {
	data, err := os.ReadFile(path)
	if err != nil {
		return content{err: "display.File: " + err.Error()}
	}
	if mime == "" {
		mime, _, _ = strings.Cut(mediaType(data), ";")
	}
	return mimeContent("File", map[string]any{mime: data}, nil)
}
