package display

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"net/http"
	"strings"
)

// maxMedia is how large a sound or film may be that is put into a notebook, in
// bytes.
const maxMedia = 32 << 20

// mediaContent shows a player for a file of a sound or a film.
func mediaContent(kind string, data []byte) content {
	name := "display." + strings.ToUpper(kind[:1]) + kind[1:]
	if len(data) > maxMedia {
		return content{err: fmt.Sprintf("%s: %d MB are too many for a notebook, which holds up to %d MB of it; serve the file instead", name, len(data)>>20, maxMedia>>20)}
	}
	mime := mediaType(data)
	if !strings.HasPrefix(mime, kind+"/") {
		return content{err: fmt.Sprintf("%s: the %d bytes are no %s that browsers play; they look like %s", name, len(data), kind, mime)}
	}
	return content{data: map[string]any{
		mimeHTML: fmt.Sprintf(`<%s controls src="data:%s;base64,%s"></%s>`, kind, mime, base64.StdEncoding.EncodeToString(data), kind),
		mimeText: fmt.Sprintf("%s, %d bytes", mime, len(data)),
	}}
}

// mediaType is what the bytes of a file are, in the words of browsers.
func mediaType(data []byte) string {
	switch {
	case len(data) > 2 && data[0] == 0xff && data[1]&0xe0 == 0xe0:
		return "audio/mpeg" // without an ID3 tag
	case strings.HasPrefix(string(data[:min(len(data), 4)]), "fLaC"):
		return "audio/flac"
	}
	switch mime := http.DetectContentType(data); mime {
	case "audio/wave":
		return "audio/wav"
	case "application/ogg":
		if strings.Contains(string(data[:min(len(data), 64)]), "theora") {
			return "video/ogg"
		}
		return "audio/ogg"
	default:
		return mime
	}
}

// soundContent shows a player for samples between -1 and 1. Louder ones are all
// made softer.
func soundContent(samples []float64, rate int) content {
	const bytesPerSample = 2
	switch {
	case rate <= 0:
		return content{err: fmt.Sprintf("display.Sound: a rate of %d samples a second makes no sound; 44100 is usual", rate)}
	case len(samples) == 0:
		return content{err: "display.Sound: there are no samples"}
	case len(samples) > maxMedia/bytesPerSample:
		return content{err: fmt.Sprintf("display.Sound: %d samples are too many for a notebook, which holds up to %d", len(samples), maxMedia/bytesPerSample)}
	}
	peak := 1.0
	for _, s := range samples {
		if a := math.Abs(s); a > peak && !math.IsInf(a, 0) {
			peak = a
		}
	}
	size := len(samples) * bytesPerSample
	b := []byte("RIFF")
	b = binary.LittleEndian.AppendUint32(b, uint32(36+size))
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	b = binary.LittleEndian.AppendUint16(b, 1) // uncompressed
	b = binary.LittleEndian.AppendUint16(b, 1) // one channel
	b = binary.LittleEndian.AppendUint32(b, uint32(rate))
	b = binary.LittleEndian.AppendUint32(b, uint32(rate*bytesPerSample))
	b = binary.LittleEndian.AppendUint16(b, bytesPerSample)
	b = binary.LittleEndian.AppendUint16(b, 8*bytesPerSample)
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	for _, s := range samples {
		s = max(-1, min(1, s/peak))
		if math.IsNaN(s) {
			s = 0
		}
		b = binary.LittleEndian.AppendUint16(b, uint16(int16(s*math.MaxInt16)))
	}
	c := mediaContent("audio", b)
	if c.err == "" {
		c.data[mimeText] = fmt.Sprintf("%.2f s of sound, %d samples a second", float64(len(samples))/float64(rate), rate)
	}
	return c
}
