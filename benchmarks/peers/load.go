package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"paperlight/analyzer"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/schema"
	"paperlight/benchmarks/floor"
	"paperlight/rules"
)

// A load is the rules that every engine runs.
type load struct {
	name string
	// folder holds rules beside the embedded ones; empty for none.
	folder string
	// choose and ignore are the patterns of paperlight's --select and --ignore.
	choose, ignore []string
	// failing says that only failing rows are compared: tools for any data tell
	// no denominators.
	failing bool
}

var loads = map[string]load{
	"ten": {name: "ten", folder: "../rules-ten", choose: []string{"ten/*"}},
	// What a practice keeps most of: entries and issues.
	"records": {name: "records", folder: "../rules-records", choose: []string{"records/*"}},
	"all":     {name: "all"},
	// The same rules, and what the report says of the tables beside.
	"intake": {name: "intake", folder: "../rules-records", choose: []string{"records/*"}},
	// What tools for the quality of any data can say: no joins, no check digits.
	"plain": {name: "plain", folder: "../rules-records", choose: plainRules, failing: true},
	// More than half of all medicines have no indication; nobody wants that list.
	"listed": {name: "listed", folder: "../rules-records", choose: []string{"records/*"}, ignore: []string{"records/indication-recorded"}},
	// Nearly half of all medicines have no indication; nobody wants that list.
	"nine": {name: "nine", folder: "../rules-ten", choose: []string{"ten/*"}, ignore: []string{"ten/indication-recorded"}},
}

var plainRules = []string{"records/birth-date-plausible", "records/number-unique", "records/unit-recorded", "records/recorded-after-event",
	"records/issue-not-future", "records/indication-recorded"}

// flags are what paperlight check needs to run the load.
func (l load) flags() []string {
	var out []string
	if l.folder != "" {
		out = append(out, "--rules", l.folder)
	}
	for _, p := range l.choose {
		out = append(out, "--select", p)
	}
	for _, p := range l.ignore {
		out = append(out, "--ignore", p)
	}
	return out
}

// catalogue returns the load's rules.
func (l load) catalogue() (*rules.Catalogue, error) {
	var more []rules.Folder
	if l.folder != "" {
		more = append(more, rules.Folder{FS: os.DirFS(l.folder), Name: filepath.Base(l.folder)})
	}
	c, err := rules.Embedded(more...)
	if err != nil {
		return nil, err
	}
	c.Rules, err = c.Select(l.choose, l.ignore)
	return c, err
}

// A workload is a load lowered for one extract: what the SQL is made of.
type workload struct {
	programs []analyzer.Program
	extract  *extract.Extract
	// given are the columns that could be worked out and are in the files, as a
	// converted extract has them.
	given map[*schema.Column]bool
}

// open lowers the load for the extract in folder. The caller closes the extract.
func (l load) open(ctx context.Context, folder string) (*workload, error) {
	c, err := l.catalogue()
	if err != nil {
		return nil, err
	}
	x, err := mapping.Open(ctx, []string{folder}, mapping.Options{AllowTestNumbers: true})
	if err != nil {
		return nil, err
	}
	practices, err := analyzer.AsOf(ctx, x, nil)
	if err != nil {
		return nil, fmt.Errorf("as-of date: %w", err)
	}
	w := &workload{extract: x, given: map[*schema.Column]bool{}}
	for _, t := range x.Tables {
		for _, column := range t.Schema.Columns {
			if derived[column.Name] != "" {
				if w.given[column], err = has(folder, t.Schema.Name, column.Name); err != nil {
					return nil, err
				}
			}
		}
	}
	graph, binding := expr.NewGraph(), analyzer.NewBinding(x, practices, c.Lists)
	binding.Prevalence = c.Prevalence.Shares()
	for _, r := range c.Rules {
		if r.Checked == nil {
			continue
		}
		if p, _ := analyzer.Lower(graph, binding, r.ID, r.Table, r.Checked); p != nil {
			w.programs = append(w.programs, *p)
		}
	}
	return w, nil
}

// columns are the columns of the files in folder, by table, that a run of the
// load asks for.
func (l load) columns(ctx context.Context, folder string) (out map[string][]string, err error) {
	c, err := l.catalogue()
	if err != nil {
		return nil, err
	}
	x, err := mapping.Open(ctx, []string{folder}, mapping.Options{AllowTestNumbers: true})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, x.Close()) }()
	read, err := floor.Read(ctx, x, c)
	if err != nil {
		return nil, err
	}
	names := floor.Names(read, func(c *schema.Column) string {
		if c.Derived == "" {
			return c.Name
		}
		if itself, e := has(folder, c.Table.Name, c.Name); e != nil || itself {
			err = errors.Join(err, e)
			return c.Name
		}
		return c.Derived
	})
	return names, err
}

// said is every rule that the generated SQL can say of the extract in folder,
// so that both sides run the same ones.
func said(ctx context.Context, folder string) (load, error) {
	l := load{name: "said"}
	w, err := loads["all"].open(ctx, folder)
	if err != nil {
		return l, err
	}
	for _, p := range w.sayable(mustForm("joined")).programs {
		l.choose = append(l.choose, p.ID)
	}
	return l, w.extract.Close()
}
