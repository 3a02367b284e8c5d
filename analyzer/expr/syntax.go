package expr

import (
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/common"
)

// syntaxError says in our words what the parser could not read.
func (c *checker) syntaxError(e *common.Error) error {
	at := c.start(e.Location)
	rest := c.text[min(at, len(c.text)):]
	hint := ""
	message := "this cannot be read"
	word := rest
	if i := strings.IndexFunc(rest, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789", r)
	}); i >= 0 {
		word = rest[:i]
	}
	before := strings.TrimSpace(c.text[:min(at, len(c.text))])
	switch {
	case strings.TrimSpace(c.text) == "":
		message = "the condition is empty"
	case strings.Contains(e.Message, "code point") || strings.Contains(e.Message, "size"):
		message, hint = "the condition is too long", "move parts of it into definitions"
	case strings.Contains(e.Message, "recursion"):
		message, hint = "the condition is nested too deeply", "move parts of it into definitions"
	case strings.Contains(e.Message, "missing ')'"):
		message = "a ) is missing"
	case strings.Contains(e.Message, "reserved identifier"):
		message = word + " is a reserved word"
	case strings.HasPrefix(rest, `"`) || strings.HasPrefix(rest, "'"):
		message = "this text has no closing quote"
	case strings.TrimSpace(rest) == "":
		message = "the condition ends too early"
	case strings.HasPrefix(rest, "= ") || strings.HasPrefix(rest, "="):
		message, hint = "= is not an operator", "equality is =="
	case word == "and" || word == "or":
		message, hint = word+" is not an operator", map[string]string{"and": "write &&", "or": "write ||"}[word]
	case strings.HasSuffix(before, "not"):
		message, hint = "not is not an operator", "write !condition"
	case strings.HasPrefix(rest, ">") && strings.HasSuffix(before, "<"):
		message, hint = "<> is not an operator", "inequality is !="
	case strings.Contains(e.Message, "invalid int"):
		message = "this number is too large"
	case strings.Contains(e.Message, "unsupported syntax"):
		message = rest[:min(2, len(rest))] + " is not used here"
	case word != "":
		message = "did not expect " + word + " here"
	}
	return c.errorAt(at, hint, "%s", message)
}

// start is the byte offset of a location of the parser.
func (c *checker) start(l common.Location) int {
	if l == nil || l.Line() < 1 {
		return 0
	}
	at := 0
	for n := 1; n < l.Line(); n++ {
		i := strings.IndexByte(c.text[at:], '\n')
		if i < 0 {
			break
		}
		at += i + 1
	}
	for range max(0, l.Column()) {
		if at >= len(c.text) {
			break
		}
		_, size := utf8.DecodeRuneInString(c.text[at:])
		at += size
	}
	return at
}
