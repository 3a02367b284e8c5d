package rules

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/schema"
)

func draftFaults(t *testing.T, files fstest.MapFS) []string {
	t.Helper()
	c, err := Load(Folder{FS: fstest.MapFS{"definitions.yaml": {Data: []byte(goodDefinitions)}}}, Folder{FS: files, Name: "ours"})
	require.NoError(t, err)
	var out []string
	for _, w := range Lint(c, nil) {
		if strings.HasPrefix(w.File, "ours/") && !strings.Contains(w.Message, "after the as-of date") {
			line, _, _ := strings.Cut(w.String(), "\n")
			out = append(out, line)
		}
	}
	return out
}

// A draft is named for all that its author has not written, and for nothing once
// that is done.
func TestLintKnowsADraft(t *testing.T) {
	for _, table := range schema.Tables {
		drafts, err := Scaffold("ours/first-rule", "OUR-001", table)
		if err != nil {
			continue // a table whose columns are always there
		}
		page, cases := drafts[0].Text, drafts[1].Text
		found := draftFaults(t, fstest.MapFS{drafts[0].Name: {Data: []byte(page)}, drafts[1].Name: {Data: []byte(cases)}})
		require.Len(t, found, len(placeholders), table.Name)
		for _, f := range found {
			require.Contains(t, f, ": error: the text of the draft stands here still")
		}
		for _, p := range placeholders {
			require.Equal(t, 1, strings.Count(page+cases, p.text), p.text)
			page, cases = strings.ReplaceAll(page, p.text, "Written."), strings.ReplaceAll(cases, p.text, "Written.")
		}
		require.NotContains(t, page, "Say ", "a text of the draft that nothing looks for")
		require.Empty(t, draftFaults(t, fstest.MapFS{drafts[0].Name: {Data: []byte(page)}, drafts[1].Name: {Data: []byte(cases)}}), table.Name)
	}
}

func TestLintSaysWhereADraftIsUnfilled(t *testing.T) {
	drafts, err := Scaffold("ours/first-rule", "OUR-000", schema.Lookup("patients"))
	require.NoError(t, err)
	page, cases := drafts[0].Text, drafts[1].Text
	for _, p := range placeholders {
		page, cases = strings.ReplaceAll(page, p.text, "Written."), strings.ReplaceAll(cases, p.text, "Written.")
	}
	lint := func(old, by string) []string {
		require.Contains(t, page, old)
		return draftFaults(t, fstest.MapFS{drafts[0].Name: {Data: []byte(strings.Replace(page, old, by, 1))}, drafts[1].Name: {Data: []byte(cases)}})
	}
	require.Equal(t, []string{"ours/ours/first-rule.md:2:1: error: the code is still that of a draft"}, lint("Written.", "Done."))
	require.Equal(t, []string{"ours/ours/first-rule.md:2:1: error: the rule has no code"}, lint("code: OUR-000\n", ""))
	page = strings.Replace(page, "OUR-000", "OUR-001", 1)
	require.Equal(t, []string{`ours/ours/first-rule.md: nothing stands under the heading "## References"`}, lint("## History", "## References\n\n## History"))
	require.Equal(t, []string{"ours/ours/first-rule.md:7:10: error: something is still to be written here"}, lint("where: ", "where: # TODO\n"))
}

func TestFreeCode(t *testing.T) {
	page := func(code string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("---\nid: x\ncode: " + code + "\n---\n")}
	}
	built := fstest.MapFS{"allergy/a.md": page("ALG-009"), "allergy/b.md": page("MED-001"), "allergy/c.md": page("ALG-003b"), "medication/a.md": page("MED-016"),
		"many/a.md": page("MNY-999"), "allergy/README.md": {Data: []byte("# Nothing\n")}}
	ours := fstest.MapFS{"allergy/d.md": page("ALG-010"), "local/a.md": page("LOC-001"), "lo/a.md": {Data: []byte("not a page")}}
	for id, want := range map[string]string{
		"allergy/new": "ALG-011", "medication/new": "MED-017", "local/new": "LOC-002", "lo/new": "LO-001", "x/new": "NEW-001", "1-2/new": "NEW-001",
		"medicine/new": "MED-017", "many/new": "MNY-000",
	} {
		require.Equal(t, want, FreeCode(id, built, ours), id)
		require.Regexp(t, codeForm, FreeCode(id, built, ours))
	}
	require.Equal(t, "LOC-001", FreeCode("local/new", os.DirFS("no-such-folder")))
}
