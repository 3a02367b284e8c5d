package score

import (
	"slices"

	"paperlight/analyzer/report"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// evidence is all that is known of one rule in one practice.
type evidence struct {
	id    string
	rule  *rules.Rule // nil where the catalogue no longer has it
	tally state.Tally
	// measured: the counts hold.
	measured bool
	missing  []string
	// unanswered are the answers that the conditions read and nobody gave.
	unanswered []string
	// awaited: but for them the rule could be judged.
	awaited bool
	// doubted: a list that the rule reads has lines that cannot be used. No answer can
	// stand for figures that were given; what else fails still does.
	doubted bool
	answer  answer
	notes   []string
	// given are the counts of the practice's answers that conditions read.
	given []report.Beside
	// rows are those of the rule's table, and registered the patients, of the
	// practice.
	rows, registered int64
}

// gather brings together the evidence for a rule. ran says that the rule was
// among those counted.
func gather(in *Input, practice *state.PracticeState, id string, tally state.Tally, ran bool) *evidence {
	e := &evidence{id: id, rule: in.Catalogue.Rule(id), tally: tally, registered: practice.Registered}
	e.notes = append(e.notes, in.RuleNotes[id]...)
	e.missing = append(e.missing, in.Missing[id]...)
	e.coverage(in.Catalogue, practice)
	e.notes = append(e.notes, damageNotes(id, practice)...)
	open := doubts(id, practice)
	e.doubted = open != nil
	fails := tally.Denominator > tally.Numerator
	if e.rule != nil {
		if t := e.rule.Table; t != nil && t.Index < len(practice.Rows) {
			e.rows = practice.Rows[t.Index]
		}
		if open == nil {
			e.answer = answerTo(in, e.rule, practice.ID, practice.AsOf)
		}
		e.notes = append(e.notes, e.answer.notes...)
		e.read(in, practice.ID, practice.AsOf)
	}
	declared := e.rule != nil && e.rule.Evidence == rules.EvidenceDeclared
	switch {
	case practice.Registered == 0 && len(practice.Rows) > schema.Patients.Index && practice.Rows[schema.Patients.Index] == 0:
		e.missing = append(e.missing, "the extract has no patients of this practice")
	case declared:
		if !e.answer.given {
			e.missing = append(e.missing, "an answer of the practice: "+e.rule.Declares)
		}
	case len(e.missing) > 0:
	case e.doubted && !fails:
		e.missing = append(e.missing, open...)
	case !ran:
		e.missing = append(e.missing, "the rule was not run")
	case tally.Missing:
		e.missing = append(e.missing, "this practice has none of what the rule reads")
	case tally.Undetermined > tally.Denominator && len(e.unanswered) > 0 && !e.failsAnyway():
		e.missing, e.awaited = append(e.missing, e.unanswered...), true
	case tally.Undetermined > determined(e.rule, practice, tally) && !e.failsAnyway():
		e.missing = append(e.missing, "for most records the extract does not say whether they count")
	default:
		e.measured = true
		e.notes = append(e.notes, open...)
		// More than 5 % of both together: 20u > u + d.
		if tally.Undetermined > 0 && 19*tally.Undetermined > determined(e.rule, practice, tally) {
			e.notes = append(e.notes, "for over 5% of the records the extract does not say whether they count; they are left out")
		}
	}
	return e
}

// answerable: the practice can give the evidence, by an answer in the place of the
// records or of what alone the conditions lack, or by a list that can be read.
func (e *evidence) answerable() bool {
	return e.rule != nil && e.rule.Evidence != rules.EvidenceData || e.awaited || e.doubted
}

// determined counts the records for which the file says whether they count: those
// that do. Of a rule that only lists, what is listed says nothing of how many
// were looked at: there it is every other row of the table.
func determined(rule *rules.Rule, practice *state.PracticeState, t state.Tally) int64 {
	if rule == nil || rule.Table == nil || rule.Source.Expect != "" || rule.Table.Index >= len(practice.Rows) {
		return t.Denominator
	}
	return max(t.Denominator, practice.Rows[rule.Table.Index]-t.Undetermined)
}

// result is the evidence as the report gives it.
func (e *evidence) result() report.Result {
	r := report.Result{
		Rule:    e.id,
		Missing: sorted(e.missing),
		Notes:   unique(e.notes),
	}
	if e.rule != nil {
		r.Code = e.rule.Code
	}
	if !e.measured {
		if len(e.missing) > 0 && e.tally.Undetermined > 0 && !e.tally.Missing {
			r.Undetermined = &e.tally.Undetermined
		}
		return r
	}
	t := e.tally
	r.Numerator, r.Denominator = &t.Numerator, &t.Denominator
	r.Excluded, r.Undetermined, r.Unknown = &t.Excluded, &t.Undetermined, &t.Unknown
	if t.HasValue {
		r.Value = &t.Value
	}
	if t.Denominator > 0 && e.judgesRecords() {
		c := count{t.Numerator, t.Denominator}
		rate := c.rate()
		r.Rate = &rate
		if !e.onPractice() {
			interval := c.interval()
			r.Interval = &interval
		}
	}
	return r
}

// judgesRecords: the rule says which of its records are as they should be. One
// that only lists has no rate.
func (e *evidence) judgesRecords() bool { return e.rule == nil || e.rule.Source.Expect != "" }

func (e *evidence) onPractice() bool {
	return e.rule != nil && e.rule.Table == schema.Practice
}

func sorted(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	s = slices.Compact(s)
	if s == nil {
		s = []string{}
	}
	return s
}

// unique keeps the first of equal notes, in their order.
func unique(notes []string) []string {
	out := []string{}
	for _, n := range notes {
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}
