package rules

import (
	"math/rand/v2"
	"paperlight/analyzer/calendar"
	"testing"

	"github.com/stretchr/testify/require"
)

// What an answer lacks never helps: whatever is taken out of an answer, or added
// beside the others, no question that was not answered yes becomes so.
func TestNothingThatAnAnswerLacksHelps(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	asOf := dayOf(t, "2026-03-31")
	for _, terms := range []AnswerTerms{{Answers: []string{Yes, No}}, {Answers: []string{Yes, No, NotApplicable}, Left: true}, {Answers: []string{Yes}, Counted: true}} {
		helped := func(given []Declaration) bool {
			a := terms.Stand("q", "P1", given, asOf).Answer
			return a != nil && terms.Settle(a) == Yes
		}
		for range 4000 {
			var given []Declaration
			for range 1 + r.IntN(4) {
				d := Declaration{Key: "q", Answer: []string{Yes, Yes, No, NotApplicable, ""}[r.IntN(5)], Evidence: "e", Role: "r", Date: asOf - calendar.Day(r.IntN(5)), HasDate: true}
				if r.IntN(3) == 0 {
					d.Count, d.HasCount = int64(r.IntN(2)), true
				}
				given = append(given, d)
			}
			before := helped(given)
			at := r.IntN(len(given))
			spoilt := append([]Declaration{}, given...)
			d := &spoilt[at]
			switch r.IntN(5) {
			case 0:
				d.Answer, d.Unread = "", []string{"answer"}
			case 1:
				d.Date, d.HasDate, d.Unread = 0, false, []string{"date"}
			case 2:
				d.Date, d.HasDate = 0, false
			case 3:
				d.Evidence = ""
			case 4:
				d.Role = ""
			}
			if terms.Settle(&given[at]) != Yes { // else a good yes fell away, and an older one stands
				require.False(t, !before && helped(spoilt), "%+v: %+v", terms, spoilt)
			}
			added := Declaration{Key: "q", Answer: No, Evidence: "e", Date: asOf, HasDate: true}
			require.False(t, helped(append(spoilt, added)), "a newer no counts, though nobody is named")
		}
	}
}

func TestPlacesOfAnswers(t *testing.T) {
	var given []Declaration
	for _, n := range []int64{9, 2, 3, 4, 5, 6, 7} {
		given = append(given, Declaration{File: "declarations.csv", Record: n})
	}
	require.Equal(t, "declarations.csv records 2, 3, 4, 5, 6, and 2 more", Places(given))
	require.Equal(t, "declarations.csv record 9; d.yaml line 12", Places([]Declaration{given[0], {File: "d.yaml", Line: 12}}))
}
