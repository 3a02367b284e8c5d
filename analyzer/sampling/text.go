package sampling

import (
	"fmt"
	"io"
	"strings"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/visible"
)

// outcomeWords are the outcomes as people read them.
var outcomeWords = map[Outcome]string{Verified: "verified", NotVerified: "not verified", Unfinished: "not finished"}

// Words are the outcome as people read it.
func (o Outcome) Words() string { return outcomeWords[o] }

// KappaWords say how good an agreement is, after Altman (1991, Practical Statistics for
// Medical Research, p. 404).
func KappaWords(k float64) string {
	switch {
	case k <= 0.2:
		return "poor"
	case k <= 0.4:
		return "fair"
	case k <= 0.6:
		return "moderate"
	case k <= 0.8:
		return "good"
	}
	return "very good"
}

const meaning = `What this means:
  "verified": of each kind of record, as good as all that were looked at are as the
  program found. Of 20 lines, one may differ. A line that nobody could tell of counts
  as one that differs.
  Kappa says how far you and the program agree beyond chance: 0 is what guessing would
  give, and 1 is full agreement.
  "From ... to ..." is where the true figure lies, in 95 of 100 such draws.
  The lines are up to 20 of each kind. So they do not show how many of all records are
  right: for that, see the report.
`

// Text writes the result for people.
func (r *Result) Text(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Hand check of practice %s, as of %s: draw %s\n", r.Practice, r.AsOf, r.Draw)
	b.WriteString(r.Summary() + ".\n")
	for _, outcome := range []Outcome{NotVerified, Unfinished, Verified} {
		for i := range r.Rules {
			if one := &r.Rules[i]; one.Outcome == outcome {
				one.text(&b, r.Differences)
			}
		}
	}
	b.WriteString("\n" + meaning)
	_, err := io.WriteString(w, visible.Text(b.String()))
	return err
}

// Summary is "12 checks: 9 verified, 3 not verified".
func (r *Result) Summary() string {
	count := map[Outcome]int64{}
	for i := range r.Rules {
		count[r.Rules[i].Outcome]++
	}
	var parts []string
	for _, outcome := range []Outcome{Verified, NotVerified, Unfinished} {
		if n := count[outcome]; n > 0 {
			parts = append(parts, figures.Count(n)+" "+outcome.Words())
		}
	}
	return figures.Plural(int64(len(r.Rules)), "check", "checks") + ": " + strings.Join(parts, ", ")
}

func (r *RuleResult) text(b *strings.Builder, differ []Difference) {
	fmt.Fprintf(b, "\n%s: %s\n", strings.TrimSpace(r.Code+" "+r.Rule), r.Outcome.Words())
	r.Met.text(b, "meets the check", "meet the check", AsItShouldBe)
	r.Failing.text(b, "does not meet it", "do not meet it", NotAsItShouldBe)
	if r.Kappa != nil {
		fmt.Fprintf(b, "  Kappa %.2f, from %.2f to %.2f: %s agreement.\n", *r.Kappa, r.KappaInterval[0], r.KappaInterval[1], KappaWords(*r.Kappa))
	} else {
		b.WriteString("  No kappa: it needs an answer for records of both kinds.\n")
	}
	for _, told := range r.Reasons {
		fmt.Fprintf(b, "  %s, \"%s\": %s.\n", told.Answer, told.Reason, figures.Plural(told.Count, "line", "lines"))
	}
	for _, d := range differ {
		if d.Rule != r.Rule {
			continue
		}
		found := "meets the check"
		if d.Found != "met" {
			found = "does not meet the check"
		}
		fmt.Fprintf(b, "  Line %d: the program found that it %s, and the answer is \"%s\".\n", d.Line, found, d.Answer)
	}
}

func (s *Side) text(b *strings.Builder, one, several, says string) {
	if s.Records == 0 {
		fmt.Fprintf(b, "  No record %s.\n", one)
		return
	}
	of := figures.Plural(s.Records, "record", "records") + " that " + several
	if s.Records == 1 {
		of = "1 record that " + one
	}
	fmt.Fprintf(b, "  Of %s, %s drawn: %s \"%s\"", of, isAre(s.Drawn), figures.Count(s.Agree), says)
	for _, more := range []struct {
		n    int64
		says string
	}{{s.Differ, "otherwise"}, {s.CannotTell, "\"" + CannotTell + "\""}, {s.Unanswered, "without an answer"}} {
		if more.n > 0 {
			fmt.Fprintf(b, ", %s %s", figures.Count(more.n), more.says)
		}
	}
	if s.Interval != nil {
		fmt.Fprintf(b, ". Agreement %s, from %s to %s", figures.Share(share(s.Agree, s.told())), figures.Share(s.Interval[0]), figures.Share(s.Interval[1]))
	}
	b.WriteString(".\n")
}

func isAre(n int64) string {
	if n == 1 {
		return "1 was"
	}
	return figures.Count(n) + " were"
}
