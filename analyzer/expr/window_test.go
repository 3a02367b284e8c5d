package expr_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
)

// windows are the faults of a rule, each as the name under the caret and the
// first word that tells one kind from another.
func windows(t *testing.T, s expr.Source, open ...*schema.Column) []string {
	t.Helper()
	s.File = "r.md"
	checked, err := language(t).Check(s)
	require.NoError(t, err)
	var out []string
	faults, _ := checked.Windows(open)
	for _, f := range faults {
		for _, kind := range []string{"has no upper end", "be present and lie ahead", "the latest", "has no lower end", "for one that has come", "nothing bounds"} {
			if strings.Contains(f.Message, kind) {
				out = append(out, kind)
			}
		}
		require.Contains(t, f.Hint, "open_ended")
	}
	return out
}

func TestWindowsHaveTwoEnds(t *testing.T) {
	const (
		high, present, latest = "has no upper end", "be present and lie ahead", "the latest"
		low, absent, rows     = "has no lower end", "for one that has come", "nothing bounds"
	)
	for _, c := range []struct {
		table, text string
		want        []string
	}{
		{"events", `event_date >= as_of - months(12)`, []string{high}},
		{"events", `event_date > date("2019-04-01")`, []string{high}},
		{"events", `date("2019-04-01") <= event_date`, []string{high}},
		{"events", `event_date == date("2019-04-01")`, []string{high}},
		{"events", `event_date >= as_of - months(12) && event_date <= as_of`, nil},
		{"events", `event_date >= as_of - months(12) && event_date <= as_of + days(1)`, []string{high}},
		{"events", `event_date >= as_of - months(12) && event_date < as_of + days(1)`, nil},
		{"events", `event_date >= as_of - months(12) && !(event_date > as_of)`, nil},
		{"events", `event_date >= as_of - months(12) && !is_true(event_date > as_of)`, nil},
		{"events", `event_date >= as_of - months(12) && (event_date <= as_of || has(code))`, []string{high}},
		{"events", `event_date >= as_of - months(12) && (event_date <= as_of || event_date < as_of - days(3) && event_date > as_of - days(9))`, nil},
		{"events", `!(event_date < as_of - months(12) || event_date > as_of)`, nil},
		{"events", `!(event_date < as_of - months(12))`, []string{high}},
		{"events", `recorded_date <= as_of && event_date >= as_of - months(12)`, []string{high}},
		{"events", `event_date >= as_of - months(12) && event_date <= recorded_date && recorded_date <= as_of`, nil},
		{"events", `event_date >= recorded_date && recorded_date >= event_date`, []string{high, high}},
		{"events", `year(event_date) >= 2019`, []string{high}},
		{"events", `event_date in [date("1900-01-01")]`, []string{high}},
		{"events", `!(event_date in [date("1900-01-01")])`, nil},
		{"events", `has(event_date)`, []string{present}},
		{"events", `has(event_date) && event_date <= as_of`, nil},
		{"events", `has(code) ? event_date >= as_of - days(3) : event_date <= as_of`, []string{high}},
		{"events", `is_true(event_date >= as_of - days(3)) == has(code)`, []string{high, low}},
		// What must not be before the as-of date lies ahead on purpose.
		{"medications", `end_date > as_of || review_due_date >= as_of`, nil},
		{"medications", `end_date > as_of - days(2)`, []string{high}},
		{"medications", `!has(end_date) || end_date > as_of`, nil},
		{"medications", `!has(end_date)`, []string{absent}},
		{"medications", `!is_true(end_date <= as_of)`, nil},
		// A deadline alone takes in what was done before there was anything to do.
		{"documents", `received_date <= as_of - days(3)`, []string{low}},
		{"documents", `received_date < date("2020-01-01")`, []string{low}},
		{"documents", `received_date <= as_of && filed_date <= received_date + working_days(3)`, []string{low}},
		{"documents", `received_date <= as_of && filed_date >= received_date && filed_date <= received_date + working_days(3)`, []string{high}},
		{"documents", `received_date >= as_of - months(12) && received_date <= as_of - working_days(3) && filed_date >= received_date && filed_date <= received_date + working_days(3)`, nil},
		{"documents", `received_date >= as_of - months(12) && received_date <= as_of - working_days(3) && filed_date >= received_date && filed_date <= received_date + working_days(4)`, []string{high}},
		// Ages.
		{"patients", `years_between(birth_date, as_of) >= 45`, nil},
		{"patients", `years_between(birth_date, as_of) < 1`, []string{high}},
		{"patients", `age < 1`, []string{high}},
		{"patients", `age >= 18 && has(birth_date)`, []string{present}},
		// Lists.
		{"patients", `events.exists(e, has(e.code))`, []string{rows}},
		{"patients", `!events.exists(e, has(e.code) && e.event_date <= as_of)`, nil},
		{"patients", `events.all(e, has(e.code))`, []string{rows}},
		{"patients", `events.size() > 0`, []string{rows}},
		{"patients", `registrations.exists(r, r.open)`, nil},
		// Rows that are asked to lie ahead do so on purpose, and no others.
		{"patients", `events.exists(e, e.event_date > as_of)`, nil},
		{"patients", `events.exists(e, e.event_date >= as_of + days(3))`, nil},
		{"patients", `events.exists(e, e.event_date >= as_of - months(12))`, []string{high, rows}},
		{"patients", `events.exists(e, e.event_date > as_of || has(e.code))`, []string{rows}},
		{"patients", `medications.count(m, m.end_date >= birth_date && m.end_date <= as_of) > 0`, nil},
		{"patients", `events.latest_date(e, has(e.code), e.event_date) >= birth_date`, []string{latest, rows}},
		{"patients", `events.latest(e, e.event_date <= as_of, e.event_date).exists(x, x.recorded_date > as_of - days(3))`, []string{high}},
		{"patients", `events.latest_date(e, e.event_date <= as_of, e.event_date) >= birth_date`, nil},
		{"practice", `staff.exists(s, has(s.role)) && days_with(consultations.days(c, true, c.consultation_date, 56)) >= 5`, nil},
		{"medications", `patient.events.matched(e, has(e.code), [e.event_date], [start_date])`, []string{high, rows, high}},
		{"medications", `start_date <= as_of && patient.events.matched(e, has(e.code), [e.event_date], [start_date])`, nil},
		// Rows of one patient are one patient's.
		{"medications", `patient.birth_date <= as_of && patient.events.exists(e, e.event_date <= as_of && e.patient.birth_date > as_of - days(3))`, nil},
		{"practice", `declared("x").date >= as_of - days(84)`, []string{high}},
	} {
		require.ElementsMatch(t, c.want, windows(t, expr.Source{Table: schema.Lookup(c.table), Where: c.text}), c.text)
	}
}

