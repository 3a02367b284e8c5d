package visible

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// HeaderHint is the cure where the names of columns look like data.
const HeaderHint = "the first line looks like data: a file needs a header"

// Header is how the columns of a file are named for people: by name where that looks
// like one, else as "column 3". A file without a header has a record of somebody in
// its place: where a column is named by a number or a day, known names alone are
// shown. data says that some name was not.
func Header(names []string, known func(string) bool) (shown []string, data bool) {
	record := false
	for _, name := range names {
		record = record || number(name)
	}
	for i, name := range names {
		switch {
		case known != nil && known(name), !record && LikeName(name):
			shown = append(shown, Name(name))
		default:
			shown, data = append(shown, fmt.Sprintf("column %d", i+1)), true
		}
	}
	return shown, data
}

// longestHeader is how many characters the name of a column may have.
const longestHeader = 64

// LikeName reports whether a text looks like the name of a column or a key, and not
// like what a cell holds.
func LikeName(s string) bool {
	s = strings.TrimFunc(s, func(r rune) bool { return r == '\ufeff' || unicode.IsSpace(r) })
	first, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(first) && utf8.RuneCountInString(s) <= longestHeader && !number(s) && !strings.Contains(s, "@")
}

// number reports whether a text holds a long number, blanks or strokes in it
// included, or is a number or a day.
func number(s string) bool {
	run, sum, letters := 0, 0, 0
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			if run, sum = run+1, sum+1; run >= 5 || sum >= 9 {
				return true
			}
		case unicode.IsLetter(r):
			run, sum, letters = 0, 0, letters+1
		default:
			run = 0
		}
	}
	return sum > 0 && letters == 0 || month(s)
}

// month reports whether a text names a month beside digits, as days do.
func month(s string) bool {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) })
	digits := strings.ContainsFunc(s, unicode.IsDigit)
	for _, w := range words {
		if len(w) < 3 || !digits {
			continue
		}
		for _, m := range []string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"} {
			if strings.HasPrefix(m, w) || w == "sept" {
				return true
			}
		}
	}
	return false
}
