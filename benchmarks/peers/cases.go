package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A bench is where the figures are taken: data, binaries and scripts.
type bench struct {
	data, work string
	paperlight string
	patients   int
	repeats    int
	only       []string
	// python is the folder of the Python environments.
	python string
	// before is the commit that the goal of today's speed stands against.
	before string
	// trials is how often each form of a query is tried.
	trials int
	// forms are the only ones to try; none for all.
	forms []string
	tried []trial
}

// A matter is one case of the table: two processes over one dataset.
type matter struct {
	name, peer string
	dataset    string
	// make returns paperlight's process and the peer's.
	make func(ctx context.Context, b *bench, d dataset, folder string) (a, p *process, err error)
}

// matters are the cases in the order of the table.
var matters = []matter{
	{"ten rules", "duckdb", "parquet", againstDuckDB("ten", "joined", false)},
	{"ten rules", "duckdb", "parquet-random", againstDuckDB("ten", "joined", false)},
	{"all rules", "duckdb", "parquet", againstDuckDB("all", "joined", false)},
	{"nine rules, failing rows listed", "duckdb", "parquet", againstDuckDB("nine", "joined", true)},
	{"ten rules", "duckdb", "csv", againstDuckDB("ten", "joined", false)},
	{"ten rules", "polars", "parquet", againstPolars},
	{"ten rules", "polars", "csv", againstPolars},
	{"ten rules", "polars", "arrow", againstPolars},
	{"ten rules", "clickhouse", "parquet", againstClickHouse},
	{"ten rules", "clickhouse", "csv", againstClickHouse},
	{"one filter, counts of two columns", "miller", "csv", againstMiller},
	{"ten rules / decode alone", "floor", "parquet", againstFloor("ten")},
	{"all rules / decode alone", "floor", "parquet", againstFloor("all")},
	{"decode of the ten rules' columns, parquet-go pages / pqarrow", "pqarrow", "parquet", againstPqarrow},
	{"all rules / ten rules", "self", "parquet", allAgainstTen},
	{"one worker / two workers", "self", "parquet", oneAgainstTwo},
	{"ten rules with a digest / without", "self", "parquet", digestAgainstNone},
	{"ten rules with a digest / without", "self", "csv", digestAgainstNone},
	{"ten rules with a digest / without", "self", "arrow", digestAgainstNone},
}

// wanted says whether --only names the peer.
func (b *bench) wanted(m matter) bool { return len(b.only) == 0 || slices.Contains(b.only, m.peer) }

// check takes no digest of the input, as no peer does; what one costs is a case
// of its own.
func (b *bench) check(l load, folder string, more ...string) *process {
	return &process{name: "paperlight", argv: checkArgs(b.paperlight, l, folder, append(more, "--no-digest")...), answers: fromReport}
}

func againstDuckDB(name, shape string, lists bool) func(context.Context, *bench, dataset, string) (*process, *process, error) {
	return func(ctx context.Context, b *bench, d dataset, folder string) (*process, *process, error) {
		l, f := loads[name], mustForm(shape)
		var more []string
		into := ""
		if lists {
			into = filepath.Join(b.work, "lists")
			if err := os.MkdirAll(into, 0o750); err != nil {
				return nil, nil, err
			}
			more = []string{"--worklist", filepath.Join(b.work, "worklists"), "--worklist-all"}
		}
		p, err := duckdb(ctx, l, f, folder, d.format, b.work, into)
		a := b.check(l, folder, more...)
		if lists {
			a.before = func() error { return os.RemoveAll(filepath.Join(b.work, "worklists")) }
			listed := func(of string) func([]byte) (answers, error) { return withRows(filepath.Join(b.work, of)) }
			a.answers, p.answers = both(a.answers, listed("worklists")), both(p.answers, listed("lists"))
		}
		return a, p, err
	}
}

func againstPolars(_ context.Context, b *bench, d dataset, folder string) (*process, *process, error) {
	return b.check(loads["ten"], folder), polars(folder, d.format, "streaming"), nil
}

func againstClickHouse(_ context.Context, b *bench, d dataset, folder string) (*process, *process, error) {
	p, err := clickHouse(folder, d.format, b.work)
	return b.check(loads["ten"], folder), p, err
}

// againstMiller gives Miller far less to do: it has no join or check digit
// that could be used here, so it only counts rows and two columns.
func againstMiller(_ context.Context, b *bench, _ dataset, folder string) (*process, *process, error) {
	verb := []string{"mlr", "--icsv", "--ojson", "--nr-progress-mod", "0", "put", "-q",
		`@n += 1; if (is_not_empty($indication_problem_id)) {@i += 1} if (is_not_empty($start_date) && is_not_empty($end_date)) {@d += 1; if ($end_date >= $start_date) {@o += 1}} end {emit (@n, @i, @d, @o)}`,
		filepath.Join(folder, "medications.csv")}
	verb = slices.DeleteFunc(verb, func(s string) bool { return s == "--nr-progress-mod" || s == "0" })
	return b.check(loads["ten"], folder), &process{name: "Miller", argv: verb}, nil
}

func againstFloor(name string) func(context.Context, *bench, dataset, string) (*process, *process, error) {
	return func(ctx context.Context, b *bench, _ dataset, folder string) (*process, *process, error) {
		p, err := b.decode(ctx, "pages", loads[name], folder)
		return b.check(loads[name], folder), p, err
	}
}

func againstPqarrow(ctx context.Context, b *bench, _ dataset, folder string) (*process, *process, error) {
	a, err := b.decode(ctx, "pages", loads["ten"], folder)
	if err != nil {
		return nil, nil, err
	}
	p, err := b.decode(ctx, "pqarrow", loads["ten"], folder)
	return a, p, err
}

func allAgainstTen(_ context.Context, b *bench, _ dataset, folder string) (*process, *process, error) {
	a, p := b.check(loads["all"], folder), b.check(loads["ten"], folder)
	a.answers, p.answers = nil, nil // not the same rules
	return a, p, nil
}

func oneAgainstTwo(_ context.Context, b *bench, _ dataset, folder string) (*process, *process, error) {
	a, p := b.check(loads["ten"], folder), b.check(loads["ten"], folder)
	a.name, a.argv = "one worker", append(a.argv, "--jobs", "1")
	p.name = "two workers"
	return a, p, nil
}

func digestAgainstNone(_ context.Context, b *bench, _ dataset, folder string) (*process, *process, error) {
	a, p := b.check(loads["ten"], folder), b.check(loads["ten"], folder)
	a.name, a.argv = "with a digest", checkArgs(b.paperlight, loads["ten"], folder)
	p.name = "without"
	return a, p, nil
}

// decode returns this program as a process that decodes the columns of a load
// and does nothing with them.
func (b *bench) decode(ctx context.Context, how string, l load, folder string) (*process, error) {
	columns, err := l.columns(ctx, folder)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	argv := []string{self, "decode", how}
	for _, table := range sortedKeys(columns) {
		argv = append(argv, filepath.Join(folder, table+".parquet")+":"+strings.Join(columns[table], ","))
	}
	return &process{name: how, argv: argv}, nil
}

func mustForm(name string) form {
	f, ok := formNamed(name)
	if !ok {
		panic(fmt.Sprintf("no form %q", name))
	}
	return f
}
