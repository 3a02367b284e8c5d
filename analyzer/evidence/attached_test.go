package evidence

import (
	"bytes"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/challenge"
	"paperlight/analyzer/report"
	"paperlight/analyzer/sampling"
)

// checkedByHand is the file of a hand check of the first practice of a report, in which
// all that was drawn of two rules agrees; change may change the draw before.
func checkedByHand(t *testing.T, shown *report.Report, words string, change func(*sampling.About, []sampling.Rule)) []byte {
	p := &shown.Practices[0]
	about := sampling.About{Practice: p.PracticeID, AsOf: p.AsOf, Extract: shown.Extracts[p.Extract].SHA256, Rules: shown.Rules.SHA256, Scheme: shown.Scheme.SHA256, Tool: "v1.2.3"}
	var rules []sampling.Rule
	for _, r := range p.Results {
		if len(rules) < 2 && r.Denominator != nil && strings.HasPrefix(r.Rule, "allergy/") {
			rules = append(rules, sampling.Rule{ID: r.Rule, Code: r.Code, Question: "?", Met: *r.Numerator, Failing: *r.Denominator - *r.Numerator})
		}
	}
	if change != nil {
		change(&about, rules)
	}
	var records []sampling.Record
	for _, r := range rules {
		for i := range min(r.Met, sampling.Each) + min(r.Failing, sampling.Each) {
			records = append(records, sampling.Record{Rule: r.ID, Patient: fmt.Sprint("secret", i), Met: i < min(r.Met, sampling.Each)})
		}
	}
	seed, err := sampling.NewSeed(words)
	require.NoError(t, err)
	d := sampling.New(about, seed, rules, records)
	text, err := d.Sealed()
	require.NoError(t, err)
	sealed, err := sampling.Open(text, seed)
	require.NoError(t, err)
	found, err := sampling.NewReading(sealed).Result()
	require.NoError(t, err)
	file, err := found.File()
	require.NoError(t, err)
	return file
}

func contestedFile(t *testing.T, shown *report.Report, change func(*challenge.About), more int64) []byte {
	p := &shown.Practices[0]
	about := challenge.About{Practice: p.PracticeID, AsOf: p.AsOf, Extract: shown.Extracts[p.Extract].SHA256, Rules: shown.Rules.SHA256, Scheme: shown.Scheme.SHA256}
	if change != nil {
		change(&about)
	}
	f := challenge.New(about)
	for _, r := range p.Results {
		if r.Denominator != nil && *r.Denominator > *r.Numerator {
			_, err := f.Open("2026-04-01", r.Rule, "others", *r.Denominator-*r.Numerator+more, []string{challenge.Key{1}.Handle(&challenge.Record{})})
			require.NoError(t, err)
			break
		}
	}
	text, err := f.Text()
	require.NoError(t, err)
	return text
}

