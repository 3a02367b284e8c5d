package report

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// An ink is how a line is marked where colours are on. Words always say the
// same.
type ink uint8

const (
	plain ink = 0
	bold  ink = 1 << iota
	red
	yellow
	green
)

func verdictInk(v Verdict) ink {
	switch v {
	case Damaged, NotReady:
		return red
	case Undecided, AnswersNeeded, NearlyReady:
		return yellow
	case Ready:
		return green
	}
	return plain
}

func statusInk(s Status) ink {
	switch s {
	case Failed:
		return red
	case NotAssessable, TooFew:
		return yellow
	case Passed:
		return green
	}
	return plain
}

func requirementInk(s RequirementStatus) ink {
	switch s {
	case NotMet:
		return red
	case CannotTell:
		return yellow
	case Met:
		return green
	}
	return plain
}

// A terminal writes lines of at most a width.
type terminal struct {
	out   bytes.Buffer
	width int
	color bool
	now   ink
}

// paint writes text in an ink.
func (t *terminal) paint(i ink, text string) {
	i |= t.now
	if !t.color || i == plain || text == "" {
		t.out.WriteString(text)
		return
	}
	var codes []string
	for _, c := range []struct {
		ink  ink
		code string
	}{{bold, "1"}, {red, "31"}, {yellow, "33"}, {green, "32"}} {
		if i&c.ink != 0 {
			codes = append(codes, c.code)
		}
	}
	fmt.Fprintf(&t.out, "\x1b[%sm%s\x1b[0m", strings.Join(codes, ";"), text)
}

// ink writes what f writes in an ink.
func (t *terminal) ink(i ink, f func()) {
	before := t.now
	t.now |= i
	f()
	t.now = before
}

func (t *terminal) blank() { t.out.WriteByte('\n') }

func (t *terminal) rule() {
	t.out.WriteString(strings.Repeat("-", t.width))
	t.blank()
}

func (t *terminal) heading(s string) {
	t.blank()
	t.line(bold, s)
}

// line wraps text at the margin.
func (t *terminal) line(i ink, s string) { t.ink(i, func() { t.wrap(0, s) }) }

// wrap writes text with an indent; nothing for an empty text.
func (t *terminal) wrap(indent int, s string) {
	for _, l := range fold(s, t.width-indent) {
		t.out.WriteString(strings.Repeat(" ", indent))
		t.paint(plain, l)
		t.blank()
	}
}

// item writes a text that hangs from a mark.
func (t *terminal) item(mark, s string) {
	hang := 2 + len(mark) + 1
	for i, l := range fold(s, t.width-hang) {
		if i == 0 {
			t.out.WriteString("  " + mark + " ")
		} else {
			t.out.WriteString(strings.Repeat(" ", hang))
		}
		t.paint(plain, l)
		t.blank()
	}
}

// pair writes a text at the left and another at the right margin; on a narrow
// terminal, one below the other.
func (t *terminal) pair(indent int, left, right string, i ink) {
	const gap = 2
	room := t.width - indent - columns(right) - gap
	if right == "" || room < 24 && room < columns(left) {
		t.wrap(indent, left)
		t.ink(i, func() { t.wrap(indent+2, right) })
		return
	}
	for n, l := range fold(left, room) {
		t.out.WriteString(strings.Repeat(" ", indent))
		t.paint(plain, l)
		if n == 0 {
			t.out.WriteString(strings.Repeat(" ", room-columns(l)+gap))
			t.paint(i, right)
		}
		t.blank()
	}
}

// fold breaks a text at spaces into lines of at most so many columns. A word
// that is longer is cut.
func fold(s string, room int) []string {
	room = max(room, 8)
	var lines []string
	current, used := "", 0
	for _, word := range strings.Fields(s) {
		for columns(word) > room {
			if used > 0 {
				lines, current, used = append(lines, current), "", 0
			}
			head := cut(word, room)
			lines = append(lines, head)
			word = word[len(head):]
		}
		size := columns(word)
		switch {
		case size == 0:
		case used == 0:
			current, used = word, size
		case used+1+size > room:
			lines = append(lines, current)
			current, used = word, size
		default:
			current, used = current+" "+word, used+1+size
		}
	}
	if used > 0 {
		lines = append(lines, current)
	}
	return lines
}

// cut takes the characters of a word that fit, at least one.
func cut(word string, room int) string {
	used := 0
	for i, r := range word {
		used += runeColumns(r)
		if used > room && i > 0 {
			return word[:i]
		}
	}
	return word
}

// columns is how wide a terminal shows a text.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}
