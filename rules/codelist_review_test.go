package rules

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// reviewed are stems of words that make a code doubtful as evidence of anything:
// an invitation is no measurement, and an illness that has resolved is none.
// A code whose term holds one stays in a list only for a reason that is written
// in codelists/reviews.
var reviewed = []string{
	`invit`, `inv\b`, `letter`, `\b(re)?call(s|ed)?\b`,
	`resolved`, `remission`, `declin`, `refus`, `attend`, `\bdna\b`,
	`exclu`, `except`,
	`\brisk`, `\bfamily`, `\bfh\b`, `history`, `\bh/o`,
	`suspect`, `possib`, `\?`, `evid`, `not found`, `absent`,
	`monit`, `mnitor`, `screen`, `review`, `\bclinics?\b`, `follow[- ]?up`,
	`educat`, `leaflet`, `advice`, `\brefer(s|red|rals?)?\b`, `\bref\b`,
	`admi[nst]`, `wrong`, `error`, `template`,
}

// A reviewLine is what was decided on one code of a list or of its sources.
type reviewLine struct {
	Entry
	decision, reason string
}

const reviews = "codelists/reviews"

// review reads the review of a list. It is for those who keep the lists; the
// program does not read it.
func review(t *testing.T, name string) []reviewLine {
	t.Helper()
	f, err := os.Open(filepath.Join(reviews, name+".csv"))
	require.NoError(t, err, "every list has a review: one line for each code that was left out, and for each that holds a doubtful word and stays")
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err, name)
	require.NotEmpty(t, rows, name)
	require.Equal(t, []string{"system", "code", "term", "decision", "reason"}, rows[0], name)
	var out []reviewLine
	for i, row := range rows[1:] {
		out = append(out, reviewLine{Entry{System: row[0], Code: row[1], Term: row[2], Line: i + 2}, row[3], row[4]})
	}
	return out
}

func TestListsHoldToTheirReviews(t *testing.T) {
	doubtful := regexp.MustCompile(`(?i)` + strings.Join(reviewed, "|"))
	for _, list := range embedded(t).Codelists {
		t.Run(list.Name, func(t *testing.T) {
			entries, kept := map[[2]string]string{}, map[[2]string]bool{}
			for _, e := range list.Entries {
				entries[[2]string{e.System, e.Code}] = e.Term
			}
			seen := map[[2]string]bool{}
			for _, line := range review(t, list.Name) {
				id := [2]string{line.System, line.Code}
				term, in := entries[id]
				require.False(t, seen[id], "line %d: %s stands there twice", line.Line, line.Code)
				seen[id] = true
				require.NotEmpty(t, strings.TrimSpace(line.reason), "line %d: %s has no reason", line.Line, line.Code)
				switch line.decision {
				case "kept":
					require.True(t, in, "line %d: %s was kept, and is not in the list", line.Line, line.Code)
					require.Equal(t, term, line.Term, "line %d: the term of %s", line.Line, line.Code)
					kept[id] = true
				case "dropped":
					require.False(t, in, "line %d: %s was left out (%s), and is in the list", line.Line, line.Code, line.reason)
				default:
					require.Fail(t, "want kept or dropped", "line %d: %q", line.Line, line.decision)
				}
			}
			for _, e := range list.Entries {
				if word := doubtful.FindString(e.Term); word != "" {
					require.True(t, kept[[2]string{e.System, e.Code}], "%s %q holds %q: leave it out, or say in %s/%s.csv why it stays", e.Code, e.Term, word, reviews, list.Name)
				}
			}
		})
	}
}

func TestReviewsHaveAList(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(reviews, "*.csv"))
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		require.Contains(t, embedded(t).Lists, strings.TrimSuffix(filepath.Base(name), ".csv"), "a review without a list")
	}
}

// TestReviewsAreNotLists keeps the reviews out of the program: they hold the
// codes that lists must not.
func TestReviewsAreNotLists(t *testing.T) {
	_, err := published.ReadDir(reviews)
	require.ErrorIs(t, err, os.ErrNotExist)
	c, err := Load(Folder{FS: os.DirFS("."), Name: "rules"})
	require.NoError(t, err)
	require.Len(t, c.Codelists, len(embedded(t).Codelists))
}

// What a list covers is in the file beside it, not worked out from its codes,
// so that a gap is seen.
func TestPublishedListsHaveCodesOfWhatTheyCover(t *testing.T) {
	for _, list := range embedded(t).Codelists {
		text, err := published.ReadFile("codelists/" + list.Name + ".yaml")
		require.NoError(t, err)
		require.Regexp(t, `(?m)^covers: \[`, string(text), list.Name)
		if len(list.Entries) > 0 {
			for _, system := range list.Covers {
				require.True(t, list.has(system), "%s covers %s and has no code of it", list.Name, system)
			}
		}
	}
}

func TestCodesThatMustStandAndMustNot(t *testing.T) {
	lists := embedded(t).Lists
	has := func(list, system, code string) bool {
		return slices.Contains(lists[list].Codes[system], code)
	}
	for _, c := range []struct{ list, system, code, what string }{
		{"smoking-never", "read2", "1371.", "never smoked, the commonest code of its kind"},
		{"smoking-current-or-past", "read2", "137R.", "current smoker"},
		{"smoking-current-or-past", "read2", "137S.", "ex smoker"},
		{"smoking-current-or-past", "ctv3", "137L.", "current non-smoker"},
		{"blood-pressure", "read2", "2469.", "systolic reading"},
		{"blood-pressure", "read2", "246A.", "diastolic reading"},
		{"diabetes-gestational", "sct", "11687002", "gestational diabetes"},
		{"diabetes-gestational", "read2", "L1809", "gestational diabetes"},
		{"no-known-allergy", "sct", "160244002", "no known allergies"},
		{"stroke-or-tia", "read2", "14A7.", "had a stroke"},
		{"heart-failure", "read2", "662g.", "class II, noted in heart failure alone"},
		{"sct-root-concepts", "sct", "373873005", "names no drug"},
		{"sct-root-concepts", "dmd", "763158003", "names no drug"},
	} {
		require.True(t, has(c.list, c.system, c.code), "%s lacks %s (%s)", c.list, c.code, c.what)
	}
	for _, c := range []struct{ list, system, code, what string }{
		{"blood-pressure", "read2", "9OD1.", "first call to a screen"},
		{"blood-pressure", "read2", "9ODB.", "third recall"},
		{"blood-pressure", "read2", "246K.", "a target"},
		{"hypertension", "read2", "212K.", "resolved"},
		{"hypothyroidism", "read2", "212P.", "an overactive thyroid that has resolved"},
		{"hypothyroidism", "read2", "C02..", "an overactive thyroid"},
		{"heart-failure", "read2", "9Or3.", "a letter"},
		{"asthma", "ctv3", "XacXj", "at risk"},
		{"asthma", "ctv3", "XaR8K", "did not attend"},
		{"learning-disability", "read2", "9HB6.", "declined"},
		{"stroke-or-tia", "ctv3", "XE1m2", "bleeding from an injury"},
		{"smoking-never", "ctv3", "137L.", "does not smoke now"},
	} {
		require.False(t, has(c.list, c.system, c.code), "%s holds %s (%s)", c.list, c.code, c.what)
	}
}
