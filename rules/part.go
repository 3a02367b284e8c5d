package rules

import (
	"slices"
	"strings"
)

// BatchPart is the name of the part that looks for entries made in a batch.
const BatchPart = "batch"

// PartID is how a part of a rule is called: set/name#part.
func PartID(rule, part string) string { return rule + "#" + part }

// SplitPart parts the id of a part into those of its rule and its name, which
// is empty where id is of a rule.
func SplitPart(id string) (rule, part string) {
	rule, part, _ = strings.Cut(id, "#")
	return rule, part
}

// PartName is the name of the part, or empty where r is a rule of its own.
func (r *Rule) PartName() string {
	_, part := SplitPart(r.ID)
	return part
}

// NoCases says that a rule, or a part of one, has none.
func (r *Rule) NoCases() string {
	if part := r.PartName(); part != "" {
		return "what is counted beside the rule has no cases: " + part
	}
	return "the rule has no cases"
}

// Whole is the rule and its parts, the rule first.
func (r *Rule) Whole() []*Rule { return append([]*Rule{r}, r.Parts...) }

// batch reads which entries make up the numerator and what day each is of.
func (d *document) batch(into *[]*Rule) func(*value) {
	return func(v *value) {
		p := &Rule{ID: BatchPart, Title: "Days of the entries that count"}
		s := &p.Source
		d.object(v, "a batch signal", []key{
			{"table", true, d.table(&p.Table)},
			{"where", true, d.expression(&s.Where, &s.WhereLine)},
			{"exclude", false, d.expression(&s.Exclude, &s.ExcludeLine)},
			{"date", true, d.expression(&s.Date, &s.DateLine)},
			{"optional", false, d.columns(v, &s.Optional)},
		})
		*into = append(*into, p)
	}
}

// beside reads what is counted and shown beside the rule.
func (d *document) beside(into *[]*Rule) func(*value) {
	return func(v *value) {
		if v.kind != list || len(v.items) == 0 {
			d.fault(v, `- {name: all-records, title: "All records", table: patients, where: registered}`, "want a list of what is counted beside the rule")
			return
		}
		for _, item := range v.items {
			p := &Rule{}
			s := &p.Source
			d.object(item, "what is counted beside a rule", []key{
				{"name", true, d.text(&p.ID)},
				{"title", true, d.text(&p.Title)},
				{"table", true, d.table(&p.Table)},
				{"where", true, d.expression(&s.Where, &s.WhereLine)},
				{"exclude", false, d.expression(&s.Exclude, &s.ExcludeLine)},
				{"expect", false, d.expression(&s.Expect, &s.ExpectLine)},
				{"value", false, d.expression(&s.Value, &s.ValueLine)},
				{"optional", false, d.columns(item, &s.Optional)},
			})
			twice := slices.ContainsFunc(*into, func(have *Rule) bool { return have.ID == p.ID })
			switch at := item.at("name"); {
			case p.ID == "":
			case !keyForm.MatchString(p.ID) || p.ID == BatchPart:
				d.fault(at, "such as all-records", "want a name of small letters, digits and hyphens, and not %s", BatchPart)
			case twice:
				d.fault(at, "", "the name %s appears twice", p.ID)
			}
			if strings.HasSuffix(p.Title, ".") {
				d.fault(item.at("title"), "", "want a title without a full stop")
			}
			*into = append(*into, p)
		}
	}
}

// ownParts makes the parts read of a page those of r: rules that judge nothing.
func (d *document) ownParts(v *value, r *Rule) {
	if len(r.Parts) > 0 && r.Evidence == EvidenceDeclared {
		d.fault(v.at("evidence"), "", "a declared rule reads no data, so nothing is counted beside it")
	}
	for _, p := range r.Parts {
		p.ID, p.Info, p.Evidence, p.Dimension, p.Owner = PartID(r.ID, p.ID), true, EvidenceData, r.Dimension, r.Owner
		p.File, p.ListedFrom = r.File, 1
		p.Source.File, p.Source.Table = r.File, p.Table
	}
}
