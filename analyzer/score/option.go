package score

import (
	"paperlight/analyzer/report"
	"paperlight/rules"
)

// weakened are the options that a scheme amounts to which asks less than the
// one it extends.
func weakened(s *rules.Scheme) []report.Option {
	if s == nil {
		return nil
	}
	var out []report.Option
	for _, w := range s.Weakened {
		out = append(out, report.Option{
			Name: "scheme", Value: w.Rule,
			Says: "the scheme " + s.ID + " asks less than the one it extends: " + w.Rule + " in " + w.Accreditation + " is " + w.How,
		})
	}
	return out
}

// reading are the options that say how the extract was read.
func reading(all []report.Option) []report.Option {
	out := []report.Option{}
	for _, o := range all {
		if o.Reads {
			out = append(out, o)
		}
	}
	return out
}
