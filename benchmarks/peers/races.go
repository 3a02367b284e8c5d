package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// races are the cases over practices, in the order of the table. What is in one
// race runs in the same rounds.
func races() []race {
	engines := []entrant{plain(), hashed(), duckdbBest("DuckDB"), duckdbBest("DuckDB 2"),
		python("Polars", "engines", "polars_records.py"), python("ClickHouse", "engines", "chdb_records.py"),
		python("DataFusion", "engines", "datafusion_records.py"), python("pyarrow", "engines", "pyarrow_records.py")}
	return []race{
		{load: "records", dataset: "parquet", entrants: append(slices.Clone(engines), pages(), ours("one worker", "--no-digest", "--jobs", "1")), against: []pairing{
			{"paperlight", "DuckDB", "parquet peak"}, {"paperlight, digest", "DuckDB", "parquet-digest"},
			{"paperlight", "DuckDB 2", ""}, {"paperlight, digest", "DuckDB 2", ""},
			{"paperlight", "Polars", "polars"}, {"paperlight", "ClickHouse", ""}, {"paperlight", "DataFusion", ""}, {"paperlight", "pyarrow", ""},
			{"paperlight", "decode alone", "decode-ten"}, {"one worker", "paperlight", "workers"}}},
		{load: "records", dataset: "csv-narrow", entrants: engines, against: []pairing{
			{"paperlight", "DuckDB", "csv-narrow peak"}, {"paperlight, digest", "DuckDB", "csv-narrow-digest"},
			{"paperlight", "DuckDB 2", ""}, {"paperlight, digest", "DuckDB 2", ""},
			{"paperlight", "Polars", "polars"}, {"paperlight", "ClickHouse", ""}, {"paperlight", "DataFusion", ""}, {"paperlight", "pyarrow", ""}}},
		{load: "records", dataset: "csv", entrants: engines[:5], against: []pairing{
			{"paperlight", "DuckDB", "peak"}, {"paperlight, digest", "DuckDB", ""}, {"paperlight", "DuckDB 2", ""}, {"paperlight", "Polars", "polars"}}},
		{load: "records", dataset: "arrow", entrants: []entrant{plain(), hashed(), engines[4]}, against: []pairing{
			{"paperlight", "Polars", "arrow polars"}, {"paperlight, digest", "Polars", "arrow-digest"}}},
		{load: "records", dataset: "parquet-random", entrants: engines[:5], against: []pairing{
			{"paperlight", "DuckDB", "random peak"}, {"paperlight, digest", "DuckDB", ""}, {"paperlight", "DuckDB 2", ""}, {"paperlight", "Polars", "polars"}}},
		{load: "records", dataset: "parquet-patient", entrants: engines[:4], against: []pairing{
			{"paperlight", "DuckDB", ""}, {"paperlight, digest", "DuckDB", ""}, {"paperlight", "DuckDB 2", ""}}},
		{load: "records", dataset: "parquet-narrow", entrants: engines[:4], against: []pairing{
			{"paperlight", "DuckDB", ""}, {"paperlight, digest", "DuckDB", ""}, {"paperlight", "DuckDB 2", ""}}},
		{load: "said", dataset: "parquet", entrants: []entrant{plain(), hashed(), duckdbBest("DuckDB"), duckdbBest("DuckDB 2"), pages()}, against: []pairing{
			{"paperlight", "DuckDB", "all-parquet peak"}, {"paperlight, digest", "DuckDB", ""}, {"paperlight", "DuckDB 2", ""}, {"paperlight", "decode alone", "decode-all"}}},
		{load: "said", dataset: "csv", entrants: []entrant{plain(), hashed(), duckdbBest("DuckDB"), duckdbBest("DuckDB 2")}, rounds: 3, against: []pairing{
			{"paperlight", "DuckDB", "all-csv peak"}, {"paperlight, digest", "DuckDB", ""}, {"paperlight", "DuckDB 2", ""}}},
		{load: "intake", dataset: "parquet", entrants: []entrant{sound(plain()), sound(hashed()), soundDuckDB("DuckDB"), soundDuckDB("DuckDB 2")}, against: []pairing{
			{"paperlight", "DuckDB", ""}, {"paperlight, digest", "DuckDB", ""}, {"paperlight", "DuckDB 2", ""}, {"paperlight, digest", "DuckDB 2", ""}}},
		{load: "listed", dataset: "parquet", entrants: []entrant{listing(), listingDuckDB()}, against: []pairing{{"paperlight", "DuckDB", "listed"}}},
		{load: "plain", dataset: "parquet", rounds: 3, entrants: []entrant{plain(), hashed(),
			python("Great Expectations", "checks", "gx_records.py"), python("Soda Core", "checks", "soda_records.py"), python("pointblank", "checks", "pointblank_records.py"),
			python("PyDeequ", "spark", "pydeequ_records.py"), python("DQX", "spark", "dqx_records.py")}, against: []pairing{
			{"paperlight, digest", "Great Expectations", "tools"}, {"paperlight, digest", "Soda Core", "tools"}, {"paperlight, digest", "pointblank", "tools"},
			{"paperlight, digest", "PyDeequ", "tools"}, {"paperlight, digest", "DQX", ""}}},
		{load: "all", dataset: "4000", entrants: []entrant{hashed(), before()}, against: []pairing{{"paperlight, digest", "before", "today"}}},
		{load: "records", dataset: "parquet-undated", entrants: []entrant{plain(), ours("as-of given", "--no-digest", "--as-of", asOf)}, against: []pairing{{"paperlight", "as-of given", "undated"}}},
		{load: "records", dataset: "csv-undated", entrants: []entrant{plain(), ours("as-of given", "--no-digest", "--as-of", asOf)}, against: []pairing{{"paperlight", "as-of given", "undated-csv"}}},
		{load: "records", dataset: "ten-practices", rounds: 3, entrants: []entrant{plain(), hashed(), duckdbBest("DuckDB"), oneOf("one practice")}, against: []pairing{
			{"paperlight", "DuckDB", "peak"}, {"paperlight, digest", "DuckDB", ""}, {"paperlight", "one practice", "growth"}}},
	}
}

