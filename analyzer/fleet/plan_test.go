package fleet_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/fleet"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/source"
)

// discovered are extracts of files of so many bytes.
func discovered(t *testing.T, sizes ...int) *mapping.Discovery {
	t.Helper()
	dir, out := t.TempDir(), &mapping.Discovery{}
	for i, n := range sizes {
		file := filepath.Join(dir, fmt.Sprintf("%d.csv", i))
		require.NoError(t, os.WriteFile(file, make([]byte, n), 0o600))
		out.Extracts = append(out.Extracts, mapping.Found{Name: fmt.Sprint(i), Places: []source.Place{{Path: file}}})
	}
	return out
}

// Shards are filled in order, up to a size; every extract is in one.
func TestExtractsArePutIntoShards(t *testing.T) {
	for name, test := range map[string]struct {
		sizes []int
		size  int64
		want  [][]int
	}{
		"none":                    {nil, 10, nil},
		"all fit":                 {[]int{3, 3, 4}, 10, [][]int{{1, 2, 3}}},
		"one more byte":           {[]int{3, 3, 5}, 10, [][]int{{1, 2}, {3}}},
		"one larger than a shard": {[]int{3, 30, 3}, 10, [][]int{{1}, {2}, {3}}},
		"a shard of each":         {[]int{3, 3}, 0, [][]int{{1}, {2}}},
		"empty files":             {[]int{0, 0}, 0, [][]int{{1}, {2}}},
	} {
		t.Run(name, func(t *testing.T) {
			plan := fleet.PlanOf(discovered(t, test.sizes...), "rules", test.size)
			var got [][]int
			for _, s := range plan.Shards {
				got = append(got, s.Extracts)
			}
			require.Equal(t, test.want, got)
			text, err := plan.Marshal()
			require.NoError(t, err)
			again, err := fleet.ReadPlan(text)
			require.NoError(t, err)
			require.Equal(t, plan, again)
		})
	}
}

// What is refused when it is found is refused when it is read, in the same words.
func TestAPlanKeepsWhatWasRefused(t *testing.T) {
	found := discovered(t, 1)
	found.Extracts[0].Refused = &mapping.RefusedError{Message: "lies beside", Hint: "take it away"}
	plan := fleet.PlanOf(found, "rules", 0)
	require.Equal(t, found.Extracts[0], plan.Extracts[0].Found())
}

func TestAPlanThatWasChangedIsRefused(t *testing.T) {
	text, err := fleet.PlanOf(discovered(t, 1, 2), "rules", 0).Marshal()
	require.NoError(t, err)
	for was, is := range map[string]string{
		`"paperlight plan"`: `"a plan"`, `"version": 1`: `"version": 2`, `"number": 2,
      "name"`: `"number": 3,
      "name"`, `"extracts": [
        2`: `"extracts": [
        3`, "{": "[",
	} {
		changed := strings.Replace(string(text), was, is, 1)
		require.NotEqual(t, string(text), changed, was)
		_, err := fleet.ReadPlan([]byte(changed))
		require.ErrorContains(t, err, "plan", is)
	}
}

// The fingerprint of an extract is of its files, wherever they lie, and of nothing that
// systems put beside them.
func TestAFingerprintIsOfTheFiles(t *testing.T) {
	print := func(folder string) string {
		out, err := source.FingerprintOf(t.Context(), source.PlacesOf([]string{folder}), nil)
		require.NoError(t, err)
		require.True(t, out.Unchanged())
		return out.SHA256
	}
	write := func(folder string, files ...string) string {
		require.NoError(t, os.MkdirAll(filepath.Join(folder, "sub"), 0o700))
		for i := 0; i < len(files); i += 2 {
			require.NoError(t, os.WriteFile(filepath.Join(folder, files[i]), []byte(files[i+1]), 0o600))
		}
		return folder
	}
	dir := t.TempDir()
	base := print(write(filepath.Join(dir, "a"), "x.csv", "1", "sub/y.csv", "2"))
	require.Equal(t, base, print(write(filepath.Join(dir, "elsewhere"), "x.csv", "1", "sub/y.csv", "2", ".DS_Store", "3")))
	var all []string
	for i, files := range [][]string{{"x.csv", "1", "sub/y.csv", "3"}, {"x.csv", "1", "y.csv", "2"}, {"x.csv", "1"}, {"x.csv", "2", "sub/y.csv", "1"}, {"x.csv", "1", "sub/y.csv", "2", "z", ""}} {
		all = append(all, print(write(filepath.Join(dir, fmt.Sprint(i)), files...)))
	}
	slices.Sort(all)
	require.Len(t, slices.Compact(all), 5)
	require.NotContains(t, all, base)

	read, err := source.FingerprintOf(t.Context(), source.PlacesOf([]string{filepath.Join(dir, "a")}), nil)
	require.NoError(t, err)
	write(filepath.Join(dir, "a"), "x.csv", "longer")
	require.False(t, read.Unchanged())
}
