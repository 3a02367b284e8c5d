package rules

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// changed are the published rules with a text in one file replaced by another.
func changed(t *testing.T, file, was, is string) *Catalogue {
	t.Helper()
	whole := fstest.MapFS{}
	require.NoError(t, fs.WalkDir(Published().FS, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(Published().FS, name)
		whole[name] = &fstest.MapFile{Data: text}
		return err
	}))
	if file != "" {
		text := string(whole[file].Data)
		require.Contains(t, text, was)
		whole[file].Data = []byte(strings.Replace(text, was, is, 1))
	}
	c, err := LoadWhole(Folder{FS: whole, Name: "rules"})
	require.NoError(t, err)
	return c
}

// Only what decides a count is in its digest, with all that it reads.
func TestWhatIsCountedHasADigest(t *testing.T) {
	const page = "medication/repeat-reviewed.md"
	embedded, err := Embedded()
	require.NoError(t, err)
	was := embedded.Counted()
	require.Greater(t, len(was), 100)
	for id := range was {
		if id != countsPatients && !strings.HasPrefix(id, CountedAnswer("")) {
			rule, _ := SplitPart(id)
			require.NotNil(t, embedded.Rule(rule), id)
		}
	}
	reviewed := []string{"medication/repeat-reviewed", "medication/repeat-reviewed#batch"}
	for name, test := range map[string]struct {
		file, was, is string
		moves         []string // nil for none
	}{
		"nothing":                {"", "", "", nil},
		"a pass mark":            {page, "threshold: 80%", "threshold: 85%", nil},
		"a title":                {page, "have had a medication review", "were reviewed", nil},
		"where to put right":     {page, "fix: Book a review", "fix: Book a call", nil},
		"spaces":                 {page, "where: registered && on_repeat", "where: registered  &&  on_repeat", nil},
		"a word on a definition": {"definitions.yaml", "The latest day of birth among", "The last day of birth among", nil},
		"a question":             {page, "declares: repeats-reviewed", "declares: repeats-looked-at", []string{CountedAnswer("repeats-looked-at")}},
		"who is counted":         {page, "where: registered && on_repeat", "where: on_repeat", reviewed[:1]},
		"who is left out":        {page, "r.start_date >= as_of - months(3)", "r.start_date >= as_of - months(4)", reviewed[:1]},
		"a part":                 {page, "&& coded(\"medication-review\") && event_date >= as_of - months(15)", "&& coded(\"medication-review\") && event_date >= as_of - months(14)", reviewed[1:]},
	} {
		t.Run(name, func(t *testing.T) {
			is := changed(t, test.file, test.was, test.is).Counted()
			require.Equal(t, test.moves, moved(was, is))
		})
	}
}

// A list, a definition or a share that changes moves the rules that read it, and no other.
func TestWhatRulesReadIsCounted(t *testing.T) {
	base := changed(t, "", "", "")
	was := base.Counted()
	list, err := fs.ReadFile(Published().FS, "codelists/medication-review.csv")
	require.NoError(t, err)
	lines := strings.SplitAfter(string(list), "\n")
	require.Equal(t, []string{"medication/four-repeats-reviewed", "medication/four-repeats-reviewed#batch", "medication/repeat-reviewed", "medication/repeat-reviewed#batch"},
		moved(was, changed(t, "codelists/medication-review.csv", lines[2], "").Counted()), "a code fewer")

	share := moved(was, changed(t, "prevalence.yaml", "percent: 6.4749", "percent: 6.5").Counted())
	require.NotEmpty(t, share)
	for _, id := range share {
		require.True(t, strings.HasPrefix(id, "prevalence/"), id)
	}
	of := moved(was, changed(t, "definitions.yaml", "r.open) && !deceased && !is_true(is_dummy)", "r.open) && !is_true(is_dummy)").Counted())
	require.Contains(t, of, countsPatients)
	require.Contains(t, of, "medication/repeat-reviewed", "by way of the definition")
	require.NotContains(t, of, "coding/sctid-valid", "which reads events alone")
}

// moved are the ids whose digests differ.
func moved(was, is map[string]string) []string {
	var out []string
	for _, id := range slices.Sorted(maps.Keys(is)) {
		if was[id] != is[id] {
			out = append(out, id)
		}
	}
	return out
}
