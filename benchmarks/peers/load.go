package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
	"sync"

	"paperlight/analyzer"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/schema"
	"paperlight/rules"
)

// A load is the rules that every engine runs.
type load struct {
	name string
	// folder holds rules beside the embedded ones; empty for none.
	folder string
	// choose and ignore are the patterns of paperlight's --select and --ignore.
	choose, ignore []string
}

var loads = map[string]load{
	"ten": {name: "ten", folder: "../rules-ten", choose: []string{"ten/*"}},
	"all": {name: "all"},
	// Nearly half of all medicines have no indication; nobody wants that list.
	"nine": {name: "nine", folder: "../rules-ten", choose: []string{"ten/*"}, ignore: []string{"ten/indication-recorded"}},
}

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
		more = append(more, rules.Folder{FS: os.DirFS(l.folder), Name: "rules-ten"})
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
	w := &workload{extract: x}
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
// load asks for, each once. The practices are a handful of rows and left out.
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
	asked := &asked{columns: map[*schema.Column]bool{}}
	for _, t := range x.Tables {
		for i, p := range t.Parts {
			t.Parts[i] = &watchedPart{p, asked}
		}
	}
	if _, err := analyzer.Check(ctx, x, c, analyzer.Options{}); err != nil {
		return nil, err
	}
	out = map[string][]string{}
	for c := range asked.columns {
		if derived[c.Name] != "" {
			c = c.Table.Column(c.Derived)
		}
		if of := out[c.Table.Name]; c.Table.Name != "practice" && !slices.Contains(of, c.Name) {
			out[c.Table.Name] = append(of, c.Name)
		}
	}
	for _, names := range out {
		slices.Sort(names)
	}
	return out, nil
}

// asked are the columns that were.
type asked struct {
	sync.Mutex
	columns map[*schema.Column]bool
}

// A watchedPart notes the columns that are read of it.
type watchedPart struct {
	extract.Part
	asked *asked
}

func (p *watchedPart) Scan(ctx context.Context, columns []*schema.Column) iter.Seq2[*extract.Batch, error] {
	p.asked.Lock()
	defer p.asked.Unlock()
	for _, c := range columns {
		p.asked.columns[c] = true
	}
	return p.Part.Scan(ctx, columns)
}
