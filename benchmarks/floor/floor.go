// Package floor tells which columns a run reads, so that reading those alone
// can be timed beside it.
package floor

import (
	"context"
	"iter"
	"maps"
	"slices"
	"sync"

	"paperlight/analyzer"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/rules"
)

// Columns runs the rules over x, which the caller closes, and returns the
// columns of its files that the run asked for, by table, each once, sorted. A
// column that is worked out while reading is named by its source. Practices are
// a handful of rows and left out.
func Columns(ctx context.Context, x *extract.Extract, c *rules.Catalogue) (map[string][]string, error) {
	read, err := Read(ctx, x, c)
	if err != nil {
		return nil, err
	}
	return Names(read, func(c *schema.Column) string {
		if c.Derived != "" {
			return c.Derived
		}
		return c.Name
	}), nil
}

// Names are the names of columns in files, as in says, by table.
func Names(read []*schema.Column, in func(*schema.Column) string) map[string][]string {
	out := map[string][]string{}
	for _, c := range read {
		if name, of := in(c), out[c.Table.Name]; c.Table.Name != "practice" && !slices.Contains(of, name) {
			out[c.Table.Name] = append(of, name)
		}
	}
	for _, names := range out {
		slices.Sort(names)
	}
	return out
}

// Read runs the rules over x, which the caller closes, and returns the columns
// that the run asked for, in no order.
func Read(ctx context.Context, x *extract.Extract, c *rules.Catalogue) ([]*schema.Column, error) {
	seen := &asked{columns: map[*schema.Column]bool{}}
	for _, t := range x.Tables {
		for i, p := range t.Parts {
			t.Parts[i] = &watchedPart{p, seen}
		}
	}
	if _, err := analyzer.Check(ctx, x, c, analyzer.RunOptions{}); err != nil {
		return nil, err
	}
	return slices.Collect(maps.Keys(seen.columns)), nil
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
