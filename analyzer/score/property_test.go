package score

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// generate makes an input of some practices, rules, accreditations and answers.
func generate(t *testing.T, r *rand.Rand) Input {
	thresholds := []rules.Threshold{percent(10000), percent(9950), percent(8000), percent(5000), above(5000), atMost(500), atMost(0), below(1000)}
	severities := []rules.Severity{rules.Blocker, rules.Major, rules.Minor, rules.Info}
	in := Input{State: &state.State{}, Catalogue: &rules.Catalogue{}, Scheme: &rules.Scheme{ID: "random"}}
	for i := range 1 + r.IntN(12) {
		set := "s"
		if r.IntN(20) == 0 {
			set = "file"
		}
		rule := patientRule(fmt.Sprintf("%s/r%02d", set, i), threshold(thresholds[r.IntN(len(thresholds))]))
		rule.EmptyMet, rule.Info = r.IntN(4) == 0, r.IntN(8) == 0
		if r.IntN(4) == 0 {
			rule.Evidence, rule.Declares, rule.Answers = "data_or_declared", "policy", []string{"yes", "no"}
		}
		in.Catalogue.Rules = append(in.Catalogue.Rules, rule)
		in.State.Rules = append(in.State.Rules, rule.ID)
	}
	for i := range 1 + r.IntN(3) {
		a := rules.Accreditation{ID: fmt.Sprintf("a%d", i)}
		if i > 0 && r.IntN(2) == 0 {
			a.Needs = []string{"a0"}
		}
		for _, rule := range in.Catalogue.Rules {
			if r.IntN(4) > 0 {
				severity := severities[min(r.IntN(9)/2, 3)]
				a.Criteria = append(a.Criteria, criterion(rule, severity, 1+r.IntN(10)))
			}
		}
		in.Scheme.Accreditations = append(in.Scheme.Accreditations, a)
	}
	for i := range 1 + r.IntN(3) {
		p := state.PracticeState{ID: fmt.Sprintf("P%d", i), AsOf: asOf, Registered: int64(r.IntN(3000))}
		for range in.State.Rules {
			d := int64(r.IntN(25) * r.IntN(25))
			tally := state.Tally{Denominator: d, Undetermined: int64(r.IntN(8) * r.IntN(8)), Missing: r.IntN(8) == 0}
			if d > 0 {
				tally.Numerator = max(0, d-int64(r.IntN(int(d)+1)*r.IntN(3)/2))
			}
			p.Tallies = append(p.Tallies, tally)
		}
		in.State.Practices = append(in.State.Practices, p)
	}
	if r.IntN(2) == 0 {
		in.Declarations = []rules.Declaration{yesOn(t, "2026-01-31"), yesOn(t, "2026-01-31", func(d *rules.Declaration) { d.Answer = rules.No })}
	}
	return in
}

const rounds = 600

func TestTheLedgerAddsUp(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range rounds {
		for _, p := range Report(generate(t, r)).Practices {
			for _, a := range p.Accreditations {
				var points, of int64
				for _, c := range a.Criteria {
					points, of = points+c.Points, of+c.Of
					require.True(t, c.Points == 0 || c.Points == c.Of && c.Status == report.Passed)
				}
				if a.Score == nil {
					require.Zero(t, points+of)
					continue
				}
				require.Equal(t, *a.Score, points)
				require.EqualValues(t, whole, of)
			}
		}
	}
}

// Each line of the ledger is within a hundredth and a bit of its exact share.
func TestTheLedgerIsFair(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	for range rounds {
		for _, p := range Report(generate(t, r)).Practices {
			for _, a := range p.Accreditations {
				w := weigh(a.Criteria, nil)
				for _, c := range a.Criteria {
					if (c.Status == report.Passed || c.Status == report.Failed) && a.Score != nil {
						require.InDelta(t, float64(c.Weight)*whole/float64(w.evident), float64(c.Of), 2)
					}
				}
			}
		}
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	for range rounds {
		in := generate(t, r)
		want := Report(in)
		order := r.Perm(len(in.State.Rules))
		ids := slices.Clone(in.State.Rules)
		for i, from := range order {
			in.State.Rules[i] = ids[from]
		}
		for k := range in.State.Practices {
			tallies := slices.Clone(in.State.Practices[k].Tallies)
			for i, from := range order {
				in.State.Practices[k].Tallies[i] = tallies[from]
			}
		}
		shuffle(r, in.State.Practices)
		shuffle(r, in.Catalogue.Rules)
		shuffle(r, in.Declarations)
		for i := range in.Scheme.Accreditations {
			shuffle(r, in.Scheme.Accreditations[i].Criteria)
		}
		require.Equal(t, want, Report(in))
	}
}

func shuffle[T any](r *rand.Rand, s []T) {
	r.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
}

// Repairing a record never lowers a score and never worsens a verdict.
func TestARepairNeverLowersTheScore(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 1))
	better := []report.Verdict{report.Damaged, report.NotReady, report.Undecided, report.AnswersNeeded, report.NearlyReady, report.Ready}
	repairs := 0
	for range 4 * rounds {
		in := generate(t, r)
		before := Report(in)
		k, i := r.IntN(len(in.State.Practices)), r.IntN(len(in.State.Rules))
		tally := &in.State.Practices[k].Tallies[i]
		rule := in.Catalogue.Rules[i]
		switch {
		case rule.Threshold.AtMost && tally.Numerator > 0:
			tally.Numerator--
		case !rule.Threshold.AtMost && tally.Numerator < tally.Denominator:
			tally.Numerator++
		default:
			continue
		}
		repairs++
		after := Report(in)
		for j, a := range before.Practices[k].Accreditations {
			b := after.Practices[k].Accreditations[j]
			if a.Score != nil && b.Score != nil {
				require.GreaterOrEqual(t, *b.Score, *a.Score)
			}
			if a.AssuredScore != nil && b.AssuredScore != nil {
				require.GreaterOrEqual(t, *b.AssuredScore, *a.AssuredScore)
			}
			if a.Verdict != b.Verdict && b.Verdict != report.AnswersNeeded && b.Verdict != report.Undecided {
				require.Greater(t, slices.Index(better, b.Verdict), slices.Index(better, a.Verdict))
			}
		}
	}
	require.Greater(t, repairs, rounds)
}

func TestReportLeavesItsInputAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 1))
	for _, level := range []report.Level{report.Practice, report.Assessor, report.Publish} {
		in := generate(t, r)
		in.Level = level
		first := Report(in)
		require.Equal(t, first, Report(in))
	}
}
