package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"paperlight/analyzer/schema"
)

// onePractice is how many patients the practice of the benchmark has: some 11.5
// million rows.
const onePractice = 12_000

// A practiceSet is a practice, or several, as files.
type practiceSet struct {
	name, format string
	practices    int
	// order puts the rows of the large tables in another order than the export's.
	order string
	// narrow keeps only the tables of the ten rules and the columns that a run of
	// them asks for.
	narrow bool
	// undated leaves out what tells the last day.
	undated bool
}

var practiceSets = map[string]practiceSet{
	"parquet":         {name: "parquet", format: "parquet", practices: 1},
	"parquet-patient": {name: "parquet-patient", format: "parquet", practices: 1, order: "patient_id"},
	"parquet-random":  {name: "parquet-random", format: "parquet", practices: 1, order: "random"},
	"parquet-narrow":  {name: "parquet-narrow", format: "parquet", practices: 1, narrow: true},
	"parquet-undated": {name: "parquet-undated", format: "parquet", practices: 1, undated: true},
	"csv":             {name: "csv", format: "csv", practices: 1},
	"csv-narrow":      {name: "csv-narrow", format: "csv", practices: 1, narrow: true},
	"csv-undated":     {name: "csv-undated", format: "csv", practices: 1, narrow: true, undated: true},
	"arrow":           {name: "arrow", format: "arrow", practices: 1},
	"ten-practices":   {name: "ten-practices", format: "parquet", practices: 10},
	"4000":            {name: "4000", format: "parquet", practices: 1},
}

// makePractices makes practices with as many rows a patient as practices have,
// exports them as EMIS does, and writes that as canonical tables: the way such
// files come to be. It needs some 300 kB a patient while it works.
//
// Several practices are made as canonical tables from the start, which needs a
// tenth of that, and converted only for the hashes of NHS numbers.
func makePractices(ctx context.Context, paperlight, folder, format string, seed, practices, patients int) error {
	if err := os.MkdirAll(filepath.Dir(folder), 0o750); err != nil {
		return err
	}
	export := folder + "-export"
	defer func() { _ = os.RemoveAll(export) }()
	like := []string{"--like", "emis"}
	if practices > 1 {
		like = []string{"--format", "parquet", "--per-patient", "documents=0,results=0"}
	}
	for _, args := range [][]string{
		append([]string{"generate", export, "--shape", "practice", "--seed", fmt.Sprint(seed), "--practices", fmt.Sprint(practices), "--patients", fmt.Sprint(patients), "--quiet"}, like...),
		{"convert", export, "--to", folder, "--format", format, "--allow-test-numbers", "--quiet"},
	} {
		if text, err := exec.CommandContext(ctx, paperlight, args...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", args[0], err, text)
		}
	}
	return nil
}

// practiceFolder returns the folder of a set, making it where it is not there
// yet. Sets of a form are made from the Parquet or CSV as exported, by DuckDB:
// files of another writer than ours.
func (b *bench) practiceFolder(ctx context.Context, set practiceSet) (string, error) {
	folder := filepath.Join(b.data, set.name)
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
	}
	b.say("   making %s", folder)
	if set.order == "" && !set.narrow && !set.undated {
		patients := b.patients * set.practices
		if set.name == "4000" {
			patients = min(4000, patients)
		}
		return folder, makePractices(ctx, b.paperlight, folder, set.format, 15, set.practices, patients)
	}
	from, err := b.practiceFolder(ctx, practiceSets["parquet"])
	if err != nil {
		return "", err
	}
	sql, err := b.rewriting(ctx, set, from, folder+"-new")
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(folder+"-new", 0o750); err != nil {
		return "", err
	}
	binary, err := b.shellBinary()
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, binary, "-no-init", "-bail")
	cmd.Stdin = strings.NewReader(sql)
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w: %s", set.name, err, text)
	}
	return folder, os.Rename(folder+"-new", folder)
}

// rewriting is the SQL that writes the tables of from into the folder to in
// the form of the set.
func (b *bench) rewriting(ctx context.Context, set practiceSet, from, to string) (string, error) {
	files, err := filepath.Glob(filepath.Join(from, "*.parquet"))
	if err != nil {
		return "", err
	}
	read := map[string][]string{}
	if set.narrow {
		if read, err = loads["records"].columns(ctx, from); err != nil {
			return "", err
		}
	}
	options := "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880"
	if set.format == "csv" {
		options = "FORMAT csv, HEADER"
	}
	var out strings.Builder
	fmt.Fprintf(&out, "SET threads = %d;\n", jobs)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".parquet")
		names, err := parquetHeader(file)
		if err != nil {
			return "", err
		}
		t := schema.Lookup(name)
		keep := slices.DeleteFunc(names, func(c string) bool {
			column := t.Column(c)
			return set.narrow && name != "practice" && !column.Required && !slices.Contains(read[name], c) ||
				set.undated && name == "practice" && (c == "extract_to" || c == "extract_from")
		})
		if set.narrow && name != "practice" && !reads("records-facts", name) {
			continue
		}
		fmt.Fprintf(&out, "COPY (SELECT %s FROM read_parquet(%s)%s) TO %s (%s);\n", strings.Join(keep, ", "), quoted(file), orderOf(set, t, keep),
			quoted(filepath.Join(to, name+"."+set.format)), options)
	}
	return out.String(), nil
}

// orderOf orders a table that has the column; one without stays as it is.
func orderOf(set practiceSet, t *schema.Table, columns []string) string {
	switch {
	case set.order == "random" && t.Key != nil && slices.Contains(columns, t.Key.Name):
		return " ORDER BY hash(" + t.Key.Name + ")"
	case slices.Contains(columns, set.order):
		return " ORDER BY " + set.order
	}
	return ""
}

// binaryAt builds paperlight as it was at a commit.
func (b *bench) binaryAt(ctx context.Context, commit string) (program string, err error) {
	program = filepath.Join(b.data, "paperlight-"+commit)
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	tree := filepath.Join(b.work, "tree")
	git := func(args ...string) error {
		text, err := exec.CommandContext(ctx, "git", args...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("git %s: %w: %s", args[0], err, text)
		}
		return nil
	}
	if err := git("worktree", "add", "--detach", tree, commit); err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, git("worktree", "remove", "--force", tree)) }()
	return program, buildPaperlight(ctx, tree, program)
}
