// Package floor tells which columns a run reads, so that reading those alone
// can be timed beside it.
package floor

import (
	"context"
	"iter"
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
	seen := &asked{columns: map[*schema.Column]bool{}}
	for _, t := range x.Tables {
		for i, p := range t.Parts {
			t.Parts[i] = &watchedPart{p, seen}
		}
	}
	if _, err := analyzer.Check(ctx, x, c, analyzer.RunOptions{}); err != nil {
		return nil, err
	}
	out := map[string][]string{}
	for c := range seen.columns {
		if c.Derived != "" {
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
