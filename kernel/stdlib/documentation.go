package stdlib

import "strings"

// Doc returns the comment on an exported name of a package: "Name", or
// "Type.Name" for a method, a field or a method of an interface. With an empty
// name it is the package's own. It is empty if there is no comment or no such
// name.
func Doc(pkgPath, name string) string {
	f, err := entry(docsEntry + pkgPath)
	if err != nil {
		return "No documentation: " + err.Error()
	}
	if f == nil {
		return ""
	}
	data, err := readEntry(f)
	if err != nil {
		return ""
	}
	// The text is a list of records "name NUL comment NUL".
	text := string(data)
	for text != "" {
		var n, comment string
		n, text, _ = strings.Cut(text, "\x00")
		comment, text, _ = strings.Cut(text, "\x00")
		if n == name {
			return strings.Clone(comment)
		}
	}
	return ""
}

// Synopsis returns the first sentence of what [Doc] returns, on one line.
func Synopsis(pkgPath, name string) string {
	text, _, _ := strings.Cut(Doc(pkgPath, name), "\n\n")
	text = strings.Join(strings.Fields(text), " ")
	if i := strings.Index(text, ". "); i >= 0 {
		text = text[:i+1]
	}
	return text
}
