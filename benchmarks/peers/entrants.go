package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ours is paperlight check with these flags; the input is hashed unless they
// say otherwise.
func ours(name string, flags ...string) entrant {
	return entrant{name: name, make: func(_ context.Context, h *heat) (*process, error) {
		return &process{name: name, argv: checkArgs(h.paperlight, h.load, h.folder, flags...), answers: h.reported()}, nil
	}}
}

// reported reads paperlight's report, as the load is compared.
func (h *heat) reported() func([]byte) (answers, error) {
	if h.load.failing {
		return failing(fromReport)
	}
	return fromReport
}

// plain and hashed are the two that every race has.
func plain() entrant  { return ours("paperlight", "--no-digest") }
func hashed() entrant { return ours("paperlight, digest") }

// venv is a program of one of the Python environments.
func (b *bench) venv(name, program string) (string, error) {
	path, err := filepath.Abs(filepath.Join(b.python, name, "bin", program))
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%s is not installed: make peers-python", name)
	}
	return path, nil
}

// shellBinary is DuckDB's command line itself, without the Python that its
// package wraps round it.
func (b *bench) shellBinary() (string, error) {
	found, err := filepath.Glob(filepath.Join(b.python, "duckdb", "lib", "python3*", "site-packages", "duckdb_cli", "duckdb"))
	if err != nil || len(found) == 0 {
		return "", errors.Join(err, errors.New("duckdb is not installed: make peers-python"))
	}
	return filepath.Abs(found[0])
}

// pythonSQL runs a script in the DuckDB of a Python environment.
func pythonSQL(python string) sqlEngine {
	return func(s *scriptRun, stem string) (*process, error) {
		file, err := writeScript(filepath.Dir(stem), filepath.Base(stem)+"-py.json", s)
		return &process{name: "DuckDB 2", argv: []string{python, "-sE", "python/duckdb_script.py", file}, answers: fromScript(&s.script)}, err
	}
}

// duckdbBest is the quickest of the forms written by hand and of those made
// from the rules. Of the rules all, nobody wrote any by hand.
func duckdbBest(name string) entrant {
	return entrant{name: name, make: func(ctx context.Context, h *heat) (*process, error) {
		e, err := h.engine(name)
		if err != nil {
			return nil, err
		}
		named, err := h.formsOf(ctx, e)
		if err != nil {
			return nil, err
		}
		for _, p := range named {
			p.name = name
		}
		if len(h.forms) > 0 {
			maps.DeleteFunc(named, func(form string, _ *process) bool { return !slices.Contains(h.forms, form) })
		}
		names, err := h.quickest(ctx, named, h.trials)
		if err != nil {
			return nil, err
		}
		return named[names[0]], nil
	}}
}

func (h *heat) engine(name string) (sqlEngine, error) {
	if name == "DuckDB 2" {
		python, err := h.venv("duckdb2", "python")
		return pythonSQL(python), err
	}
	binary, err := h.shellBinary()
	return shell(binary), err
}

func (h *heat) formsOf(ctx context.Context, e sqlEngine) (map[string]*process, error) {
	out := map[string]*process{}
	for _, f := range forms {
		p, err := h.formOf(ctx, e, f)
		if err != nil {
			return nil, err
		}
		out["made-"+f.name] = p
	}
	for _, form := range handForms(h.load.name) {
		p, err := handwritten(e, form, h.folder, h.dataset.format, h.work, "")
		if err != nil {
			return nil, err
		}
		out[form] = p
	}
	return out, nil
}

func (h *heat) formOf(ctx context.Context, e sqlEngine, f form) (*process, error) {
	s, err := generated(ctx, h.load, f, h.folder, h.dataset.format, "")
	if err != nil {
		return nil, err
	}
	return e(s, filepath.Join(h.work, "made-"+h.load.name+"-"+f.name+"-"+h.dataset.name))
}

// python is a peer that reads the files itself and prints what it counted.
func python(name, environment, script string) entrant {
	return entrant{name: name, make: func(_ context.Context, h *heat) (*process, error) {
		python, err := h.venv(environment, "python")
		if err != nil {
			return nil, err
		}
		codes, err := h.codes()
		if err != nil {
			return nil, err
		}
		return &process{name: name, argv: []string{python, "-sE", filepath.Join("python", script), h.folder, h.dataset.format, asOf, codes},
			env:     []string{fmt.Sprintf("POLARS_MAX_THREADS=%d", jobs), fmt.Sprintf("OMP_NUM_THREADS=%d", jobs), fmt.Sprintf("PEERS_THREADS=%d", jobs)},
			answers: fromCounts}, nil
	}}
}

