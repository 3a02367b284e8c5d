package score

import (
	"slices"

	"paperlight/analyzer/report"
	"paperlight/analyzer/schema"
)

// Identifying is what a level may show of what could identify people. Files and counts
// of rows stay in the practice. What is published names no column but those of our own
// tables, since a header is whatever somebody wrote, and counts nobody.
func Identifying(found *report.Identifying, level report.Level) *report.Identifying {
	if found == nil || level == report.Practice {
		return found
	}
	out := &report.Identifying{Looked: found.Looked, Kinds: found.Kinds, Found: []report.IdentifyingColumn{}}
	for _, c := range found.Found {
		c.File, c.Rows, c.Looked = "", 0, 0
		if level == report.Publish {
			if c.Kind == "" {
				continue
			}
			if c.Why = ""; !ours(c.Table, c.Column) {
				c.Table, c.Column = "", ""
			}
		}
		if !slices.Contains(out.Found, c) {
			out.Found = append(out.Found, c)
		}
	}
	return out
}

func ours(table, column string) bool {
	t := schema.Lookup(table)
	return t != nil && t.Column(column) != nil
}
