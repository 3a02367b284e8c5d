package main

import (
	"context"
	"fmt"
	"slices"

	"paperlight/analyzer"
	"paperlight/analyzer/figures"
	"paperlight/analyzer/report"
)

// A faultAt is a part of a rule, and a patient that does not meet it.
type faultAt struct{ part, practice, patient string }

// A faulty is the first entry that breaks the part, and how many do.
type faulty struct {
	first string
	count int64
}

// mostFaulty bounds the memory that entries take: the patients beyond it are listed
// without.
const mostFaulty = 200_000

// maxParts is how many parts of a rule can be told apart.
const maxParts = 64

// findEntries finds, for the rules of patients, which entries break them.
func (w *worklists) findEntries(ctx context.Context, run *analyzer.Run, rules []string) error {
	var ids []string
	for _, rule := range rules {
		for i := range min(len(w.files[rule].shortfalls), maxParts) {
			ids = append(ids, analyzer.EntryID(rule, i))
		}
	}
	return analyzer.FailingRows(ctx, run, ids, nil, func(row analyzer.Row) error {
		at := faultAt{row.Rule, row.Practice, row.Patient}
		switch have := w.entries[at]; {
		case have != nil:
			have.count++
		case row.Record != "" && len(w.entries) < mostFaulty:
			w.entries[at] = &faulty{report.OneRecord(row.Table.Name) + " " + row.Record, 1}
		}
		return nil
	})
}

// withEntries adds to what is wrong with a patient which entry it is.
func (w *worklists) withEntries(row *analyzer.Row, shortfalls []string) []string {
	cloned := false
	for i := range min(len(shortfalls), maxParts) {
		if row.Unmet>>i&1 == 0 {
			continue
		}
		f := w.entries[faultAt{analyzer.EntryID(row.Rule, i), row.Practice, row.Patient}]
		if f == nil {
			continue
		}
		if !cloned {
			shortfalls, cloned = slices.Clone(shortfalls), true
		}
		more := ""
		if f.count > 1 {
			more = " and " + figures.Count(f.count-1) + " more"
		}
		shortfalls[i] += fmt.Sprintf(" (%s%s)", f.first, more)
	}
	return shortfalls
}
