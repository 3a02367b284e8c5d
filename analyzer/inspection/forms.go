package inspection

import (
	"slices"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/mapping"
)

// A fileForms is how the values of one file are written.
type fileForms struct {
	Name  string
	Forms []formUse
}

// A formUse is a form and the columns it was met in, with how many cells of each.
type formUse struct {
	Form    string
	Columns []string
	Read    bool
}

// formsByFile are the forms file by file, the columns of one form together.
func formsByFile(forms []mapping.ValueForm) []fileForms {
	var out []fileForms
	for i := range forms {
		f := &forms[i]
		if name := place(f); len(out) == 0 || out[len(out)-1].Name != name {
			out = append(out, fileForms{Name: name})
		}
		file := &out[len(out)-1]
		said := formWords(f)
		at := slices.IndexFunc(file.Forms, func(have formUse) bool { return have.Form == said && have.Read == f.Read })
		if at < 0 {
			at = len(file.Forms)
			file.Forms = append(file.Forms, formUse{Form: said, Read: f.Read})
		}
		if f.Column == "" {
			continue
		}
		column := extract.Shown(f.Column)
		if n := cells(f); n != "" {
			column += " (" + n + ")"
		}
		file.Forms[at].Columns = append(file.Forms[at].Columns, column)
	}
	return out
}
