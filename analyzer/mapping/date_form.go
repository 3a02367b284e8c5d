package mapping

import (
	"slices"
	"strings"

	"paperlight/analyzer/schema"
)

// dateForms count how the dates of a column are written.
type dateForms struct {
	given, unread int
	read          []int          // by the layout that reads them
	forms         map[string]int // of those that none does
	words         map[string]int // of those, what may stand for nothing
}

// add counts a cell; words are those that may stand for nothing.
func (d *dateForms) add(cell []byte, layouts []dateLayout, words []string) {
	d.given++
	if by := slices.IndexFunc(layouts, func(read dateLayout) bool { _, ok := read(cell); return ok }); by >= 0 {
		d.read[by]++
		return
	}
	d.unread++
	if form := formOfDate(cell); form != "" {
		d.forms[form]++
		return
	}
	for _, word := range words {
		if string(cell) == word {
			d.words[word]++
			return
		}
	}
}

// formOfDate names the form of what is a date for people; empty where it is none.
func formOfDate(cell []byte) string {
	if day, _, ok := strings.Cut(string(cell), " 00:00"); ok && len(day) == 10 {
		if form := formOfDate([]byte(day)); form != "" {
			return form + " hh:mm"
		}
	}
	if _, ok := isoDateTime(cell); ok {
		return "yyyy-mm-ddThh:mm:ss"
	}
	if _, ok := compactDate(cell); ok {
		return "yyyymmdd"
	}
	if _, ok := isoDate(cell); ok {
		return "yyyy-mm-dd"
	}
	shape := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return '9'
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
			return 'a'
		}
		return r
	}, string(cell))
	switch shape {
	case "99/99/9999", "9/9/9999", "99/9/9999", "9/99/9999":
		if month := strings.Split(string(cell), "/")[1]; len(month) == 2 && month > "12" {
			return "mm/dd/yyyy"
		}
		return "dd/mm/yyyy"
	case "99-99-9999":
		return "dd-mm-yyyy"
	case "99.99.9999":
		return "dd.mm.yyyy"
	case "99/99/99":
		return "dd/mm/yy"
	case "9999/99/99":
		return "yyyy/mm/dd"
	case "99-aaa-9999", "9-aaa-9999", "99 aaa 9999":
		return "dd-mon-yyyy"
	case "99-aaa-99", "9-aaa-99":
		return "dd-mon-yy"
	case "99999", "99999.9":
		return "the day number of a spreadsheet"
	}
	return ""
}

// otherForms are the columns most of whose dates cannot be read, with the form that most
// of them have.
func otherForms(columns map[string]*dateForms) map[string]string {
	out := map[string]string{}
	for column, d := range columns {
		if 2*d.unread <= d.given {
			continue
		}
		most := ""
		for _, form := range sortedKeys(d.forms) {
			if d.forms[form] > d.forms[most] {
				most = form
			}
		}
		if 2*d.forms[most] > d.unread {
			out[column] = most
		}
	}
	return out
}

// dateForms says of which canonical columns dates are written in another form.
func (b *bindings) dateForms() map[*schema.Column]string {
	out := map[*schema.Column]string{}
	for _, name := range sortedKeys(b.habits) {
		h := b.habits[name]
		for column, form := range h.dates {
			for _, c := range h.uses[column].as {
				out[c] = form
			}
		}
	}
	return out
}
