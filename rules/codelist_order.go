package rules

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// orderedEntries reads a list as the published ones are written: an entry a line,
// by system and code, with quotes round terms alone. Such lists are most of what is
// read at each start, and need neither a look for codes that stand twice nor a copy
// of each field. It returns false where anything is otherwise, for anyEntries to
// read and to say what is wrong.
func orderedEntries(text string) ([]Entry, bool) {
	head, rest, ok := strings.Cut(text, "\n")
	if !ok || head != "system,code,term" || !utf8.ValidString(text) || strings.Contains(text, "\r") {
		return nil, false
	}
	out := make([]Entry, 0, strings.Count(rest, "\n")+1)
	rank := -1
	for line := 2; rest != ""; line++ {
		var s string
		s, rest, _ = strings.Cut(rest, "\n")
		e, ok := plainEntry(s, line)
		if !ok {
			return nil, false
		}
		switch n := len(out); {
		case n > 0 && e.System == out[n-1].System:
			ok = e.Code > out[n-1].Code
		default:
			was := rank
			rank = slices.Index(CodeSystems, e.System)
			ok = rank > was
		}
		if !ok {
			return nil, false
		}
		out = append(out, e)
	}
	return out, true
}

// plainEntry reads one line; false where it is at fault or hard to read.
func plainEntry(s string, line int) (Entry, bool) {
	system, s, _ := strings.Cut(s, ",")
	code, term, ok := strings.Cut(s, ",")
	if !ok || strings.ContainsRune(system, '"') || strings.ContainsRune(code, '"') {
		return Entry{}, false
	}
	if inner, quoted := strings.CutPrefix(term, `"`); quoted {
		inner, closed := strings.CutSuffix(inner, `"`)
		term = strings.ReplaceAll(inner, `""`, `"`)
		ok = closed && 2*strings.Count(inner, `""`) == strings.Count(inner, `"`)
	} else {
		ok = !strings.ContainsAny(term, `",`)
	}
	e := Entry{System: system, Code: code, Term: term, Line: line}
	if message, _ := e.fault(); message != "" {
		ok = false
	}
	return e, ok
}
