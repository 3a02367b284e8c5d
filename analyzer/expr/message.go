package expr

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// An Error is a fault in the text of an expression. Error() gives the message
// of design.md: file:line:column, what is wrong, the line, a caret, a way out.
type Error struct {
	File         string
	Line, Column int // from 1; Column counts characters of Snippet
	Snippet      string
	Message      string
	Hint         string
}

// Error is several lines: position and fault, the source line, a caret under
// the name, and a hint where there is one.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
	if e.Snippet != "" {
		fmt.Fprintf(&b, "\n    %s\n    %s^", e.Snippet, caretIndent(e.Snippet, e.Column))
	}
	if e.Hint != "" {
		fmt.Fprintf(&b, "\n    hint: %s", e.Hint)
	}
	return b.String()
}

// caretIndent is blank up to the column; tabs stay tabs, so that the caret
// stands under its character whatever their width.
func caretIndent(snippet string, column int) string {
	var b strings.Builder
	for i, r := range []rune(snippet) {
		if i >= column-1 {
			break
		}
		if r == '\t' {
			b.WriteRune(r)
		} else {
			b.WriteByte(' ')
		}
	}
	for n := utf8.RuneCountInString(snippet); n < column-1; n++ {
		b.WriteByte(' ')
	}
	return b.String()
}

// errorAt makes an Error for byte offset at of text, whose first line is line
// of file.
func errorAt(file string, line int, text string, at int, message, hint string) *Error {
	at = max(0, min(at, len(text)))
	start := strings.LastIndexByte(text[:at], '\n') + 1
	end := len(text)
	if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
		end = at + i
	}
	return &Error{
		File: file, Line: line + strings.Count(text[:at], "\n"), Column: utf8.RuneCountInString(text[start:at]) + 1,
		Snippet: strings.TrimRight(text[start:end], "\r"), Message: message, Hint: hint,
	}
}
