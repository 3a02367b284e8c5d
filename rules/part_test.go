package rules

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const besides = `batch:
  table: events
  where: patient.registered && has(code)
  date: event_date
beside:
  - name: all
    title: All medicines
    table: medications
    where: "true"
    expect: has(code)
`

// withParts is goodPage with the keys added to its front matter.
func withParts(keys string) string { return strings.Replace(goodPage, "owner: c", keys+"owner: c", 1) }

func TestPartsOfARule(t *testing.T) {
	c, err := Load(folder(withParts(besides), "medication/testdata/dose-recorded.batch.txtar", "-- a/want --", "medication/testdata/dose-recorded.all.txtar", ""))
	require.NoError(t, err)
	require.Len(t, c.Rules, 1, "a part is no rule of its own")
	r := c.Rules[0]
	require.Equal(t, []*Rule{r, r.Parts[0], r.Parts[1]}, r.Whole())
	batch, all := r.Parts[0], r.Parts[1]
	require.Equal(t, []string{"medication/dose-recorded#batch", "medication/dose-recorded#all"}, []string{batch.ID, all.ID})
	require.Equal(t, []string{"", "batch", "all"}, []string{r.PartName(), batch.PartName(), all.PartName()})
	require.Equal(t, "events", batch.Table.Name)
	require.NotNil(t, batch.Checked)
	require.True(t, all.Info, "a part is never judged")
	require.Equal(t, "-- a/want --", string(batch.Cases))
	require.Equal(t, "local/medication/testdata/dose-recorded.batch.txtar", batch.CasesFile)
	page := r.Markdown()
	require.Contains(t, page, "table: events\nwhere: patient.registered && has(code)\ndate: event_date\n")
	require.Contains(t, page, "Shown beside it, and never judged: All medicines.\n\n```cel\ntable: medications\n")

	id, part := SplitPart(batch.ID)
	require.Equal(t, []string{"medication/dose-recorded", "batch"}, []string{id, part})
	id, part = SplitPart(r.ID)
	require.Equal(t, []string{"medication/dose-recorded", ""}, []string{id, part})

}

func TestFaultsOfParts(t *testing.T) {
	const file = "local/medication/dose-recorded.md"
	for _, c := range []struct{ name, old, new, want string }{
		{"no date", "  date: event_date\n", "", `a batch signal needs the key "date"`},
		{"not a date", "date: event_date", "date: has(event_date)", "want a date, have a condition"},
		{"a name of the batch", "name: all", "name: batch", "want a name of small letters, digits and hyphens, and not batch"},
		{"a name with a slash", "name: all", "name: a/b", "want a name of small letters"},
		{"a full stop", "All medicines", "All medicines.", "want a title without a full stop"},
		{"no list", "beside:\n", "beside: {}\nowner2:\n", "want a list of what is counted beside the rule"},
		{"no where", "    where: \"true\"\n", "", `what is counted beside a rule needs the key "where"`},
		{"an unknown column", "expect: has(code)", "expect: has(cod)", "medications has no column \"cod\""},
		{"a name twice", "beside:\n", "beside:\n  - {name: all, title: One, table: patients, where: registered}\n", "the name all appears twice"},
		{"a threshold", "    expect: has(code)\n", "    expect: has(code)\n    threshold: 80%\n", `"threshold"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			keys := strings.Replace(besides, c.old, c.new, 1)
			require.NotEqual(t, besides, keys)
			_, err := Load(folder(withParts(keys)))
			require.ErrorContains(t, err, file+":")
			require.ErrorContains(t, err, c.want)
		})
	}
	f := folder(withParts(besides), "medication/testdata/dose-recorded.txtar", "-- a/want --", "medication/testdata/dose-recorded.all.txtar", "")
	f.Strict = true
	_, err := Load(f)
	require.ErrorContains(t, err, file+": what is counted beside the rule has no cases: batch\n    hint: write them in local/medication/testdata/dose-recorded.batch.txtar")
}
