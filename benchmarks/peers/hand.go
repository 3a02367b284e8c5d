package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"paperlight/analyzer/schema"
	"paperlight/rules"
)

// Handwritten SQL, a file a form: what a person who knows DuckDB might write
// for the same rules. The generated SQL stays the oracle of every count.
//
//go:embed hand/*.sql
var hand embed.FS

// handForms are the forms of a load that were written by hand: records-facts,
// records-sets, ….
func handForms(load string) []string {
	files, err := hand.ReadDir("hand")
	if err != nil {
		panic(err) // embedded
	}
	var out []string
	for _, f := range files {
		if name := strings.TrimSuffix(f.Name(), ".sql"); strings.HasPrefix(name, load+"-") {
			out = append(out, name)
		}
	}
	return out
}

// handScript fills in one form: {events} reads that file of the folder, {as_of}
// is the day, {blood_pressure.sct} the codes of a list in a system, and {lists} a
// folder for what the query writes. A query after a line "-- rules: a b" gives
// the practice and two counts for each of these rules.
func handScript(form, folder, format, lists string) (s *scriptRun, err error) {
	defer func() { err = errors.Join(err, recovered(recover())) }()
	text, err := hand.ReadFile(path.Join("hand", form+".sql"))
	if err != nil {
		return nil, fmt.Errorf("no form %s: %w", form, err)
	}
	codes, err := listOf("blood-pressure")
	if err != nil {
		return nil, err
	}
	fill := []string{"{as_of}", "DATE " + quoted(asOf), "{lists}", strings.ReplaceAll(lists, "'", "''")}
	for system, list := range codes {
		var literals []string
		for _, code := range slices.Sorted(slices.Values(list)) {
			literals = append(literals, quoted(code))
		}
		fill = append(fill, "{blood_pressure."+system+"}", strings.Join(literals, ", "))
	}
	for _, t := range schema.Tables {
		if strings.Contains(string(text), "{"+t.Name+"}") {
			fill = append(fill, "{"+t.Name+"}", duckdbTable(t, folder, format))
		}
	}
	s = &scriptRun{Threads: jobs}
	s.Steps = macroSteps()
	for _, query := range strings.Split(strings.NewReplacer(fill...).Replace(string(text)), ";\n") {
		var ids []string
		query = strings.TrimSpace(query)
		for strings.HasPrefix(query, "--") {
			comment, rest, _ := strings.Cut(query, "\n")
			if list, ok := strings.CutPrefix(comment, "-- rules: "); ok {
				ids = strings.Fields(list)
			}
			query = strings.TrimSpace(rest)
		}
		switch {
		case query == "":
		case ids == nil:
			s.Steps = append(s.Steps, query)
		default:
			s.Results = append(s.Results, result{Rules: ids, SQL: query, pairs: true})
		}
	}
	return s, nil
}

// reads says whether a form reads a table.
func reads(form, table string) bool {
	text, err := hand.ReadFile(path.Join("hand", form+".sql"))
	return err == nil && strings.Contains(string(text), "{"+table+"}")
}

// recovered is what SQL cannot say, as an error.
func recovered(r any) error {
	if r == nil {
		return nil
	}
	what, ok := r.(unsupported)
	if !ok {
		panic(r)
	}
	return fmt.Errorf("no SQL for %s", what.what)
}

// listOf is a code list, by system.
func listOf(name string) (map[string][]string, error) {
	c, err := rules.Embedded()
	if err != nil {
		return nil, err
	}
	return c.Lists[name].Codes, nil
}

// handwritten is a form run by an engine of DuckDB's SQL.
func handwritten(e sqlEngine, form, folder, format, work, lists string) (*process, error) {
	s, err := handScript(form, folder, format, lists)
	if err != nil {
		return nil, err
	}
	return e(s, filepath.Join(work, form+"-"+filepath.Base(folder)))
}

// A sqlEngine is a program that runs a script of DuckDB's SQL, given as a file
// that is written at the path stem with an extension.
type sqlEngine func(s *scriptRun, stem string) (*process, error)

// shell runs DuckDB's own command line, which starts in a fiftieth of a second:
// the least that anybody can pay for its start.
func shell(binary string) sqlEngine {
	return func(s *scriptRun, stem string) (*process, error) {
		var b strings.Builder
		fmt.Fprintf(&b, ".mode csv\n.headers off\nSET threads = %d;\nSET preserve_insertion_order = false;\n", s.Threads)
		for _, step := range s.Steps {
			b.WriteString(step + ";\n")
		}
		for _, r := range s.Results {
			b.WriteString(r.SQL + ";\n.print ---\n")
		}
		file := stem + ".sql"
		return &process{name: "DuckDB", argv: []string{binary, "-no-init", "-bail", "-f", file}, answers: fromShell(&s.script)}, os.WriteFile(file, []byte(b.String()), 0o600)
	}
}

// generated is the load as SQL made from the expression graph.
func generated(ctx context.Context, l load, f form, folder, format, lists string) (*scriptRun, error) {
	w, err := l.open(ctx, folder)
	if err != nil {
		return nil, err
	}
	s, err := duckdbScript(w, f, folder, format, lists)
	return s, errors.Join(err, w.extract.Close())
}

// node runs DuckDB's library within node.
func node(s *scriptRun, stem string) (*process, error) {
	file, err := writeScript(filepath.Dir(stem), filepath.Base(stem)+".json", s)
	return &process{name: "DuckDB", argv: []string{"node", "duckdb.mjs", file}, answers: fromScript(&s.script)}, err
}
