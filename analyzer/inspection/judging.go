package inspection

import (
	"cmp"
	"slices"
	"strings"

	"paperlight/analyzer"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/rules"
)

// A Judging says how far an extract can be judged, by its tables, columns and dates.
type Judging struct {
	// Scheme is the title of the scheme that it would be judged by.
	Scheme string `json:"scheme"`
	// Refused is why nothing can be judged, and Cure what to do; empty where something
	// can.
	Refused string `json:"refused"`
	Cure    string `json:"cure"`
	// Checks is how many checks of the scheme read the extract, and Made how many of
	// them can be made. Asked is how many beside them only the practice can answer.
	Checks int `json:"checks"`
	Made   int `json:"made"`
	Asked  int `json:"asked"`
	// Unmade are those that cannot be made, the gravest first; Lost says which of them
	// each absence costs.
	Unmade []Check `json:"unmade"`
	Lost   []Loss  `json:"lost"`
}

// A Check is one that cannot be made.
type Check struct {
	Rule  string `json:"rule"`
	Code  string `json:"code"`
	Title string `json:"title"`
	// Severity is the gravest that an accreditation of the scheme gives it.
	Severity rules.Severity `json:"severity"`
	// Answer says that an answer of the practice can stand in.
	Answer bool `json:"answer"`
}

// A Loss is what the absence of a table or column costs.
type Loss struct {
	// Lacks is a table, a column as table.column, or several of which one would do.
	Lacks []string `json:"lacks"`
	// Never says that no extract of the system has it.
	Never bool `json:"never"`
	// File is the side table for want of which it is absent, where that is the reason.
	File string `json:"file,omitempty"`
	// Rules are the checks, in the order of Unmade.
	Rules []string `json:"rules"`

	checks []*Check
}

// severities are in order: the gravest first.
var severities = []rules.Severity{rules.Blocker, rules.Major, rules.Minor, rules.Info}

// gravest are the rules that a scheme asks for, with the gravest severity of each.
func gravest(s *rules.Scheme, outgoing bool) map[*rules.Rule]rules.Severity {
	out := map[*rules.Rule]rules.Severity{}
	for i := range s.Accreditations {
		for _, c := range s.Accreditations[i].Criteria {
			if c.Only == rules.Outgoing && !outgoing {
				continue
			}
			if have, ok := out[c.Rule]; !ok || slices.Index(severities, c.Severity) < slices.Index(severities, have) {
				out[c.Rule] = c.Severity
			}
		}
	}
	return out
}

// of works out which checks of the scheme an extract can supply.
func (j *Judging) of(x *extract.Extract, o Options, outgoing bool) error {
	// What the extract lacks does not turn on practices and their dates.
	_, missing, err := analyzer.Programs(x, o.Catalogue, &analyzer.Practices{})
	if err != nil {
		return err
	}
	j.Scheme = cmp.Or(o.Scheme.Title, o.Scheme.ID)
	j.Unmade, j.Lost = []Check{}, []Loss{}
	severity := gravest(o.Scheme, outgoing)
	for _, rule := range o.Catalogue.Rules {
		grave, asked := severity[rule]
		switch {
		case !asked:
			continue
		case rule.Checked == nil:
			j.Asked++
			continue
		}
		j.Checks++
		if len(missing[rule.ID]) > 0 {
			j.Unmade = append(j.Unmade, Check{Rule: rule.ID, Code: rule.Code, Title: rule.Title, Severity: grave, Answer: rule.Declares != ""})
		}
	}
	j.Made = j.Checks - len(j.Unmade)
	slices.SortStableFunc(j.Unmade, func(a, b Check) int { return cmp.Compare(a.graveness(), b.graveness()) })
	j.losses(x, missing)
	return nil
}

// losses gathers the checks that cannot be made by what is absent.
func (j *Judging) losses(x *extract.Extract, missing map[string][]string) {
	at := map[string]int{}
	for i := range j.Unmade {
		check := &j.Unmade[i]
		for _, reason := range missing[check.Rule] {
			reason = tableOf(x, reason)
			if _, have := at[reason]; !have {
				at[reason] = len(j.Lost)
				j.Lost = append(j.Lost, Loss{Lacks: strings.Split(reason, " or "), Never: never(x, reason), File: fileOf(x, reason)})
			}
			loss := &j.Lost[at[reason]]
			if !slices.Contains(loss.Rules, check.Rule) {
				loss.Rules, loss.checks = append(loss.Rules, check.Rule), append(loss.checks, check)
			}
		}
	}
	slices.SortStableFunc(j.Lost, func(a, b Loss) int {
		return cmp.Or(cmp.Compare(a.checks[0].graveness(), b.checks[0].graveness()), -cmp.Compare(len(a.Rules), len(b.Rules)))
	})
}

func (c *Check) graveness() int { return slices.Index(severities, c.Severity) }

// stops reports whether the check can stop a practice.
func (c *Check) stops() bool { return c.Severity == rules.Blocker }

// tableOf is the table, where a reason names columns of one that is absent as a whole.
func tableOf(x *extract.Extract, reason string) string {
	table := ""
	for one := range strings.SplitSeq(reason, " or ") {
		name, _, column := strings.Cut(one, ".")
		t := schema.Lookup(name)
		if !column || t == nil || x.Table(t) != nil || table != "" && table != name {
			return reason
		}
		table = name
	}
	return table
}

// never reports whether all that would do is in tables which the system never has.
func never(x *extract.Extract, reason string) bool {
	for one := range strings.SplitSeq(reason, " or ") {
		name, _, _ := strings.Cut(one, ".")
		if !slices.ContainsFunc(x.NeverHas, func(t *schema.Table) bool { return t.Name == name }) {
			return false
		}
	}
	return true
}

// fileOf is the side table with which one of what would do were there; "" where there is
// none.
func fileOf(x *extract.Extract, reason string) string {
	for i := range x.Missing {
		m := &x.Missing[i]
		if slices.ContainsFunc(strings.Split(reason, " or "), m.Cost) {
			return m.File
		}
	}
	return ""
}

// stopping counts the checks that cannot be made and can stop a practice.
func (j *Judging) stopping() int64 {
	n := int64(0)
	for i := range j.Unmade {
		if j.Unmade[i].stops() {
			n++
		}
	}
	return n
}
