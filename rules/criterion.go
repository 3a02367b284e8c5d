package rules

import (
	"slices"
	"strings"
)

// criteria reads the criteria of an accreditation; one whose rule the
// accreditation has already changes it.
func (d *schemeDocument) criteria(a *Accreditation) func(*value) {
	return func(v *value) {
		if v.kind != list || len(v.items) == 0 {
			d.fault(v, "- rule: allergy/coded", "want a list of criteria")
			return
		}
		var seen []*Rule
		for _, item := range v.items {
			if item.kind != mapping || !item.has("rule") {
				d.fault(item, "- rule: allergy/coded", "want a criterion with the key %q", "rule")
				continue
			}
			r := d.rule(item.at("rule"))
			if r == nil {
				continue
			}
			if slices.Contains(seen, r) {
				d.fault(item.at("rule"), "", "%s appears twice", r.ID)
				continue
			}
			seen = append(seen, r)
			i := slices.IndexFunc(a.Criteria, func(c Criterion) bool { return c.Rule == r })
			if i < 0 {
				a.Criteria = append(a.Criteria, Criterion{Rule: r, Requirement: Local, Weight: -1, Threshold: r.Threshold, ThresholdFrom: r.ThresholdFrom})
				i = len(a.Criteria) - 1
			}
			d.criterion(item, &a.Criteria[i])
		}
	}
}

// criterion reads the keys of one criterion into c, which holds what the
// scheme extended says, or the rule.
func (d *schemeDocument) criterion(v *value, c *Criterion) {
	fresh := c.Weight < 0
	var id, tier string
	weight := max(0, c.Weight)
	own := c.Threshold
	d.object(v, "a criterion", []key{
		{"rule", true, d.text(&id)},
		{"requirement", false, d.text(&c.Requirement)},
		{"severity", fresh, choice(&d.document, &c.Severity, Blocker, Major, Minor, Info)},
		{"weight", false, d.integer(&weight, 0, 100)},
		{"threshold", false, d.threshold(&c.Threshold)},
		{"threshold_from", false, d.text(&c.ThresholdFrom)},
		{"tier", false, d.text(&tier)},
		{"only", false, choice(&d.document, &c.Only, Outgoing)},
	})
	c.Weight = weight
	switch {
	case c.Rule.Info && c.Severity != Info:
		d.fault(v.at("severity"), "severity: info", "%s is an info rule, which is not judged", c.Rule.ID)
	case c.Severity != Info && c.Severity != "" && c.Weight == 0:
		d.fault(v.at("weight"), "", "a criterion that is judged needs a weight from 1 to 100")
	}
	if c.Severity == Blocker && slices.Contains(c.Rule.Answers, NotApplicable) {
		d.fault(v.at("severity"), "judge it as major", "%s takes the answer %s, which would lift a blocker", c.Rule.ID, NotApplicable)
	}
	switch {
	case v.has("threshold") && (c.Rule.Info || c.Rule.Evidence == EvidenceDeclared):
		d.fault(v.at("threshold"), "", "%s is not judged by a threshold", c.Rule.ID)
	case v.has("threshold") && v.has("tier"):
		d.fault(v.at("tier"), "", "give a threshold or a tier, not both")
	case v.has("threshold") && c.Threshold.Set && !v.has("threshold_from") && c.Threshold.String() != own.String():
		d.fault(v.at("threshold"), "say who set it", "another threshold than the rule's needs the key %q", "threshold_from")
	case v.has("tier"):
		d.tier(v.at("tier"), tier, c)
	}
}

// tier makes the tier that blocks the criterion's threshold.
func (d *schemeDocument) tier(v *value, text string, c *Criterion) {
	percent, err := parsePercent(text)
	tiers := make([]string, len(c.Rule.Threshold.Tiers))
	for i, t := range c.Rule.Threshold.Tiers {
		tiers[i] = FormatPercent(t)
	}
	switch {
	case len(tiers) == 0:
		d.fault(v, "", "%s has no tiers", c.Rule.ID)
	case err != nil || !slices.Contains(c.Rule.Threshold.Tiers, percent):
		d.fault(v, "", "want one of the tiers of %s: %s", c.Rule.ID, strings.Join(tiers, ", "))
	default:
		c.Threshold = c.Rule.Threshold
		c.Threshold.Percent = percent
	}
}
