// Package markdown writes texts and tables as GitHub-flavoured Markdown.
package markdown

import "strings"

// Row is a row of a table, whose cells are literal text.
func Row(cells ...string) string {
	var b strings.Builder
	b.WriteByte('|')
	for _, c := range cells {
		b.WriteString(" " + Literal(c) + " |")
	}
	b.WriteByte('\n')
	return b.String()
}

// Heading is the first row of a table and what follows it.
func Heading(names ...string) string {
	return Row(names...) + "|" + strings.Repeat(" --- |", len(names)) + "\n"
}

// Literal keeps a text from being read as Markdown or HTML, or as a mention or
// a link.
func Literal(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '@':
			b.WriteString("&#64;")
		case r == ':' && strings.HasPrefix(s[i:], "://"):
			b.WriteString("&#58;")
		case r == '.' && strings.HasSuffix(strings.ToLower(s[:i]), "www"):
			b.WriteString("&#46;")
		case strings.ContainsRune("\\`*_[]>#|~$", r), i == 0 && strings.ContainsRune("+-=", r):
			b.WriteString("\\" + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
