package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"paperlight/rules"
)

// docs/coverage.md names the checks that no known system can feed. It is held
// to what the mappings give of an extract that has every file and column they
// read.
func TestCoveragePageNamesWhatNoSystemFeeds(t *testing.T) {
	var lacked map[string]bool // by rule
	files, err := filepath.Glob("../../analyzer/mapping/*.yaml")
	require.NoError(t, err)
	systems := 0
	for _, file := range files {
		folder, ok := fullest(t, file)
		if !ok {
			continue
		}
		systems++
		missing := map[string]bool{}
		for _, scheme := range rules.SchemeIDs() {
			for rule, reasons := range unfed(t, folder, scheme) {
				missing[rule] = len(reasons) > 0
			}
		}
		if lacked == nil {
			lacked = missing
			continue
		}
		for rule := range lacked {
			lacked[rule] = lacked[rule] && missing[rule]
		}
	}
	require.Equal(t, 3, systems, "the page is written for these")
	maps.DeleteFunc(lacked, func(_ string, is bool) bool { return !is })

	page, err := os.ReadFile("../../docs/coverage.md")
	require.NoError(t, err)
	_, section, found := strings.Cut(string(page), "## Fed by no system")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	named := regexp.MustCompile("`([a-z0-9-]+/[a-z0-9-]+)`").FindAllStringSubmatch(section, -1)
	var have []string
	for _, n := range named {
		have = append(have, n[1])
	}
	slices.Sort(have)
	require.Equal(t, slices.Sorted(maps.Keys(lacked)), slices.Compact(have))
}

// unfed are the tables, columns and lists that each rule lacks.
func unfed(t *testing.T, folder, scheme string) map[string][]string {
	t.Helper()
	isName := regexp.MustCompile(`^[a-z0-9_]+(\.[a-z0-9_]+)?( or [a-z0-9_.]+)*$|^codelist `)
	out := map[string][]string{}
	for _, p := range checked(t, folder, "--scheme", scheme).Practices {
		for _, r := range p.Results {
			out[r.Rule] = slices.DeleteFunc(r.Missing, func(m string) bool { return !isName.MatchString(m) })
		}
	}
	return out
}

// A fullMapping is what of a mapping's file says which columns it reads.
type fullMapping struct {
	Sources map[string]struct {
		File, Resource string
		Needs          []string
		Paths          map[string]string
	}
	Lookups map[string]struct {
		From, Key string
		Only      map[string][]string
	}
	Tables map[string][]struct {
		From    string
		Only    map[string][]string
		Columns map[string]any
		Where   any
	}
}

// fullest writes an extract with a row in every file of a system, and every
// column that its mapping reads. ok is false for what is no vendor's system.
func fullest(t *testing.T, file string) (folder string, ok bool) {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var m fullMapping
	require.NoError(t, yaml.Unmarshal(text, &m))
	if len(m.Sources) == 0 {
		return "", false
	}
	columns := map[string]map[string]bool{}
	read := func(source, column string) {
		if columns[source] == nil {
			columns[source] = map[string]bool{}
		}
		columns[source][column] = true
	}
	words := map[string][]string{} // vocabularies and the like that a lookup is made of
	for name, s := range m.Sources {
		for _, c := range s.Needs {
			read(name, c)
		}
	}
	for _, l := range m.Lookups {
		read(l.From, l.Key)
		for column, values := range l.Only {
			read(l.From, column)
			words[column] = append(words[column], values...)
		}
	}
	for _, targets := range m.Tables {
		for _, target := range targets {
			for _, e := range target.Columns {
				eachColumn(e, func(column, via string) {
					read(target.From, column)
					if lookup, of, ok := strings.Cut(via, "."); ok {
						read(m.Lookups[lookup].From, of)
					}
				})
			}
		}
	}
	folder = t.TempDir()
	if writeFullestResources(t, folder, &m) {
		return folder, true
	}
	for source, names := range columns {
		writeFullest(t, folder, m.Sources[source].File, slices.Sorted(maps.Keys(names)), words)
	}
	return folder, true
}

// eachColumn visits the columns that an expression of a mapping reads.
func eachColumn(e any, visit func(column, via string)) {
	switch e := e.(type) {
	case string:
		visit(e, "")
	case map[string]any:
		via, _ := e["via"].(string)
		if from, ok := e["from"].(string); ok {
			visit(from, via)
		}
		for _, key := range []string{"parts", "first_of"} {
			list, _ := e[key].([]any)
			for _, one := range list {
				eachColumn(one, visit)
			}
		}
	}
}

// writeFullest writes a file of one row, or of one for each word that a lookup
// is made of.
func writeFullest(t *testing.T, folder, pattern string, columns []string, words map[string][]string) {
	t.Helper()
	known := map[string]string{"yob": "1950", "regstartdate": "01/04/2015", "lcd": "31/03/2026", "year_of_birth": "1950", "source_release_date": "2026-03-31"}
	name := regexp.MustCompile(`\(_\\d\+\)\?|\(\.\*_\)\?|\.\*|\?`).ReplaceAllString(pattern, "") // "dosages?" is met by dosages
	rows := 1
	for _, c := range columns {
		rows = max(rows, len(words[c]))
	}
	lines := []string{strings.Join(columns, "\t")}
	for i := range rows {
		cells := make([]string, len(columns))
		for j, c := range columns {
			switch list := words[c]; {
			case known[c] != "":
				cells[j] = known[c]
			case len(list) > 0:
				cells[j] = list[i%len(list)]
			default:
				cells[j] = "1"
			}
		}
		lines = append(lines, strings.Join(cells, "\t"))
	}
	require.NoError(t, os.WriteFile(filepath.Join(folder, name+".txt"), []byte(strings.Join(lines, "\n")+"\n"), 0o600))
}
