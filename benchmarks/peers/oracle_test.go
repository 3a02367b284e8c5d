package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/canonical"
	"paperlight/analyzer/synthetic"
)

// The tests run processes by way of this program, as the harness does.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "measure" && os.Getenv("PEERS_MEASURE") != "" {
		if err := measure(os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// peer skips the test where node or the package is not installed; where CI is
// set, as make oracles sets it, the test fails.
func peer(t *testing.T, pkg string) {
	t.Helper()
	missing := ""
	if _, err := exec.LookPath("node"); err != nil {
		missing = "node is not installed"
	} else if _, err := os.Stat(filepath.Join("node_modules", pkg)); err != nil {
		missing = pkg + " is not installed: npm ci"
	}
	switch {
	case missing == "":
	case os.Getenv("CI") != "":
		t.Fatal(missing)
	default:
		fmt.Fprintf(os.Stderr, "left out: %s: %s\n", t.Name(), missing)
		t.Skip(missing)
	}
}

// product builds paperlight.
func product(t *testing.T) string {
	t.Helper()
	file, err := paperlightBinary(t.Context(), t.TempDir())
	require.NoError(t, err)
	return file
}

// made makes a small extract.
func made(t *testing.T, format string, shuffle bool, seed uint64) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "extract")
	require.NoError(t, makeExtract(t.Context(), folder, synthetic.Options{Seed: seed, Practices: 5, Patients: 3000, Format: format, Shuffle: shuffle, GroupRows: 4096}))
	return folder
}

func TestDuckDBCountsWhatPaperlightCounts(t *testing.T) {
	peer(t, "@duckdb/node-api")
	paperlight := product(t)
	for _, data := range []struct {
		name, format string
		shuffle      bool
	}{{"by practice", "parquet", false}, {"at random", "parquet", true}, {"csv", "csv", false}} {
		folder := made(t, data.format, data.shuffle, 11)
		for _, l := range []string{"ten", "all"} {
			want := found(t, &process{name: "paperlight", argv: checkArgs(paperlight, loads[l], folder), answers: fromReport})
			some := forms
			if data.format == "csv" || data.shuffle {
				some = forms[:1]
			}
			for _, f := range some {
				t.Run(data.name+"/"+l+"/"+f.name, func(t *testing.T) {
					p, said := sayable(t, loads[l], f, folder, data.format)
					require.GreaterOrEqual(t, len(said), map[string]int{"ten": 10, "all": 30}[l], "rules that the SQL can say")
					require.NoError(t, want.of(said).differ(found(t, p)))
				})
			}
		}
	}
}

// Every table that can be made, and every rule that the SQL can say.
func TestDuckDBCountsEveryTable(t *testing.T) {
	peer(t, "@duckdb/node-api")
	folder := filepath.Join(t.TempDir(), "extract")
	require.NoError(t, makeExtract(t.Context(), folder, synthetic.Options{Seed: 14, Practices: 3, Patients: 1500, Format: "parquet", GroupRows: 4096,
		PerPatient: synthetic.DefaultPerPatient(), Shuffle: true}))
	want := found(t, &process{name: "paperlight", argv: checkArgs(product(t), loads["all"], folder), answers: fromReport})
	p, said := sayable(t, loads["all"], mustForm("joined"), folder, "parquet")
	require.Greater(t, len(said), 50, "rules that the SQL can say")
	require.NoError(t, want.of(said).differ(found(t, p)))
}

// sayable is DuckDB over those rules of the load that the SQL can say, and which
// they are: what it cannot are steps to a practice's rows in some shapes, rows
// met by id and the latest rows of a list.
func sayable(t *testing.T, l load, f form, folder, format string) (*process, []string) {
	t.Helper()
	w, err := l.open(t.Context(), folder)
	require.NoError(t, err)
	said := w.sayable(f)
	s, err := duckdbScript(said, f, folder, format, "")
	require.NoError(t, err)
	require.NoError(t, w.extract.Close())
	t.Logf("%d of %d rules", len(said.programs), len(w.programs))
	file, err := writeScript(t.TempDir(), "said.json", s)
	require.NoError(t, err)
	var ids []string
	for i := range said.programs {
		ids = append(ids, said.programs[i].ID)
	}
	return &process{name: "DuckDB", argv: []string{"node", "duckdb.mjs", file}, answers: fromScript(&s.script)}, ids
}

// of are the answers of the rules.
func (a answers) of(rules []string) answers {
	out := answers{}
	for _, rule := range rules {
		if got, ok := a[rule]; ok {
			out[rule] = got
		}
	}
	return out
}

func TestPolarsCountsWhatPaperlightCounts(t *testing.T) {
	peer(t, "nodejs-polars")
	paperlight := product(t)
	for _, format := range canonical.Formats {
		folder := made(t, format, false, 12)
		want := found(t, &process{name: "paperlight", argv: checkArgs(paperlight, loads["ten"], folder), answers: fromReport})
		require.NoError(t, want.differ(found(t, polars(folder, format, "streaming"))), format)
	}
}

func TestClickHouseCountsWhatPaperlightCounts(t *testing.T) {
	peer(t, "chdb")
	paperlight := product(t)
	folder := made(t, "parquet", false, 13)
	want := found(t, &process{name: "paperlight", argv: checkArgs(paperlight, loads["ten"], folder), answers: fromReport})
	p, err := clickHouse(folder, "parquet", t.TempDir())
	require.NoError(t, err)
	require.NoError(t, want.differ(found(t, p)))
}

// A difference in one count of one practice must be seen.
func TestDifferSeesOneCount(t *testing.T) {
	a := answers{"set/rule": {"P1": {5, 4, 0, 0, 0}, "P2": {1, 1, 0, 0, 0}}}
	b := answers{"set/rule": {"P1": {5, 4, 0, 0, 0}, "P2": {1, 1, 0, 0, 1}}}
	require.NoError(t, a.differ(a))
	require.ErrorContains(t, a.differ(b), "set/rule, practice \"P2\"")
	require.Error(t, a.differ(answers{}))
	require.Error(t, answers{}.differ(a))
}

// found runs a process once and reads its answers, of which there must be some.
func found(t *testing.T, p *process) answers {
	t.Helper()
	_, out, err := p.run(t.Context())
	require.NoError(t, err)
	got, err := p.answers(out)
	require.NoError(t, err)
	require.Greater(t, len(got), 8)
	return got
}
