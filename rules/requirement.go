package rules

import (
	"regexp"
	"slices"

	"paperlight/analyzer/schema"
)

var requirementForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,15}$`)

// requirements reads the list of what the scheme asks for; one that the scheme
// extended has already is changed, the others are added.
func (d *schemeDocument) requirements(s *Scheme) func(*value) {
	return func(v *value) {
		if v.kind != list || len(v.items) == 0 {
			d.fault(v, `- {id: E1, kind: essential, title: "..."}`, "want a list of requirements")
			return
		}
		var seen []string
		for _, item := range v.items {
			var r Requirement
			d.requirement(item, &r)
			switch {
			case r.ID == "":
				continue
			case slices.Contains(seen, r.ID):
				d.fault(item.at("id"), "", "the requirement %q appears twice", r.ID)
				continue
			}
			seen = append(seen, r.ID)
			i := slices.IndexFunc(s.Requirements, func(q Requirement) bool { return q.ID == r.ID })
			if i < 0 {
				s.Requirements = append(s.Requirements, r)
			} else {
				s.Requirements[i] = r
			}
		}
	}
}

// requirement reads one requirement. Its ID stays empty where it is none.
func (d *schemeDocument) requirement(v *value, r *Requirement) {
	var id string
	d.object(v, "a requirement", []key{
		{"id", true, d.text(&id)},
		{"kind", true, choice(&d.document, &r.Kind, Essential, Desirable)},
		{"title", true, d.text(&r.Title)},
	})
	switch {
	case id == "":
	case id == Local:
		d.fault(v.at("id"), "", "%q is what criteria say that serve no requirement; it cannot be listed", Local)
	case !requirementForm.MatchString(id):
		d.fault(v.at("id"), "", "want an id of letters, digits and hyphens, at most 16, that starts with a letter")
	default:
		r.ID = id
	}
}

// checkServed notes criteria that serve a requirement the scheme does not list,
// where it lists any.
func (d *schemeDocument) checkServed(v *value, s *Scheme) {
	if len(s.Requirements) == 0 {
		return
	}
	ids := make([]string, len(s.Requirements), len(s.Requirements)+1)
	for i, r := range s.Requirements {
		ids[i] = r.ID
	}
	ids = append(ids, Local)
	for _, a := range s.Accreditations {
		for _, c := range a.Criteria {
			if slices.Contains(ids, c.Requirement) {
				continue
			}
			at, own := namedHere(v, a.ID, c.Rule.ID)
			if !own {
				at = v.at("requirements")
			}
			d.fault(at, schema.DidYouMean(c.Requirement, ids), "%s serves %q, which the scheme does not list", c.Rule.ID, c.Requirement)
		}
	}
}

// namedHere finds where the file itself names the requirement of a criterion.
// own is false where a scheme that it extends does.
func namedHere(v *value, accreditation, rule string) (at *value, own bool) {
	for _, a := range v.at("accreditations").items {
		if a.at("id").text != accreditation {
			continue
		}
		for _, c := range a.at("criteria").items {
			if c.has("requirement") && c.at("rule").text == rule {
				return c.at("requirement"), true
			}
		}
	}
	return v, false
}
