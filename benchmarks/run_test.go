// Package benchmarks_test times whole runs over made extracts: opening, decoding,
// rules and tallies, by format, number of rules and workers, beside the floor
// of decoding the same columns alone.
package benchmarks_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer"
	"paperlight/analyzer/canonical"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/state"
	"paperlight/analyzer/synthetic"
	"paperlight/rules"
)

// asOf is the last day of the made extracts, 2026-03-31.
const asOf = 20543

// patients of the extract that benchmarks read: some 400,000 rows.
const patients = 20_000

var extracts struct {
	sync.Mutex
	root  string
	paths map[string]string
}

func TestMain(m *testing.M) {
	code := m.Run()
	if extracts.root != "" {
		if err := os.RemoveAll(extracts.root); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// made returns the folder of an extract of n patients, made once a test run.
func made(tb testing.TB, format string, n int) string {
	tb.Helper()
	extracts.Lock()
	defer extracts.Unlock()
	if extracts.root == "" {
		root, err := os.MkdirTemp("", "benchmarks")
		require.NoError(tb, err)
		extracts.root, extracts.paths = root, map[string]string{}
	}
	name := fmt.Sprintf("%s-%d", format, n)
	if extracts.paths[name] == "" {
		catalogue, err := rules.Embedded()
		require.NoError(tb, err)
		lists := map[string]map[string][]string{}
		for list, codes := range catalogue.Lists {
			lists[list] = codes.Codes
		}
		folder := filepath.Join(extracts.root, name)
		_, err = synthetic.Generate(context.Background(), folder, synthetic.Options{
			Seed: 3, Practices: 4, Patients: n, AsOf: asOf, Format: format, GroupRows: 65_536, Lists: lists,
			PerPatient: map[string]float64{"medications": 16, "allergies": 3, "problems": 1},
		})
		require.NoError(tb, err)
		extracts.paths[name] = folder
	}
	return extracts.paths[name]
}

// load returns the ten rules that the peers run too, or all embedded ones.
func load(tb testing.TB, name string) *rules.Catalogue {
	tb.Helper()
	var more []rules.Folder
	var choose []string
	switch name {
	case "records":
		choose = []string{"file/*", "nhs-number/*", "demographics/*", "coding/entry-coded", "coding/sctid-valid", "medication/*", "allergy/*"}
	case "ten":
		more, choose = []rules.Folder{{FS: os.DirFS("rules-ten"), Name: "rules-ten"}}, []string{"ten/*"}
	}
	c, err := rules.Embedded(more...)
	require.NoError(tb, err)
	c.Rules, err = c.Select(choose, nil)
	require.NoError(tb, err)
	return c
}

func open(tb testing.TB, folder string) *extract.Extract {
	tb.Helper()
	x, err := mapping.Open(context.Background(), []string{folder}, mapping.Options{AllowTestNumbers: true})
	require.NoError(tb, err)
	return x
}

// check opens the folder, runs the rules and returns what was counted.
func check(tb testing.TB, folder string, c *rules.Catalogue, jobs int) *state.State {
	tb.Helper()
	x := open(tb, folder)
	out, err := analyzer.Check(context.Background(), x, c, analyzer.RunOptions{Jobs: jobs})
	require.NoError(tb, err)
	require.NoError(tb, x.Close())
	return out.State
}

// size returns the bytes of the extract's files, truth.json apart.
func size(tb testing.TB, folder, format string) int64 {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*."+format))
	require.NoError(tb, err)
	var n int64
	for _, f := range files {
		info, err := os.Stat(f)
		require.NoError(tb, err)
		n += info.Size()
	}
	return n
}

// The figures below compare formats and workers; here they must count the same.
func TestFormatsAndWorkersCountTheSame(t *testing.T) {
	for _, name := range []string{"ten", "all"} {
		c := load(t, name)
		want := check(t, made(t, "csv", 1500), c, 1)
		for i, rule := range want.Rules {
			var of int64
			for _, p := range want.Practices {
				of += p.Tallies[i].Denominator
			}
			if name == "ten" {
				require.Positive(t, of, rule)
			}
		}
		for _, format := range canonical.Formats {
			for _, jobs := range []int{1, 3} {
				require.Equal(t, want.Practices, check(t, made(t, format, 1500), c, jobs).Practices, "%s, %d workers", format, jobs)
			}
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	for _, format := range canonical.Formats {
		for _, name := range []string{"ten", "all"} {
			for _, jobs := range []int{1, 2} {
				b.Run(fmt.Sprintf("%s/%s/jobs=%d", format, name, jobs), func(b *testing.B) {
					folder, c := made(b, format, patients), load(b, name)
					var rows int64
					b.SetBytes(size(b, folder, format))
					b.ReportAllocs()
					for b.Loop() {
						rows = 0
						for _, t := range check(b, folder, c, jobs).Tables {
							rows += t.Rows
						}
					}
					b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
				})
			}
		}
	}
}
