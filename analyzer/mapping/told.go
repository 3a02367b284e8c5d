package mapping

import (
	"context"
	"fmt"

	"paperlight/analyzer/figures"
)

// readTold counts the rows of the sources that say something by having any, such as
// patients whom a filter of the clinical system left out.
func (b *bindings) readTold(ctx context.Context) error {
	for _, name := range sortedKeys(b.files) {
		src := b.system.Sources[name]
		if src == nil || src.Says == "" { // nil: a list beside the extract
			continue
		}
		var n int64
		for _, f := range b.files[name] {
			if err := f.each(ctx, []int{0}, func(*rows, int) error { n++; return nil }); err != nil {
				return err
			}
		}
		if n > 0 {
			b.told = append(b.told, fmt.Sprintf("%s has %s: %s.", b.filesOf(name), figures.Plural(n, "row", "rows"), src.Says))
		}
	}
	return nil
}
