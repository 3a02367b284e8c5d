package privacy

import (
	_ "embed"
	"strings"
)

//go:embed names.txt
var nameText string

// names are the forenames and surnames that are known, in lower case.
type names map[string]nameKind

type nameKind uint8

const (
	forename nameKind = 1 << iota
	surname
	title
)

func readNames(text string) names {
	out := make(names, 8000)
	kind := nameKind(0)
	for line := range strings.Lines(text) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "#"):
		case line == "[forenames]":
			kind = forename
		case line == "[surnames]":
			kind = surname
		default:
			for name := range strings.FieldsSeq(line) {
				out[name] |= kind
			}
		}
	}
	for _, t := range []string{"mr", "mrs", "ms", "miss", "mx", "dr", "master", "rev", "prof", "sir", "dame"} {
		out[t] = title
	}
	return out
}

// mostNameWords and longestName bound what is taken as a name.
const mostNameWords, longestName = 4, 60

// shapeOf tells whether a text without digits looks like a name, and whether it is
// made of known ones: a forename or surname alone, or both in either order, initials
// and titles allowed.
func (n names) shapeOf(cell []byte) shape {
	if len(cell) > longestName {
		return 0
	}
	var kinds [mostNameWords]nameKind
	var initial [mostNameWords]bool
	words := 0
	for len(cell) > 0 {
		end := 0
		for end < len(cell) && !betweenNames(cell[end]) {
			end++
		}
		if end > 0 {
			if words == mostNameWords || !namelike(cell[:end]) {
				return 0
			}
			kinds[words], initial[words] = n.word(cell[:end])
			words++
		}
		cell = cell[min(end+1, len(cell)):]
	}
	if words == 0 {
		return 0
	}
	first, last := kinds[0], kinds[words-1]
	switch {
	case words == 1 && first&title != 0:
		return isNameLike | isTitle
	case words > 1 && first&title != 0:
		return isNameLike | isName
	case words == 1 && first&(forename|surname) != 0,
		words > 1 && (first&forename != 0 || initial[0]) && last&surname != 0,
		words > 1 && first&surname != 0 && (last&forename != 0 || initial[words-1]):
		return isNameLike | isName
	}
	return isNameLike
}

// betweenNames reports whether a character stands between the names of a person.
func betweenNames(c byte) bool { return c == ' ' || c == ',' || c == '.' || c == '_' || c == '|' }

// namelike reports whether a word is made of what names are made of.
func namelike(word []byte) bool {
	for _, c := range word {
		if !letter(c) && c < 0x80 && c != '\'' && c != '-' && c != '.' {
			return false
		}
	}
	return true
}

// word looks a word up; of a double name either part will do.
func (n names) word(word []byte) (kind nameKind, initial bool) {
	var lower [longestName]byte
	k, letters := 0, 0
	for _, c := range word {
		switch {
		case letter(c):
			lower[k] = c | 0x20
			k++
			letters++
		case c == '-':
			kind |= n[string(lower[:k])]
			k = 0
		case c >= 0x80:
			lower[k] = c
			k++
		}
	}
	return kind | n[string(lower[:k])], letters == 1
}

func letter(c byte) bool { c |= 0x20; return 'a' <= c && c <= 'z' }
func digit(c byte) bool  { return '0' <= c && c <= '9' }
