package main

import (
	_ "embed"
	"fmt"
	"path/filepath"
	"strings"

	"paperlight/analyzer/schema"
)

//go:embed macros.sql
var macros string

// A scriptRun is what duckdb.mjs and chdb.mjs run.
type scriptRun struct {
	Threads int `json:"threads"`
	script
}

// jobs is how many threads every engine may use.
const jobs = 2

// duckdbScript writes the load in DuckDB's SQL over the files in folder, and
// lists of failing rows into the folder lists, where given.
func duckdbScript(w *workload, f form, folder, format, lists string) (*scriptRun, error) {
	s, err := write(w, f, lists, func(t *schema.Table) string { return duckdbTable(t, folder, format) })
	if err != nil {
		return nil, err
	}
	s.Steps = append(macroSteps(), s.Steps...)
	return &scriptRun{Threads: jobs, script: *s}, nil
}

func macroSteps() []string {
	var steps []string
	for _, m := range strings.Split(macros, ";\n") {
		if strings.TrimSpace(m) != "" {
			steps = append(steps, m)
		}
	}
	return steps
}

// duckdbTable reads the file of a table. CSV columns are given their types, so
// that DuckDB guesses nothing.
func duckdbTable(t *schema.Table, folder, format string) string {
	file := quoted(filepath.Join(folder, t.Name+"."+format))
	if format == "parquet" {
		return "read_parquet(" + file + ")"
	}
	header, err := csvHeader(filepath.Join(folder, t.Name+"."+format))
	if err != nil {
		panic(unsupported{err.Error()})
	}
	var columns []string
	for _, name := range header {
		c := t.Column(name)
		typ := [...]string{schema.Text: "VARCHAR", schema.Date: "DATE", schema.Int: "BIGINT", schema.Decimal: "DOUBLE", schema.Bool: "BOOLEAN"}[c.Type]
		columns = append(columns, fmt.Sprintf("%s: '%s'", quoted(name), typ))
	}
	return fmt.Sprintf("read_csv(%s, header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', columns = {%s})", file, strings.Join(columns, ", "))
}
