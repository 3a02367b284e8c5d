package run

import (
	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/plan"
)

// unsettledParts are the parts of a table's files in which a program counted rows that
// fail, or that are undetermined: a list of them need read no others.
type unsettledParts struct{ failing, undetermined []uint64 }

func sumOf(counts []kernel.Counts) (all kernel.Counts) {
	for _, c := range counts {
		all.Add(c)
	}
	return all
}

// endPart notes in which programs' eyes the part has unsettled rows.
func (w *work) endPart(k *worker, part, parts int) {
	if k.before == nil {
		k.before = make([]kernel.Counts, len(k.counts))
	}
	w.run.mu.Lock()
	defer w.run.mu.Unlock()
	for i, at := range w.Pass.Tallies {
		now, was := sumOf(k.counts[i]), k.before[i]
		k.before[i] = now
		u := &w.run.unsettled[at]
		if u.failing == nil {
			u.failing, u.undetermined = make([]uint64, bitmap.Words(parts)), make([]uint64, bitmap.Words(parts))
		}
		if now.Denominator-now.Numerator > was.Denominator-was.Numerator {
			bitmap.Set(u.failing, part)
		}
		if now.Undetermined > was.Undetermined {
			bitmap.Set(u.undetermined, part)
		}
	}
}

// lists says that some row of the part may be listed.
func (l *lister) lists(part int) bool {
	if l.all || l.counted || plan.InMemory(l.pass.Table) {
		return true
	}
	for k, at := range l.pass.Tallies {
		u := &l.run.unsettled[at]
		if u.failing == nil || bitmap.Has(u.failing, part) || l.listUndetermined[k] && bitmap.Has(u.undetermined, part) {
			return true
		}
	}
	return false
}