func TestWindowsOfTheWholeRule(t *testing.T) {
	events := schema.Lookup("events")
	s := expr.Source{Table: events, Where: `has(event_date)`, Expect: `event_date <= as_of`}
	require.Empty(t, windows(t, s), "what lies ahead is failing")
	s.Expect = `has(code)`
	require.Len(t, windows(t, s), 1)
	s.Where, s.Exclude = `event_date >= as_of - days(9) && event_date <= as_of`, `recorded_date >= as_of - days(9)`
	require.Len(t, windows(t, s), 1, "an exclusion is no hole")
	s.Exclude = `event_date >= as_of - days(3)`
	require.Empty(t, windows(t, s), "where bounds it")
	s.Exclude, s.Date = "", `has(recorded_date) ? recorded_date : event_date`
	require.Len(t, windows(t, s), 1)
	s.Date = `is_true(recorded_date <= as_of) ? recorded_date : event_date`
	require.Empty(t, windows(t, s))
	value := expr.Source{Table: schema.Lookup("practice"), Where: "true", Value: `issues.count(i, i.issue_date > as_of - days(3))`}
	require.Equal(t, []string{"nothing bounds", "has no upper end"}, windows(t, value))
}

func TestOpenEnds(t *testing.T) {
	medications := schema.Lookup("medications")
	due, end := medications.Column("review_due_date"), medications.Column("end_date")
	checked, err := language(t).Check(expr.Source{File: "r.md", Table: medications, Where: "has(review_due_date)"})
	require.NoError(t, err)
	faults, used := checked.Windows([]*schema.Column{due, end})
	require.Empty(t, faults)
	require.Equal(t, []*schema.Column{due}, used, "the other is not needed")
}

func TestWindowIsShownWhereItStands(t *testing.T) {
	checked, err := language(t).Check(expr.Source{File: "r.md", Table: schema.Lookup("patients"), Where: "issues.exists(i, i.issue_date >= as_of)\n  && issues.exists(i, i.issue_date >= as_of - months(12))", WhereLine: 4})
	require.NoError(t, err)
	faults, _ := checked.Windows(nil)
	require.Len(t, faults, 2, "the first asks for what lies ahead")
	require.Contains(t, faults[0].Error(), "r.md:5:6: rows of any day count here")
	require.Equal(t, `r.md:5:23: a day after the as-of date counts here too: i.issue_date has no upper end
      && issues.exists(i, i.issue_date >= as_of - months(12))
                          ^
    hint: add i.issue_date <= as_of, or say under open_ended: [{column: issues.issue_date, reason: "..."}] why it may`, faults[1].Error())
}

func TestWindowsOfDefinitions(t *testing.T) {
	l, err := expr.NewLanguage([]expr.Definition{define("events", "late", "event_date >= as_of - days(3) && event_date <= as_of")}, nil)
	require.NoError(t, err)
	require.Empty(t, l.Windows())
	checked, err := l.Check(expr.Source{File: "r.md", Table: schema.Lookup("patients"), Where: "events.exists(e, e.late)"})
	require.NoError(t, err)
	faults, _ := checked.Windows(nil)
	require.Empty(t, faults, "the definition bounds the rows")
	l, err = expr.NewLanguage([]expr.Definition{define("events", "late", "event_date >= as_of - days(3)")}, nil)
	require.NoError(t, err)
	require.Len(t, l.Windows(), 1)
	require.ErrorContains(t, l.Windows()[0], "definitions.yaml:7:1: a day after the as-of date")
}
