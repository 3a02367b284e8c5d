package mapping

import (
	"fmt"
	"strings"
)

// readingNotes says in which forms, other than the usual ones, values were found and read.
func (b *bindings) readingNotes() []string {
	var out []string
	if b.below != "" {
		out = append(out, fmt.Sprintf("The tables were read from the folder %s inside what was given.", shown(b.below)))
	}
	for _, f := range b.all() {
		if f.file.Unquoted {
			out = append(out, fmt.Sprintf("%s: values begin with quotation marks that do not enclose them. The marks were read as part of the text.", shown(label(f.file))))
		}
	}
	for _, name := range sortedKeys(b.habits) {
		h := b.habits[name]
		if len(h.words) > 0 {
			out = append(out, fmt.Sprintf("%s: %s was read as an empty cell.", b.filesOf(name), strings.Join(h.words, " or ")))
		}
		for _, column := range sortedKeys(h.dates) {
			out = append(out, fmt.Sprintf("%s, %s: dates look like %s, and cannot be read. Write them as YYYY-MM-DD.", b.filesOf(name), shown(column), h.dates[column]))
		}
		if len(h.floats) > 0 {
			out = append(out, fmt.Sprintf("%s: whole numbers with a decimal point, as in 12.0, were read as whole numbers in %s.", b.filesOf(name), shownAll(sortedKeys(h.floats))))
		}
	}
	return append(out, b.misses...)
}

// filesOf names the files of a source: the first, and how many more.
func (b *bindings) filesOf(name string) string {
	files := b.files[name]
	first := shown(label(files[0].file))
	if len(files) > 1 {
		first += fmt.Sprintf(" and %d more", len(files)-1)
	}
	return first
}

func shownAll(names []string) string {
	for i := range names {
		names[i] = shown(names[i])
	}
	return strings.Join(names, ", ")
}
