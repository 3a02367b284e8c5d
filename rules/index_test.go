package rules

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/internal/fixture"
)

// TestIndexIsCurrent holds docs/rules to what the rule pages say.
func TestIndexIsCurrent(t *testing.T) {
	const dir = "../docs/rules"
	want := map[string]string{}
	for _, d := range Index(embedded(t)) {
		want[d.Name] = d.Text
	}
	if fixture.Updating() {
		require.NoError(t, os.RemoveAll(dir))
		for name, text := range want {
			file := filepath.Join(dir, filepath.FromSlash(name))
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
			require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
		}
	}
	var stale []string
	have := map[string]bool{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || name == "manifest.sha256" { // paperlight rules docs wrote it
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		if have[name] = true; want[name] != string(text) {
			stale = append(stale, name)
		}
		return nil
	})
	require.NoError(t, err)
	for name := range want {
		if !have[name] {
			stale = append(stale, name)
		}
	}
	require.Empty(t, stale, "docs/rules is stale; run: go test ./rules -run TestIndexIsCurrent -update")
}

func TestIndexNamesEveryRuleOnce(t *testing.T) {
	c := embedded(t)
	drafts := Index(c)
	require.Len(t, drafts, len(c.Rules)+1)
	index := drafts[0].Text
	for _, r := range c.Rules {
		require.Equal(t, 1, strings.Count(index, "["+r.ID+"]("+r.ID+".md)"), r.ID)
	}
	require.Equal(t, drafts, Index(embedded(t)))
}

// TestPagesTellWhyCountsDiffer holds every page to the link, and the link to a page
// that can be read.
func TestPagesTellWhyCountsDiffer(t *testing.T) {
	link := regexp.MustCompile(`\]\((\.\.[^)]*)\)\.\n$`)
	for _, d := range Index(embedded(t))[1:] {
		found := link.FindStringSubmatch(d.Text)
		require.NotNil(t, found, d.Name)
		require.FileExists(t, filepath.Join("../docs/rules", filepath.Dir(filepath.FromSlash(d.Name)), filepath.FromSlash(found[1])), d.Name)
	}
	text, err := os.ReadFile("../docs/clinical-system.md")
	require.NoError(t, err)
	require.LessOrEqual(t, fixture.NewReader().Grade(string(text)), hardest)
}

// TestPagesNameWhereSearchesAreDescribed holds that a page which tells how to search
// in a clinical system names who described it, and says why the figures differ.
func TestPagesNameWhereSearchesAreDescribed(t *testing.T) {
	searches := regexp.MustCompile(`Population Reporting|Clinical Reporting|021 Data Quality|QOF Indicators|GP2GP Degraded|\bsearches for EMIS`)
	for _, r := range embedded(t).Rules {
		text := r.Page.Text("In the clinical system")
		if !searches.MatchString(text) {
			continue
		}
		require.Regexp(t, `Ardens|Primary Care IT|NHS Digital|Local Medical Committee|Commissioning Support Unit`, r.Page.Text("References"), r.ID)
		require.Regexp(t, `differ|shorter`, text+r.Page.Text("Exceptions"), r.ID)
	}
}
