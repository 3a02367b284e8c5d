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
			drafts, err := Scaffold("ours/first-rule", table)
			if table.Name == "prescribing_items" {
				require.EqualError(t, err, "a rule cannot ask for a column of prescribing_items, which are always there; write one on practice")
				return
			}
			require.NoError(t, err)
			dir := t.TempDir()
			require.NoError(t, WriteDrafts(dir, drafts))
			c, err := Load(Folder{FS: fstest.MapFS{"definitions.yaml": {Data: []byte(goodDefinitions)}}}, Folder{FS: os.DirFS(dir), Name: "ours", Strict: true})
			require.NoError(t, err)
			r := c.Rule("ours/first-rule")
			require.Equal(t, table, r.Table)
			require.NotNil(t, r.Cases)

			require.ErrorContains(t, WriteDrafts(dir, drafts), "ours/first-rule.md: exists already")
		})
	}
}

func TestScaffoldWritesOverNothing(t *testing.T) {
	drafts, err := Scaffold("ours/first-rule", schema.Lookup("patients"))
	require.NoError(t, err)
	dir := t.TempDir()
	cases := filepath.Join(dir, "ours", "testdata", "first-rule.txtar")
	require.NoError(t, os.MkdirAll(filepath.Dir(cases), 0o755))
	require.NoError(t, os.WriteFile(cases, []byte("mine"), 0o644))
	require.EqualError(t, WriteDrafts(dir, drafts), "ours/testdata/first-rule.txtar: exists already")
	require.NoFileExists(t, filepath.Join(dir, "ours", "first-rule.md"))
	have, err := os.ReadFile(cases)
	require.NoError(t, err)
	require.Equal(t, "mine", string(have))
}

func TestScaffoldRefusesBadNames(t *testing.T) {
	for _, id := range []string{"", "rule", "Set/rule", "set/Rule", "set/a_b", "set/a/b", "../set/rule", "set/", "/rule", "set/rule.md", "set/-a", "schemes/a", "codelists/a"} {
		_, err := Scaffold(id, schema.Lookup("patients"))
		require.Error(t, err, id)
	}
}
