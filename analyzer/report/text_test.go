package report

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/visible"
)

func TestTextKeepsToItsWidth(t *testing.T) {
	for name, r := range samples() {
		for _, width := range []int{30, 44, 60, 80, 132} {
			var out bytes.Buffer
			require.NoError(t, WriteText(&out, Release(r), Options{Width: width, Worklists: worklists}))
			for line := range strings.SplitSeq(out.String(), "\n") {
				require.LessOrEqual(t, columns(line), width, "%s at %d: %q", name, width, line)
				require.Equal(t, strings.TrimRight(line, " "), line, "no space at the end of a line")
			}
		}
	}
}

func TestColourOnlyMarks(t *testing.T) {
	var bare, coloured bytes.Buffer
	require.NoError(t, WriteText(&bare, Release(notReadySample()), Options{}))
	require.NoError(t, WriteText(&coloured, Release(notReadySample()), Options{Color: true}))
	require.NotContains(t, bare.String(), "\x1b")
	require.Contains(t, coloured.String(), "\x1b[1;31mNot ready: 2 things stop you.\x1b[0m")
	require.Equal(t, bare.String(), regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(coloured.String(), ""))
}

func TestNothingHiddenReachesTheTerminal(t *testing.T) {
	r := notReadySample()
	const payload = "X\x1b[2J\u202e\u200b\x9b\xff\x00Y"
	spread(r, payload)
	var out bytes.Buffer
	require.NoError(t, WriteText(&out, Release(r), Options{Worklists: map[string]string{"nhs-number/unique": payload}}))
	require.False(t, strings.ContainsFunc(strings.ReplaceAll(out.String(), "\n", ""), visible.Hidden))
	require.Contains(t, out.String(), `\x1b[2J\u202E\u200B`)
}

// The samples keep the promises of a report, so that the forms are shown what
// they will see.
func TestSamplesAddUp(t *testing.T) {
	for name, r := range samples() {
		for _, p := range r.Practices {
			for _, a := range p.Accreditations {
				var points, of int64
				for _, c := range a.Criteria {
					points, of = points+c.Points, of+c.Of
				}
				if a.Score != nil {
					require.Equal(t, *a.Score, points, name)
					require.EqualValues(t, 10000, of, name)
				}
			}
		}
	}
}

func TestWideCharactersTakeTwoColumns(t *testing.T) {
	require.Equal(t, 4, columns("東京"))
	require.Equal(t, 1, columns("e\u0301"))
	require.Equal(t, []string{"東京東京", "東京"}, fold("東京東京東京", 8))
}

// spread puts a text into every field that a sender or a local rule controls.
func spread(r *Report, text string) {
	r.Extract.Name, r.Extract.System, r.Extract.Format = text, text, text
	r.Scheme.ID, r.Scheme.Version, r.Scheme.Title, r.Scheme.Statement = text, text, text, text
	r.Tool.Version, r.Rules.Version = text, text
	r.Extract.Slips = []string{text}
	r.Options = []Option{{Name: text, Value: text, SHA256: text, Says: text}}
	for i := range r.Extract.Tables {
		t := &r.Extract.Tables[i]
		t.Table, t.AbsentColumns = text, []string{text}
		t.Faults = append(t.Faults, Fault{Column: text, Want: text, Count: 2, First: []Position{{File: text, Record: 1}}})
	}
	for i := range r.RuleTexts {
		x := &r.RuleTexts[i]
		x.Code, x.Title, x.Dimension, x.Table, x.Fix, x.Where, x.Owner, x.Declares = text, text, text, text, text, text, text, text
	}
	for i := range r.Practices {
		p := &r.Practices[i]
		p.PracticeID, p.ODSCode, p.Name, p.AsOf, p.AsOfFrom, p.Notes = text, text, text, text, text, []string{text}
		for j := range p.Results {
			p.Results[j].Code, p.Results[j].Notes = text, []string{text}
			if len(p.Results[j].Missing) > 0 {
				p.Results[j].Missing = []string{text}
			}
		}
		for j := range p.Requirements {
			p.Requirements[j].Title = text
		}
		for j := range p.Accreditations {
			a := &p.Accreditations[j]
			a.ID, a.Title = text, text
			if a.Verdict == Undecided {
				a.Undecided = []string{text}
			}
			for k := range a.Criteria {
				c := &a.Criteria[k]
				c.Requirement, c.ThresholdFrom, c.Owner, c.Threshold = text, text, text, text
				if c.Status == NotAssessable {
					c.Why = text
				}
			}
		}
	}
	r.Notes = []string{text}
}
