package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// paperlightBinary builds the product as it is published.
func paperlightBinary(ctx context.Context, folder string) (string, error) {
	out := filepath.Join(folder, "paperlight")
	return out, buildPaperlight(ctx, filepath.Join("..", ".."), out)
}

func buildPaperlight(ctx context.Context, tree, out string) error {
	out, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", out, "./cmd/paperlight")
	cmd.Dir = tree
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build paperlight: %w: %s", err, text)
	}
	return nil
}

// checkArgs is the command that checks the extract in folder by a load.
func checkArgs(binary string, l load, folder string, more ...string) []string {
	args := []string{binary, "check", folder, "--allow-test-numbers", "--fail-on", "never", "--format", "json", "--quiet", "--jobs", fmt.Sprint(jobs)}
	return append(append(args, l.flags()...), more...)
}

// duckdb writes the load as SQL into the folder work and returns the process
// that runs it.
func duckdb(ctx context.Context, l load, f form, folder, format, work, lists string) (*process, error) {
	w, err := l.open(ctx, folder)
	if err != nil {
		return nil, err
	}
	s, err := duckdbScript(w, f, folder, format, lists)
	if err := errors.Join(err, w.extract.Close()); err != nil {
		return nil, err
	}
	file, err := writeScript(work, "duckdb-"+l.name+"-"+f.name+"-"+filepath.Base(folder)+".json", s)
	return &process{name: "DuckDB", argv: []string{"node", "duckdb.mjs", file}, answers: fromScript(&s.script)}, err
}

// polars runs the ten rules in Polars.
func polars(folder, format, engine string) *process {
	return &process{
		name:    "Polars",
		argv:    []string{"node", "polars.mjs", folder, format, asOf, engine},
		env:     []string{fmt.Sprintf("POLARS_MAX_THREADS=%d", jobs)},
		answers: fromScript(&script{Results: []result{{Rules: tenRules[0]}, {Rules: tenRules[1]}}}),
	}
}

// clickHouse writes the ten rules as SQL into the folder work and returns the
// process that runs it.
func clickHouse(folder, format, work string) (*process, error) {
	s := &scriptRun{Threads: jobs, script: *clickHouseTen(folder, format)}
	file, err := writeScript(work, "clickhouse-"+filepath.Base(folder)+".json", s)
	return &process{name: "ClickHouse", argv: []string{"node", "chdb.mjs", file}, answers: fromScript(&s.script)}, err
}

func writeScript(folder, name string, s *scriptRun) (string, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return "", err
	}
	file := filepath.Join(folder, name)
	return file, os.WriteFile(file, text, 0o600)
}
