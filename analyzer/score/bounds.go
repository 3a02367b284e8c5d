package score

import (
	"fmt"
	"slices"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/report"
	"paperlight/rules"
)

// What the counts of a rule leave open. All shares are in hundredths of a
// percent.
const (
	// bearable is the share of undetermined records that a mark of all or none
	// bears: it has no room for one that fails.
	bearable = 50
	// manyExcluded is noted, and mostExcluded leaves a blocker without evidence.
	manyExcluded, mostExcluded = 2500, 5000
)

// status judges the counts. Records of which the extract does not say whether
// they count are taken once as all failing and once as all achieving: where the
// two disagree, nothing can be told. why says so.
func (e *evidence) status(t rules.Threshold, blocks bool) (status report.Status, why string) {
	n := e.tally
	if excluded := e.excluded(); excluded > manyExcluded {
		e.note(fmt.Sprintf("%s of the records are left out, as the rule says", rules.FormatPercent(excluded/100*100)))
		if blocks && excluded > e.excludeAtMost() {
			return report.NotAssessable, "most of the records are left out, as the rule says: too few are left to judge by"
		}
	}
	if n.Denominator == 0 && n.Undetermined == 0 {
		return e.noneFound()
	}
	worst := count{n.Numerator, n.Denominator + n.Undetermined}
	best := count{n.Numerator + n.Undetermined, n.Denominator + n.Undetermined}
	if t.AtMost {
		worst, best = best, worst
	}
	counted := e.judged(worst, t)
	if n.Undetermined == 0 || counted == e.judged(best, t) {
		return counted, ""
	}
	if allOrNone(t) && n.Denominator > 0 && n.Undetermined*whole <= bearable*(n.Denominator+n.Undetermined) {
		return e.judged(count{n.Numerator, n.Denominator}, t), ""
	}
	return report.NotAssessable, fmt.Sprintf("for %s the extract does not say whether they count, and the pass mark turns on them", figures.Plural(n.Undetermined, "record", "records"))
}

// failsAnyway reports whether the rule's own mark is missed even if all of the
// undetermined records achieve it.
func (e *evidence) failsAnyway() bool {
	if e.rule == nil || e.rule.Info || !e.rule.Threshold.Set || e.tally.Denominator == 0 {
		return false
	}
	status, _ := e.status(e.rule.Threshold, false)
	return status == report.Failed
}

// judged is the status of counts that leave nothing open.
func (e *evidence) judged(n count, t rules.Threshold) report.Status {
	switch {
	case !e.onPractice() && n.tooFew(t):
		return report.TooFew
	case n.meets(t, t.Percent):
		return report.Passed
	}
	return report.Failed
}

// noneFound is the status where nothing is eligible. Of a rule that counts faults
// that is good, if the table holds enough for a fault to be found in.
func (e *evidence) noneFound() (status report.Status, why string) {
	switch {
	case !e.rule.EmptyMet:
		return report.NotApplicable, ""
	case e.registered > 0 && e.rows*1000 < e.rule.Floor*e.registered:
		return report.NotAssessable, fmt.Sprintf("nothing was found, but the extract has only %s to look in, and needs %s for each 1,000 patients", figures.Plural(e.rows, "record", "records"), figures.Count(e.rule.Floor))
	}
	return report.Passed, ""
}

// excluded is the share of the records that would count which the rule leaves
// out.
func (e *evidence) excluded() int64 {
	if e.tally.Excluded == 0 {
		return 0
	}
	share, _ := mulDiv(e.tally.Excluded, whole, e.tally.Denominator+e.tally.Excluded)
	return share
}

func (e *evidence) excludeAtMost() int64 {
	if e.rule.ExcludeAtMost > 0 {
		return e.rule.ExcludeAtMost
	}
	return mostExcluded
}

// note adds a note to the result once, however many accreditations judge it.
func (e *evidence) note(text string) {
	if !slices.Contains(e.notes, text) {
		e.notes = append(e.notes, text)
	}
}
