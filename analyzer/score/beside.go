package score

import (
	"slices"

	"paperlight/analyzer/report"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// beside adds to a rule's result what was counted beside it. parts are the
// tallies of the practice by id. What is beside a rule that was not measured
// says nothing and is left out, unless it was only for want of an answer.
func (e *evidence) beside(out *report.Result, in *Input, p *state.PracticeState, parts map[string]state.Tally) {
	if e.rule == nil || !e.measured && !e.awaited {
		return
	}
	out.Beside = append(out.Beside, e.given...)
	for _, part := range e.rule.Parts {
		tally, ran := parts[part.ID]
		missing := sorted(in.Missing[part.ID])
		if !ran && len(missing) == 0 {
			continue
		}
		if part.PartName() == rules.BatchPart {
			out.Batch = &report.Batch{Missing: missing}
			if !tally.Missing {
				entriesByDay(out.Batch, p, part.ID)
			}
			continue
		}
		b := report.Beside{Name: part.PartName(), Title: part.Title, Table: part.Table.Name, Missing: missing}
		if ran && !tally.Missing {
			b.Denominator = &tally.Denominator
			if part.Source.Expect != "" {
				b.Numerator = &tally.Numerator
			}
			switch {
			case part.Source.Value != "" && tally.Denominator == 0:
				continue // nobody gave what is to be shown
			case part.Table == schema.Practice && part.Source.Expect != "" && tally.Denominator == 0:
				continue // the question was not one for this practice
			case tally.HasValue:
				b.Value = &tally.Value
			}
			if part.Source.Expect != "" && tally.Denominator > 0 {
				rate := count{tally.Numerator, tally.Denominator}.rate()
				b.Rate = &rate
			}
		}
		out.Beside = append(out.Beside, b)
	}
}

// entriesByDay finds the busiest day (the latest of several) and the share of
// the last days. Entries without a day are left out.
func entriesByDay(out *report.Batch, p *state.PracticeState, id string) {
	var sum state.DaySum
	if at := slices.IndexFunc(p.Days, func(d state.Days) bool { return d.Rule == id }); at >= 0 {
		sum = p.Days[at].Summed(p.AsOf)
	}
	total, busiest, recent := sum.Rows, sum.Busiest, sum.Recent
	out.Entries, out.Busiest, out.Last28 = &total, &busiest, &recent
	if total == 0 {
		return
	}
	out.BusiestDay = sum.BusiestDay.String()
	busiestShare, recentShare := count{busiest, total}.rate(), count{recent, total}.rate()
	out.BusiestShare, out.Last28Share = &busiestShare, &recentShare
	enough := total >= report.FewestEntries
	out.ManyOnOneDay, out.ManyInLast28 = enough && 5*busiest > total, enough && 5*recent > total
}
