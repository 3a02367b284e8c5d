package report

import (
	"strings"

	"paperlight/analyzer/figures"
)

// Remarks are the notes of a result and what was counted beside it, as
// sentences.
func (r *Result) Remarks() []string {
	var out []string
	for _, n := range r.Notes {
		out = append(out, sentence(n))
	}
	for i := range r.Beside {
		out = append(out, r.Beside[i].words())
	}
	if r.Batch != nil {
		out = append(out, r.Batch.words(), r.Batch.warning())
	}
	kept := out[:0]
	for _, s := range out {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}

// words says what was counted beside a measure.
func (b *Beside) words() string {
	switch {
	case b.Denominator == nil:
		return b.Title + ": not known. " + Lacks(b.Missing)
	case b.Value != nil:
		return b.Title + ": " + figures.Decimal(*b.Value) + "."
	case b.Numerator == nil:
		return b.Title + ": " + figures.Count(*b.Denominator) + "."
	case *b.Denominator == 0:
		return b.Title + ": none."
	}
	if b.Table == "practice" && *b.Denominator == 1 {
		return b.Title + ": " + map[bool]string{true: "yes", false: "no"}[*b.Numerator == 1] + "."
	}
	said := b.Title + ": " + figures.Count(*b.Numerator) + " of " + Records(*b.Denominator, b.Table)
	if b.Rate != nil {
		said += " (" + figures.Share(*b.Rate) + ")"
	}
	return said + "."
}

// FewestEntries is how many entries it takes to say that they crowd: of fewer,
// one morning's clinic is a fifth.
const FewestEntries = 20

// words says how the entries of a measure crowd on days; nothing of few.
func (b *Batch) words() string {
	if b.Entries == nil || *b.Entries < FewestEntries || b.BusiestShare == nil || b.Last28Share == nil || b.Busiest == nil || b.Last28 == nil {
		return ""
	}
	made := figures.Count(*b.Busiest) + " (" + figures.Share(*b.BusiestShare) + ") were made"
	if *b.Busiest == 1 {
		made = "1 was made"
	}
	recent := "none"
	if *b.Last28 > 0 {
		recent = figures.Count(*b.Last28) + " (" + figures.Share(*b.Last28Share) + ")"
	}
	return "Of " + figures.Count(*b.Entries) + " entries, " + made + " on the busiest day (" + dateWords(b.BusiestDay) + ") and " +
		recent + " in the last 28 days."
}

// warning says that entries may be a batch, where they may.
func (b *Batch) warning() string {
	switch {
	case b.ManyOnOneDay:
		return "Many entries were made on one day. They may have been put in all at once: an assessor should look at some of them."
	case b.ManyInLast28:
		return "Many entries were made in 28 days. They may have been put in all at once: an assessor should look at some of them."
	}
	return ""
}

// batches are the measures whose entries may be a batch, judged or not.
func (r *reader) batches(p *PracticeReport) []fact {
	seen := make(map[string]bool)
	var out []fact
	each(p, func(_ *Accreditation, c *Criterion) {
		result := r.result(c.Rule)
		if seen[c.Rule] || result.Batch == nil || result.Batch.warning() == "" {
			return
		}
		seen[c.Rule] = true
		out = append(out, fact{Title: r.title(c.Rule), Text: strings.TrimSpace(result.Batch.warning() + " " + result.Batch.words() + " This changes no verdict.")})
	})
	return out
}
