package rules

import (
	"regexp"

	"paperlight/analyzer/expr"
)

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// parseDefinitions reads definitions.yaml: a list of named expressions.
func parseDefinitions(t *textFile, faults *faults) []expr.Definition {
	v, err := t.yaml(t.lines())
	if err != nil {
		faults.add(err)
		return nil
	}
	d := t.document(faults)
	if v.kind != list {
		d.fault(v, "- name: registered", "want a list of definitions")
		return nil
	}
	var out []expr.Definition
	for _, item := range v.items {
		before := len(faults.list)
		def := d.definition(item)
		if len(faults.list) == before {
			out = append(out, def)
		}
	}
	return out
}

func (d *document) definition(v *value) expr.Definition {
	def := expr.Definition{File: d.file}
	var single expr.Alternative
	d.object(v, "a definition", []key{
		{"name", true, d.text(&def.Name)},
		{"table", true, d.table(&def.Table)},
		{"doc", true, d.text(&def.Doc)},
		{"is", false, d.expression(&single.Text, &single.Line)},
		{"optional", false, d.columns(v, &single.Optional)},
		{"any_of", false, func(any *value) {
			if any.kind != list {
				d.fault(any, "", "want a list of alternatives, each with is:")
				return
			}
			for _, item := range any.items {
				def.Alternatives = append(def.Alternatives, d.alternative(v, item))
			}
		}},
	})
	if v.kind != mapping {
		return def
	}
	if def.Name != "" && !nameForm.MatchString(def.Name) {
		d.fault(v.at("name"), "", "want a name of small letters, digits and underscores")
	}
	switch hasIs, hasAny := v.has("is"), v.has("any_of"); {
	case hasIs == hasAny:
		d.fault(v, "", "a definition needs either is: or any_of:")
	case hasIs:
		def.Alternatives = []expr.Alternative{single}
	case len(single.Optional) > 0:
		d.fault(v.at("optional"), "move it into the alternatives", "optional: stands beside is:")
	case v.at("any_of").kind == list && len(def.Alternatives) == 0:
		d.fault(v.at("any_of"), "", "want at least one alternative")
	}
	return def
}

func (d *document) alternative(definition, v *value) expr.Alternative {
	var a expr.Alternative
	d.object(v, "an alternative", []key{
		{"is", true, d.expression(&a.Text, &a.Line)},
		{"optional", false, d.columns(definition, &a.Optional)},
		{"note", false, d.text(&a.Note)},
		{"without", false, d.table(&a.Without)},
	})
	return a
}
