package rules

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/schema"
)

func TestScaffoldLoadsForEveryTable(t *testing.T) {
	for _, table := range schema.Tables {
		t.Run(table.Name, func(t *testing.T) {
			drafts, err := Scaffold("ours/first-rule", "OUR-001", table)
			if table.Name == "prescribing_items" {
				require.EqualError(t, err, "a rule cannot ask for a column of prescribing_items, which are always there; write one on practice")
				return
			}
			require.NoError(t, err)
			dir := t.TempDir()
			writeDrafts(t, dir, drafts)
			c, err := Load(Folder{FS: fstest.MapFS{"definitions.yaml": {Data: []byte(goodDefinitions)}}}, Folder{FS: os.DirFS(dir), Name: "ours", Strict: true})
			require.NoError(t, err)
			r := c.Rule("ours/first-rule")
			require.Equal(t, table, r.Table)
			require.NotNil(t, r.Cases)
		})
	}
}

func writeDrafts(t *testing.T, dir string, drafts []Draft) {
	t.Helper()
	for _, d := range drafts {
		name := filepath.Join(dir, filepath.FromSlash(d.Name))
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(d.Text), 0o644))
	}
}

func TestScaffoldRefusesBadNames(t *testing.T) {
	for _, id := range []string{"", "rule", "Set/rule", "set/Rule", "set/a_b", "set/a/b", "../set/rule", "set/", "/rule", "set/rule.md", "set/-a", "schemes/a", "codelists/a"} {
		_, err := Scaffold(id, "OUR-001", schema.Lookup("patients"))
		require.Error(t, err, id)
	}
}
