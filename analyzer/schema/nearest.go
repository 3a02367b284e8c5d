package schema

import (
	"slices"
	"strings"
	"unicode"
)

// Nearest returns the name that another was probably meant to be, or "" where
// none is near. Case, blanks, underscores and hyphens do not count; then one
// letter in three may be added, dropped, changed or swapped with the next. Of
// names that are as near the first is taken.
func Nearest(name string, names []string) string {
	return nearest(name, names, func(n int) int { return max(1, n/3) })
}

// NearestColumn is Nearest for the names that a file brings along. What is
// there in its own right must not look like a slip, so that one letter in four
// may differ, and two at most.
func NearestColumn(name string, names []string) string {
	return nearest(name, names, func(n int) int { return min(max(1, n/4), 2) })
}

// nearest looks for a name that differs in so many letters as a name of the
// length may.
func nearest(name string, names []string, slips func(int) int) string {
	plain := plainName(name)
	best, at := "", 1+slips(len(plain))
	if len(plain) == 0 || len(plain) > longestName {
		return ""
	}
	for _, n := range names {
		other := plainName(n)
		if len(other) == 0 || len(other) > longestName || max(len(other)-len(plain), len(plain)-len(other)) > at {
			continue
		}
		if d := distance(plain, other); d < at && d < len(other) {
			best, at = n, d
		}
	}
	return best
}

// longestName bounds the work on names that a file brings along.
const longestName = 64

// plainName is what is left of a name without case and separators.
func plainName(name string) []rune {
	return []rune(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name))
}

// distance counts the letters to add, drop, change or swap.
func distance(a, b []rune) int {
	row0, row1, row2 := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row1 {
		row1[j] = j
	}
	for i := range a {
		row2[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row2[j+1] = min(row1[j]+cost, row1[j+1]+1, row2[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row2[j+1] = min(row2[j+1], row0[j-1]+1)
			}
		}
		row0, row1, row2 = row1, row2, row0
	}
	return row1[len(b)]
}

// DidYouMean is the hint that names what was probably meant, or "". The names
// may come in any order: of those as near the first by the alphabet is taken.
func DidYouMean(name string, names []string) string {
	if best := Nearest(name, slices.Sorted(slices.Values(names))); best != "" {
		return Meant(best)
	}
	return ""
}

// Meant is the hint that name was meant. Hints and messages alike write a name
// that there is bare, as it can be copied, and one that a rule, scheme or mapping
// made up in quotes. Names in an extract are as extract.Shown writes them.
func Meant(name string) string { return "did you mean " + name + "?" }
