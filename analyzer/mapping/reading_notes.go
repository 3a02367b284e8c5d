package mapping

import "fmt"

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
	return out
}