func TestWhatPeopleSaidIsKeptAndHeldToTheReport(t *testing.T) {
	t.Parallel()
	run, released := runOf(t, 3, report.Assessor)
	shown := released.Report()
	check, contested := checkedByHand(t, shown, "one two three", nil), contestedFile(t, shown, nil, 0)
	run.HandChecks, run.Challenges = [][]byte{check, checkedByHand(t, shown, "three two one", nil)}, [][]byte{contested}
	b, err := Make(run, released)
	require.NoError(t, err)
	require.NoError(t, b.Sign(assessor))
	found := b.Verify(asking(t))
	require.Empty(t, found.Faults)
	require.Len(t, found.HandChecks, 2)
	require.Len(t, found.HandChecks[0].Unfinished, 2)
	require.Equal(t, "open", found.Challenges[0].State)
	var text bytes.Buffer
	require.NoError(t, found.Text(&text))
	require.Contains(t, text.String(), "Hand check of practice A80001")
	require.Contains(t, text.String(), "Challenge 1 of practice A80001: 1 record of ")

	// The assessor named one seed, and only one of the two was drawn with it.
	with := asking(t)
	seed, err := sampling.NewSeed("one two three")
	require.NoError(t, err)
	with.Seed = &seed
	require.Equal(t, []string{"drawn_with_another_seed " + handCheckName(1)}, told(b.Verify(with)))

	// Whatever is done to the files is told, and what was put in anew with new lists too.
	changed := &Bundle{files: maps.Clone(b.files)}
	changed.files[handCheckName(0)] = bytes.Replace(check, []byte("v1.2.3"), []byte("v1.2.4"), 1)
	require.Equal(t, []string{"changed " + handCheckName(0)}, told(changed.Verify(asking(t))))
	delete(changed.files, handCheckName(0))
	require.Equal(t, []string{"dropped " + handCheckName(0)}, told(changed.Verify(asking(t))))

	otherCounts := func(_ *sampling.About, rules []sampling.Rule) { rules[0].Met++ }
	for name, c := range map[string]struct {
		checks, challenges [][]byte
		says               string
	}{
		"another practice": {checks: [][]byte{checkedByHand(t, shown, "one two three", func(a *sampling.About, _ []sampling.Rule) { a.Practice = "A80002" })}, says: "is of another report"},
		"another extract":  {checks: [][]byte{checkedByHand(t, shown, "one two three", func(a *sampling.About, _ []sampling.Rule) { a.Extract = strings.Repeat("0", 64) })}, says: "is of another report"},
		"other counts":     {checks: [][]byte{checkedByHand(t, shown, "one two three", otherCounts)}, says: "counts records that the report does not"},
		"another rule":     {checks: [][]byte{checkedByHand(t, shown, "one two three", func(_ *sampling.About, r []sampling.Rule) { r[0].ID = "allergy/mr-smith" })}, says: "counts records that the report does not"},
		"words":            {checks: [][]byte{checkedByHand(t, shown, "one two three", func(a *sampling.About, _ []sampling.Rule) { a.Tool = "Mr Smith" })}, says: "that no program of ours gives"},
		"twice":            {checks: [][]byte{check, check}, says: "is given twice"},
		"edited":           {checks: [][]byte{bytes.ReplaceAll(check, []byte(`"unfinished"`), []byte(`"verified"`))}, says: "figures that do not follow"},
		"nothing":          {checks: [][]byte{[]byte("{}")}, says: "is not the file of a hand check"},
		"another day":      {challenges: [][]byte{contestedFile(t, shown, func(a *challenge.About) { a.AsOf = "2020-01-01" }, 0)}, says: "is of another report"},
		"other records":    {challenges: [][]byte{contestedFile(t, shown, nil, 1)}, says: "counts records that the report does not"},
		"challenges twice": {challenges: [][]byte{contested, contested}, says: "is given twice"},
		"edited challenge": {challenges: [][]byte{bytes.Replace(contested, []byte("others"), []byte("elsewhere"), 1)}, says: "was changed by hand"},
	} {
		with := &Bundle{files: maps.Clone(b.files)}
		var names []string
		for i, text := range c.checks {
			with.files[handCheckName(i)] = text
			names = append(names, handCheckName(i))
		}
		for i, text := range c.challenges {
			with.files[challengeName(i)] = text
			names = append(names, challengeName(i))
		}
		record, err := with.record()
		require.NoError(t, err)
		record.HandChecks, record.Challenges = len(c.checks), len(c.challenges)
		_, _, err = with.attached(record, shown)
		require.ErrorContains(t, err, c.says, name)
		var wrong *AttachedError
		require.ErrorAs(t, err, &wrong)
		require.Equal(t, len(c.checks) > 0, wrong.HandCheck)
		require.Equal(t, len(names)-1, wrong.At, name)
	}

	// One who makes all lists anew is told by what the report says.
	anew := &Bundle{files: maps.Clone(b.files)}
	delete(anew.files, SignatureName)
	anew.files[handCheckName(0)] = checkedByHand(t, shown, "one two three", otherCounts)
	follows, err := anew.derive(made)
	require.NoError(t, err)
	maps.Copy(anew.files, follows)
	anew.seal()
	require.Equal(t, []string{"not_a_bundle " + handCheckName(0), "not_signed " + SignatureName}, told(anew.Verify(asking(t))))
}
