package report

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/internal/fixture"
)

// fixedSentences are what reports say whatever was found.
func fixedSentences() []string {
	out := []string{
		careLine, readinessLine, slipsLine, wholeLine, stopsLead, jobsLead, untimedLead, answerLead, answerHow, answersOpen, shownLead, absentLead, countedLead, fewLead, nothingGood, noScheme,
		htmlWords["scores"], htmlWords["caption"], htmlWords["more"],
	}
	for _, words := range levelWords {
		out = append(out, words)
	}
	return out
}

// A practice manager reads the report once, between two telephone calls.
func TestFixedSentencesCanBeRead(t *testing.T) {
	const hardest, longest = 6.0, 24
	reader := fixture.NewReader()
	all := fixedSentences()
	require.Less(t, reader.Grade(strings.Join(all, " ")), hardest)
	for _, said := range all {
		for sentence := range strings.SplitSeq(said, ". ") {
			require.LessOrEqual(t, len(strings.Fields(sentence)), longest, sentence)
		}
	}
}

// So are the reports, of which half is not fixed.
func TestReportsCanBeRead(t *testing.T) {
	const hardest = 7.0
	reader := fixture.NewReader()
	for name, r := range samples() {
		for _, p := range pages(presentable(Release(r)), Options{}) {
			said := []string{p.Headline, p.MoreJobs}
			for _, j := range p.Stops {
				said = append(said, j.Title+".", j.count(), j.Fix)
			}
			for _, g := range p.Groups {
				for i := range g.Jobs {
					said = append(said, g.Jobs[i].Title+".", g.Jobs[i].count(), g.Jobs[i].Fix)
				}
			}
			for _, all := range [][]asked{p.Unjudged, p.Answers, p.Unseen} {
				for _, a := range all {
					said = append(said, a.Lead)
					for _, q := range a.Questions {
						said = append(said, q.Title+".", q.Why, q.Where)
					}
				}
			}
			for _, f := range p.Shown {
				said = append(said, f.Title+".", f.Text)
			}
			require.Less(t, reader.Grade(strings.Join(said, " ")), hardest, "%s, %s", name, p.Name)
		}
	}
}
