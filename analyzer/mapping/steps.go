package mapping

import (
	"bytes"
	"github.com/zeebo/xxh3"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// withoutWords makes the given words mean that there is no value.
func withoutWords(words []string) step {
	return func(cell []byte) ([]byte, state) {
		for _, w := range words {
			if string(cell) == w {
				return nil, absent
			}
		}
		return cell, present
	}
}

// trimmed takes the blanks off both ends.
func trimmed() step {
	return func(cell []byte) ([]byte, state) {
		if cell = bytes.TrimSpace(cell); len(cell) == 0 {
			return nil, absent
		}
		return cell, present
	}
}

// choice turns a value of the source, in any case, into a canonical one; a value
// that is not in the map is otherwise, or malformed where that is empty.
func choice(values map[string]string, otherwise string) step {
	texts := make(map[string][]byte, len(values))
	for from, to := range values {
		texts[strings.ToLower(from)] = []byte(to)
	}
	rest := []byte(otherwise)
	if len(texts) == 0 && len(rest) > 0 {
		return func([]byte) ([]byte, state) { return rest, present }
	}
	var lower []byte
	return func(cell []byte) ([]byte, state) {
		lower = lower[:0]
		for _, c := range cell {
			if c-'A' <= 'Z'-'A' {
				c |= 0x20
			}
			lower = append(lower, c)
		}
		if to, ok := texts[string(lower)]; ok {
			return to, present
		}
		if len(rest) > 0 {
			return rest, present
		}
		return nil, malformed
	}
}

// matchings is how many texts a pattern remembers: the entries of a consultation, which
// name it alike, are near each other.
const matchings = 4096

// A matching is a text that was held to a pattern, and where its first group is.
type matching struct {
	text     []byte
	from, to int
}

// matched is the first group of a pattern that matches all of the text.
func matched(pattern *regexp.Regexp) step {
	var known [matchings]matching
	return func(cell []byte) ([]byte, state) {
		if len(cell) == 0 {
			return nil, absent
		}
		m := &known[xxh3.Hash(cell)%matchings]
		if !bytes.Equal(m.text, cell) {
			m.text, m.from, m.to = append(m.text[:0], cell...), 0, 0
			if at := pattern.FindSubmatchIndex(cell); at != nil {
				m.from, m.to = at[2], at[3]
			}
		}
		if m.from == m.to {
			return nil, absent
		}
		return cell[m.from:m.to], present
	}
}

// firstItem is the first item of a list in one text that begins as is asked.
func firstItem(of *Item) step {
	begins, not := []byte(of.Begins), []byte(of.Not)
	return func(cell []byte) ([]byte, state) {
		for len(cell) > 0 {
			item := cell
			if at := bytes.IndexByte(cell, of.Of[0]); at >= 0 {
				item, cell = cell[:at], cell[at+1:]
			} else {
				cell = nil
			}
			switch rest, found := bytes.CutPrefix(item, begins); {
			case len(begins) > 0 && found && len(rest) > 0:
				return rest, present
			case len(not) > 0 && len(item) > 0 && !bytes.HasPrefix(item, not):
				return item, present
			}
		}
		return nil, absent
	}
}

// firstListed chooses, of the values of a list in one text, that which comes first in
// the canonical list; otherwise, or malformed, where none is in the map.
func firstListed(separator string, values map[string]string, otherwise string, canonical []string) step {
	one := choice(values, "")
	return func(cell []byte) ([]byte, state) {
		best := len(canonical)
		for part := range bytes.SplitSeq(cell, []byte(separator)) {
			if to, s := one(bytes.TrimSpace(part)); s == present {
				best = min(best, slices.Index(canonical, string(to)))
			}
		}
		switch {
		case best < len(canonical):
			return []byte(canonical[best]), present
		case otherwise != "":
			return []byte(otherwise), present
		}
		return nil, malformed
	}
}

// startOfQuarter turns a quarter, 2026-Q1, into its first day, 2026-01-01.
func startOfQuarter() step {
	months := [4]string{"-01-01", "-04-01", "-07-01", "-10-01"}
	var scratch []byte
	return func(cell []byte) ([]byte, state) {
		if len(cell) != 7 || cell[4] != '-' || cell[5]|0x20 != 'q' || cell[6] < '1' || cell[6] > '4' {
			return nil, malformed
		}
		scratch = append(append(scratch[:0], cell[:4]...), months[cell[6]-'1']...)
		return scratch, present
	}
}

// startOfMonth turns a month, 2026-03, into its first day, 2026-03-01. Whether there is
// such a month is asked of the day.
func startOfMonth() step {
	var scratch []byte
	return func(cell []byte) ([]byte, state) {
		if len(cell) != 7 || cell[4] != '-' {
			return nil, malformed
		}
		scratch = append(append(scratch[:0], cell...), "-01"...)
		return scratch, present
	}
}

// fewYears is the first number that is a year of the calendar, where smaller ones count
// the years from another.
const fewYears = 1000

// yearsSince turns a number of years into the year; one that is a year stays.
func yearsSince(base int64) step {
	var scratch []byte
	return func(cell []byte) ([]byte, state) {
		n, ok := integer(cell)
		if !ok {
			return nil, malformed
		}
		if 0 <= n && n < fewYears {
			n += base
		}
		scratch = strconv.AppendInt(scratch[:0], n, 10)
		return scratch, present
	}
}

// prefixed puts words before the value.
func prefixed(prefix string) step {
	scratch := []byte(prefix)
	n := len(scratch)
	return func(cell []byte) ([]byte, state) {
		scratch = append(scratch[:n], cell...)
		return scratch, present
	}
}

// longestMask bounds the masks: a longer text is masked as one of this length.
const longestMask = 65535

// masked replaces free text by as many letters x as it has characters: whether
// it is there and how long it is can be asked, what it says cannot.
func masked() step {
	var mask []byte
	return func(cell []byte) ([]byte, state) {
		n := min(utf8.RuneCount(cell), longestMask)
		if len(mask) < n {
			mask = bytes.Repeat([]byte{'x'}, max(64, 2*n))
		}
		return mask[:n], present
	}
}
