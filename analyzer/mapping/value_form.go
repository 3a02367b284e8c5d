package mapping

import (
	"cmp"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
)

// What a ValueForm is a form of.
const (
	formOfDays    = "date"
	formOfNothing = "empty"        // what stands for an empty cell
	formOfNumbers = "whole_number" // of an id
)

// otherForm is the form of values that have none with a name.
const otherForm = "other"

// A ValueForm is one way in which values of a column are written, as far as the first
// rows of the first files of its table show.
type ValueForm struct {
	// File is the first file of the table, and More how many there are beside it.
	File string `json:"file"`
	More int    `json:"more,omitempty"`
	// Column is as the file spells it; empty where the form is met in any column.
	Column string `json:"column,omitempty"`
	// Kind is date, empty or whole_number.
	Kind string `json:"kind"`
	// Form is yyyy-mm-dd and the like, date or instant where the file types the column,
	// the word for an empty cell, or 12.0.
	Form string `json:"form"`
	// Cells is how many of those looked at have it; 0 where that is not counted.
	Cells int `json:"cells,omitempty"`
	// Read says that values of this form can be read.
	Read bool `json:"read"`
}

// valueForms are the forms that were met, file by file.
func (b *bindings) valueForms() []ValueForm {
	var out []ValueForm
	for _, name := range sortedKeys(b.habits) {
		files := b.files[name]
		if len(files) == 0 {
			continue
		}
		first, h := files[0], b.habits[name]
		add := func(column, kind, form string, cells int, read bool) {
			if at, have := first.header[column]; have {
				column = first.file.Columns[at]
			}
			out = append(out, ValueForm{File: label(first.file), More: len(files) - 1, Column: column, Kind: kind, Form: form, Cells: cells, Read: read})
		}
		for _, word := range h.words {
			add("", formOfNothing, word, 0, true)
		}
		for _, column := range sortedKeys(h.uses) {
			if h.floats[column] {
				add(column, formOfNumbers, "12.0", 0, true)
			}
			if len(h.uses[column].dates) == 0 {
				continue
			}
			if form := first.typedDays(column); form != "" {
				add(column, formOfDays, form, 0, true)
			}
			for _, met := range h.forms[column].met(h.uses[column].names, slices.Concat(h.words, b.system.Missing)) {
				add(column, formOfDays, met.Form, met.Cells, met.Read)
			}
		}
	}
	slices.SortStableFunc(out, func(a, c ValueForm) int { return cmp.Compare(a.File, c.File) })
	return out
}

// typedDays says how a file of typed columns holds the days of one; empty where it
// holds text.
func (f *bound) typedDays(column string) string {
	at, have := f.header[column]
	if !have || f.file.Types == nil {
		return ""
	}
	switch f.file.Types[at].ID() {
	case arrow.DATE32, arrow.DATE64:
		return "date"
	case arrow.TIMESTAMP:
		return "instant"
	}
	return ""
}

// met are the forms of a column, those that can be read first; names are the layouts
// that were tried, and empty the words that are read as an empty cell.
func (d *dateForms) met(names, empty []string) (out []ValueForm) {
	if d == nil {
		return nil
	}
	add := func(form string, cells int, read bool) {
		same := slices.IndexFunc(out, func(have ValueForm) bool { return have.Form == form && have.Read == read })
		switch {
		case cells == 0:
		case same >= 0:
			out[same].Cells += cells
		default:
			out = append(out, ValueForm{Form: form, Cells: cells, Read: read})
		}
	}
	for i, cells := range d.read {
		add(names[i], cells, true)
	}
	others := d.unread
	for _, form := range sortedKeys(d.forms) {
		add(form, d.forms[form], false)
		others -= d.forms[form]
	}
	for _, word := range empty {
		others -= d.words[word]
	}
	add(otherForm, others, false)
	return out
}