// codes is a file with the code lists of the rules, by system.
func (h *heat) codes() (string, error) {
	list, err := listOf("blood-pressure")
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(list)
	if err != nil {
		return "", err
	}
	file := filepath.Join(h.work, "codes.json")
	return file, os.WriteFile(file, text, 0o600)
}

// fromCounts reads what the scripts in python/ print: by rule and practice, the
// denominator and the numerator; or of some tools only how many rows fail.
func fromCounts(out []byte) (answers, error) {
	var r struct {
		Counts   map[string]map[string][2]int64
		Failures map[string]int64
	}
	at := strings.LastIndex(strings.TrimSpace(string(out)), "\n") + 1 // some print greetings first
	if err := json.Unmarshal(out[at:], &r); err != nil {
		return nil, err
	}
	a := answers{}
	for rule, of := range r.Counts {
		for practice, n := range of {
			a.set(rule, practice, tally{n[0], n[1]})
		}
	}
	for rule, n := range r.Failures {
		a.set(rule, "", failed(n))
	}
	return a, nil
}

// failed stands for so many failing rows; no number of them is left out.
func failed(n int64) tally { return tally{1, n} }

// failing is how many rows fail each rule, over all practices: all that tools
// for any data tell of a check.
func failing(read func([]byte) (answers, error)) func([]byte) (answers, error) {
	return func(out []byte) (answers, error) {
		all, err := read(out)
		a := answers{}
		for rule, of := range all {
			var n int64
			for _, t := range of {
				n += t[0] - t[1]
			}
			a.set(rule, "", failed(n))
		}
		return a, err
	}
}

// pages decodes the columns that the load reads, and does nothing with them.
func pages() entrant {
	return entrant{name: "decode alone", loose: true, make: func(ctx context.Context, h *heat) (*process, error) {
		return h.decode(ctx, "pages", h.load, h.folder)
	}}
}

// before is paperlight as it was at the commit --before names.
func before() entrant {
	return entrant{name: "before", loose: true, make: func(ctx context.Context, h *heat) (*process, error) {
		binary, err := h.binaryAt(ctx, h.before)
		if err != nil {
			return nil, err
		}
		return &process{name: "before", argv: checkArgs(binary, h.load, h.folder), answers: fromReport}, nil
	}}
}

// oneOf checks the one practice beside the ten.
func oneOf(name string) entrant {
	return entrant{name: name, loose: true, make: func(ctx context.Context, h *heat) (*process, error) {
		folder, err := h.practiceFolder(ctx, practiceSets["parquet"])
		return &process{name: name, argv: checkArgs(h.paperlight, h.load, folder, "--no-digest")}, err
	}}
}

// listing also writes the failing rows of every rule, and listingDuckDB does, in
// the quicker of two forms; both must list as many.
func listing() entrant {
	return entrant{name: "paperlight", make: func(_ context.Context, h *heat) (*process, error) {
		lists := filepath.Join(h.work, "worklists")
		return &process{name: "paperlight", argv: checkArgs(h.paperlight, h.load, h.folder, "--no-digest", "--worklist", lists, "--worklist-all"),
			before: func() error { return os.RemoveAll(lists) }, answers: both(fromReport, withRows(lists))}, nil
	}}
}

func listingDuckDB() entrant {
	return entrant{name: "DuckDB", make: func(ctx context.Context, h *heat) (*process, error) {
		e, err := h.engine("DuckDB")
		if err != nil {
			return nil, err
		}
		named := map[string]*process{}
		for _, form := range append(handForms("listed"), "made-joined") {
			lists := filepath.Join(h.work, "lists-"+form)
			if err := os.MkdirAll(lists, 0o750); err != nil {
				return nil, err
			}
			var s *scriptRun
			if form == "made-joined" {
				s, err = generated(ctx, h.load, mustForm("joined"), h.folder, h.dataset.format, lists)
			} else {
				s, err = handScript(form, h.folder, h.dataset.format, lists)
			}
			if err != nil {
				return nil, err
			}
			if named[form], err = e(s, filepath.Join(h.work, "lists-"+form)); err != nil {
				return nil, err
			}
			named[form].answers = both(named[form].answers, withRows(lists))
		}
		names, err := h.quickest(ctx, named, h.trials)
		if err != nil {
			return nil, err
		}
		return named[names[0]], nil
	}}
}