// races runs those that are wanted, and writes the tables. One that fails is
// told of and left out.
func (b *bench) races(ctx context.Context, sets []string, only []string, log string) ([]finding, error) {
	var lines []finding
	var failed []error
	for _, r := range races() {
		if len(sets) > 0 && !slices.Contains(sets, r.load+":"+r.dataset) && !slices.Contains(sets, r.dataset) {
			continue
		}
		found, err := b.race(ctx, r, only)
		if err != nil {
			b.say("   %v", err)
			failed = append(failed, err)
			continue
		}
		lines = append(lines, found...)
		failed = append(failed, keep(log, found...), keep(log, b.tried...))
		b.tried = nil
	}
	for _, i := range insides {
		if len(sets) > 0 && !slices.Contains(sets, "inside") {
			continue
		}
		l, err := b.inside(ctx, i)
		if err != nil {
			failed = append(failed, fmt.Errorf("%s in process: %w", i.load, err))
			continue
		}
		lines = append(lines, l)
		failed = append(failed, keep(log, l))
	}
	return lines, errors.Join(failed...)
}

func (b *bench) race(ctx context.Context, r race, only []string) ([]finding, error) {
	b.say("%s, %s", r.load, r.dataset)
	set := practiceSets[r.dataset]
	folder, err := b.practiceFolder(ctx, set)
	if err != nil {
		return nil, err
	}
	if len(only) > 0 {
		r.entrants = slices.DeleteFunc(slices.Clone(r.entrants), func(e entrant) bool {
			return !strings.HasPrefix(e.name, "paperlight") && !slices.Contains(only, e.name)
		})
	}
	l := loads[r.load]
	if r.load == "said" {
		if l, err = said(ctx, folder); err != nil {
			return nil, err
		}
		b.say("   %d rules that the SQL can say", len(l.choose))
	}
	rounds := b.repeats
	if r.rounds > 0 {
		rounds = min(rounds, r.rounds)
	}
	out, err := r.run(ctx, &heat{bench: b, load: l, dataset: set, folder: folder}, rounds)
	if err != nil {
		return nil, err
	}
	var lines []finding
	for _, p := range r.against {
		x, y := out[p.a], out[p.b]
		if x == nil || y == nil || len(x.samples) == 0 || len(y.samples) == 0 {
			continue
		}
		l := find(x, y)
		l.Load, l.Dataset, l.A, l.B, l.Goals = r.load, r.dataset, p.a, p.b, strings.Fields(p.goal)
		lines = append(lines, l)
	}
	return lines, nil
}
