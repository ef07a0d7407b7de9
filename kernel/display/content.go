package display

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"image"
	_ "image/gif"  // to tell the size of a picture
	_ "image/jpeg" // likewise
	"image/png"
	"regexp"
	"strings"
)

// MIME types that JupyterLab shows.
const (
	mimeText     = "text/plain"
	mimeHTML     = "text/html"
	mimeMarkdown = "text/markdown"
	mimeLatex    = "text/latex"
	mimeMermaid  = "text/vnd.mermaid"
	mimeSVG      = "image/svg+xml"
	mimePNG      = "image/png"
	mimeJSON     = "application/json"
	mimeScript   = "application/javascript"
)

// maxPixels is how large a picture may be that is shown; its PNG file is made
// in memory.
const maxPixels = 64 << 20

// content is something to show, or in err what is wrong with it.
type content struct {
	data     map[string]any
	metadata map[string]any
	err      string
}

func textContent(s string) content {
	return content{data: map[string]any{mimeText: clean(s)}}
}

func htmlContent(s string) content {
	return content{data: map[string]any{mimeHTML: clean(s), mimeText: htmlText(s)}}
}

func markdownContent(s string) content {
	return content{data: map[string]any{mimeMarkdown: clean(s), mimeText: clean(s)}}
}

func latexContent(s string) content {
	return content{data: map[string]any{mimeLatex: clean(s), mimeText: clean(s)}}
}

func mermaidContent(s string) content {
	return content{data: map[string]any{mimeMermaid: clean(s), mimeText: clean(s)}}
}

func svgContent(s string) content {
	if trouble := svgTrouble(s); trouble != "" {
		return content{err: "display.SVG: " + trouble}
	}
	return content{data: map[string]any{mimeSVG: clean(s), mimeText: "SVG picture"}}
}

func scriptContent(s string) content {
	return content{data: map[string]any{mimeScript: clean(s), mimeText: "JavaScript, run by the page"}}
}

// pictureContent shows an encoded picture. Its size is read from the file, so
// that a file of another kind is refused here and not shown as a broken
// picture by the front end.
func pictureContent(format string, data []byte) content {
	conf, got, err := image.DecodeConfig(bytes.NewReader(data))
	name := strings.ToUpper(format)
	switch {
	case err != nil:
		return content{err: fmt.Sprintf("display.%s: the %d bytes are not a picture: %v", name, len(data), err)}
	case got != format:
		return content{err: fmt.Sprintf("display.%s: the picture is a %s; use display.%s", name, strings.ToUpper(got), strings.ToUpper(got))}
	}
	mime := "image/" + format
	return content{
		data: map[string]any{
			mime:     base64.StdEncoding.EncodeToString(data),
			mimeText: fmt.Sprintf("%s picture, %d×%d", name, conf.Width, conf.Height),
		},
		metadata: pictureSize(mime, conf.Width, conf.Height),
	}
}

func imageContent(img image.Image) content {
	if img == nil {
		return content{err: "display.Image: the image is nil"}
	}
	size := img.Bounds().Size()
	switch {
	case size.X <= 0 || size.Y <= 0:
		return content{err: "display.Image: the image is empty; it has no pixels"}
	case size.X > maxPixels/size.Y:
		return content{err: fmt.Sprintf("display.Image: %d×%d pixels are too many to show; scale the image down", size.X, size.Y)}
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img); err != nil {
		return content{err: "display.Image: " + err.Error()}
	}
	return content{
		data: map[string]any{
			mimePNG:  base64.StdEncoding.EncodeToString(b.Bytes()),
			mimeText: fmt.Sprintf("%T, %d×%d", img, size.X, size.Y),
		},
		metadata: pictureSize(mimePNG, size.X, size.Y),
	}
}

// pictureSize lets the front end leave room before it has decoded the picture.
func pictureSize(mime string, width, height int) map[string]any {
	return map[string]any{mime: map[string]any{"width": width, "height": height}}
}

func jsonContent(v any) content {
	raw, err := json.Marshal(v)
	if err != nil {
		return content{err: "display.JSON: " + err.Error()}
	}
	text, err := json.MarshalIndent(json.RawMessage(raw), "", "  ")
	if err != nil {
		return content{err: "display.JSON: " + err.Error()}
	}
	return content{data: map[string]any{mimeJSON: json.RawMessage(raw), mimeText: string(text)}}
}

// clean makes s valid UTF-8, which messages have to be.
func clean(s string) string { return strings.ToValidUTF8(s, "\ufffd") }

var (
	invisibleElement = regexp.MustCompile(`(?is)<(script|style)\b.*?</(script|style)>|<!--.*?-->`)
	lineElement      = regexp.MustCompile(`(?i)<(br|/p|/div|/tr|/li|/h[1-6]|/table|/pre)\b[^>]*>`)
	cellElement      = regexp.MustCompile(`(?i)</t[dh]\b[^>]*>`)
	anyElement       = regexp.MustCompile(`(?s)<[a-zA-Z/!][^>]*>`)
)

// htmlText is what HTML says to who cannot see it.
func htmlText(s string) string {
	s = invisibleElement.ReplaceAllString(clean(s), "")
	s = lineElement.ReplaceAllString(s, "\n")
	s = cellElement.ReplaceAllString(s, "  ")
	s = html.UnescapeString(anyElement.ReplaceAllString(s, ""))
	var lines []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
