package run

import (
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/expr/exprtest"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/enginetest"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/practices"
	"paperlight/analyzer/schema"
	"paperlight/internal/fixture"
)

// TestCases runs the files of testdata: tables, rules, the plan that is wanted
// and what it counts. Every file is run whole and divided, by one worker and by
// several, with dictionaries and without, and must count the same. -update
// writes plan and counts anew; read the difference.
//
// A table is a section name.csv, in which - is null and ? malformed; an empty
// line is a record that cannot be read. A rule is a line "id: table" and, under
// it, lines "where: ..." of the language. The as-of date is 2026-03-31.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			c := readCase(t, text)
			c.archive = withSection(c.archive, "plan", strings.Join(c.run(t, 1).Explain(), "\n")+"\n")
			c.archive = withSection(c.archive, "counts", c.counts(t, 1))
			fixture.Golden(t, file, txtar.Format(c.archive))
			random := rand.New(rand.NewPCG(1, 1))
			for way := range 6 {
				c.divide(random)
				for _, table := range c.tables {
					table.Dictionary = way%2 == 1
				}
				require.Equal(t, section(c.archive, "counts"), c.counts(t, 1+way%3), "way %d", way)
			}
		})
	}
}

// An engineCase is one file of testdata.
type engineCase struct {
	archive *txtar.Archive
	tables  []*extract.Memory
	sources []expr.Source
	ids     []string
}

func readCase(t *testing.T, text []byte) *engineCase {
	t.Helper()
	c := &engineCase{archive: txtar.Parse(text)}
	for _, f := range c.archive.Files {
		if name, ok := strings.CutSuffix(f.Name, ".csv"); ok {
			c.tables = append(c.tables, readCaseTable(t, name, f.Data))
		}
	}
	for line := range strings.Lines(section(c.archive, "rules")) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), ": ")
		require.True(t, ok, "want key: value, found %q", line)
		if line[0] != ' ' {
			c.ids = append(c.ids, key)
			c.sources = append(c.sources, expr.Source{File: key, Table: schema.Lookup(value), WhereLine: 1, ExcludeLine: 1, ExpectLine: 1, ValueLine: 1})
			continue
		}
		s := &c.sources[len(c.sources)-1]
		into := map[string]*string{"where": &s.Where, "exclude": &s.Exclude, "expect": &s.Expect, "value": &s.Value}[key]
		require.NotNil(t, into, "a rule has no %s", key)
		*into = value
	}
	return c
}

// readCaseTable reads a table; a record of no fields is an empty line.
func readCaseTable(t *testing.T, name string, data []byte) *extract.Memory {
	t.Helper()
	var lines [][]string
	for line := range strings.Lines(string(data)) {
		if strings.TrimSpace(line) == "" {
			lines = append(lines, nil)
			continue
		}
		r := csv.NewReader(strings.NewReader(line))
		r.TrimLeadingSpace = true
		fields, err := r.Read()
		require.NoError(t, err)
		for i := range fields {
			fields[i] = strings.TrimSpace(fields[i])
		}
		lines = append(lines, fields)
	}
	return enginetest.Rows(t, name, lines[0], lines[1:]...)
}

func section(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// withSection returns the archive with a section replaced, or added.
func withSection(a *txtar.Archive, name, text string) *txtar.Archive {
	for i := range a.Files {
		if a.Files[i].Name == name {
			a.Files[i].Data = []byte(text)
			return a
		}
	}
	a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(text)})
	return a
}

// divide cuts each table at random into parts of batches.
func (c *engineCase) divide(random *rand.Rand) {
	for _, table := range c.tables {
		table.Parts = nil
		for left := len(table.Rows); left > 0; {
			n := 1 + random.IntN(left)
			first := 1 + random.IntN(n)
			part := []int{first}
			if n > first {
				part = append(part, n-first)
			}
			table.Parts, left = append(table.Parts, part), left-n
		}
	}
}

func (c *engineCase) run(t *testing.T, jobs int) *Run {
	t.Helper()
	language, err := exprtest.Language()
	require.NoError(t, err)
	x := extract.InMemory("case", c.tables...)
	asOf := enginetest.Day("2026-03-31")
	found, err := practices.Find(context.Background(), x, &asOf)
	require.NoError(t, err)
	binding := &expr.Binding{Supplies: x.Supplies, HasTable: func(table *schema.Table) bool { return table.Name == "practice" || x.Table(table) != nil },
		AsOf: &asOf, Lists: exprtest.Lists(), Prevalence: exprtest.Prevalence()}
	g := expr.NewGraph()
	var programs []plan.Program
	for i, s := range c.sources {
		checked, err := language.Check(s)
		require.NoError(t, err)
		p, low := plan.Lower(g, binding, c.ids[i], s.Table, checked)
		require.NotNil(t, p, "%s: %v", c.ids[i], low.Missing)
		programs = append(programs, *p)
	}
	made, err := plan.New(programs, x)
	require.NoError(t, err)
	run, err := New(context.Background(), made, x, found, Options{Jobs: jobs})
	require.NoError(t, err)
	return run
}

// counts are what a run counted, as a table.
func (c *engineCase) counts(t *testing.T, jobs int) string {
	t.Helper()
	s := c.run(t, jobs).State(nil)
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "rule\tpractice\tdenominator\tnumerator\tunknown\texcluded\tundetermined\tvalue")
	for i, id := range s.Rules {
		for _, p := range s.Practices {
			n := p.Tallies[i]
			value := "-"
			if n.HasValue {
				value = fmt.Sprint(n.Value)
			}
			fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%s\n", id, p.ID, n.Denominator, n.Numerator, n.Unknown, n.Excluded, n.Undetermined, value)
		}
	}
	fmt.Fprintln(w, "\ntable\trows\trejected\tmalformed\torphans\tother practice\tids twice")
	for _, table := range s.Tables {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\n", table.Table.Name, table.Rows, table.Rejected, table.Malformed, table.Orphans, table.PracticeMismatch, table.DuplicateIDs)
	}
	require.NoError(t, w.Flush())
	return b.String()
}
