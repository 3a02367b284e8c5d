package rules

import (
	"slices"
	"strings"

	"paperlight/analyzer/expr"
)

// A Reason says, of a record that does not meet one part of what a rule expects,
// what is wrong with it.
type Reason struct{ Condition, Says string }

// reasons reads what a page says of the parts of its expect.
func (d *document) reasons(into *[]Reason) func(*value) {
	return func(v *value) {
		if v.kind != list || len(v.items) == 0 {
			d.fault(v, `- {condition: has(code), says: has no code}`, "want a list of conditions of expect and what each that is not met says")
			return
		}
		for _, item := range v.items {
			var r Reason
			d.object(item, "a reason", []key{{"condition", true, d.text(&r.Condition)}, {"says", true, d.text(&r.Says)}})
			*into = append(*into, r)
		}
	}
}

// judgeReasons holds the reasons to what the rule expects.
func (d *document) judgeReasons(v *value, r *Rule) {
	if len(r.Reasons) == 0 {
		return
	}
	have := expr.Conjuncts(r.Source.Expect)
	for i, reason := range r.Reasons {
		item := v.at("reasons").items[i]
		twice := slices.ContainsFunc(r.Reasons[:i], func(other Reason) bool { return other.Condition == reason.Condition })
		switch {
		case reason.Condition == "" || reason.Says == "":
			// Noted already.
		case !slices.Contains(have, reason.Condition):
			d.fault(item.at("condition"), "the parts of expect are: "+strings.Join(have, "; "), "the condition is not a part of expect")
		case twice:
			d.fault(item.at("condition"), "", "the condition appears twice")
		case strings.HasSuffix(reason.Says, "."):
			d.fault(item.at("says"), "", "want a reason without a full stop")
		}
	}
}

// Shortfalls say, of each part of what the rule expects, what is wrong with a
// record that does not meet it, in the order of expr's Expected.
func (r *Rule) Shortfalls() []string {
	if r.Checked == nil {
		return nil
	}
	out := r.Checked.Shortfalls()
	for i, condition := range r.Checked.Expected() {
		for _, reason := range r.Reasons {
			if reason.Condition == condition {
				out[i] = reason.Says
			}
		}
	}
	return out
}
