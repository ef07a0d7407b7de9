package cell

import "bytes"

// CutBody cuts src behind the first line at its head that is a %% command for
// whose name takesText holds: what comes after that line is text for the command
// and no Go. Before it there may be other commands, comments and blank lines.
func CutBody(src []byte, takesText func(name string) bool) (head, body []byte, found bool) {
	for at := 0; at < len(src); {
		end := len(src)
		if i := bytes.IndexByte(src[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		line := bytes.TrimSpace(src[at:end])
		rest, whole := bytes.CutPrefix(bytes.TrimPrefix(line, []byte(foreignComment)), []byte("%%"))
		switch {
		case whole:
			name, _, _ := bytes.Cut(rest, []byte(" "))
			name, _, _ = bytes.Cut(name, []byte("\t"))
			if takesText(string(name)) {
				return src[:end], src[end:], true
			}
		case len(line) > 0 && line[0] != '%' && !bytes.HasPrefix(line, []byte("//")):
			return src, nil, false
		}
		at = end
	}
	return src, nil, false
}

// foreignComment begins a comment that gonb takes for a command, so that its
// cells are Go to other tools.
const foreignComment = "//gonb:"

// uncomment blanks foreignComment where a command follows it.
func (sp *splitting) uncomment() {
	if !bytes.Contains(sp.text, []byte(foreignComment)) {
		return
	}
	for _, off := range comments(sp.text) {
		rest, ok := bytes.CutPrefix(sp.text[off:], []byte(foreignComment))
		if ok && len(rest) > 0 && (rest[0] == '%' || rest[0] == '!') && sp.startsLine(off) {
			sp.blank(off, off+len(foreignComment))
		}
	}
}
