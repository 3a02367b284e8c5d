package practices

import (
	"context"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// readDeclarations reads the practices' answers from the table declarations.
func (p *Set) readDeclarations(ctx context.Context, x *extract.Extract) error {
	t := schema.Declarations
	names := []string{"key", "practice_id", "answer", "date", "count", "evidence", "role", "verified_by", "verified_date"}
	cols := make([]*schema.Column, len(names))
	for i, n := range names {
		cols[i] = t.Column(n)
	}
	return cells(ctx, x, t, cols, func(_ state.Position, row []extract.Cell) {
		if !row[0].Known {
			return
		}
		p.Declarations = append(p.Declarations, rules.Declaration{Key: row[0].Text, Practice: row[1].Text, Answer: row[2].Text,
			Date: calendar.Day(row[3].Int), HasDate: row[3].Known, Count: row[4].Int, HasCount: row[4].Known,
			Evidence: row[5].Text, Role: row[6].Text, VerifiedBy: row[7].Text, VerifiedDate: calendar.Day(row[8].Int), HasVerifiedDate: row[8].Known})
	})
}

// Declared returns the answer of practice number n to the question, or nil. An
// answer that names no practice is one of every practice. One that is no
// evidence as of the practice's date is none; of several the latest counts.
func (p *Set) Declared(n int, key string) *rules.Declaration {
	var best *rules.Declaration
	terms := p.Terms[key]
	for i := range p.Declarations {
		d := &p.Declarations[i]
		if d.Key != key || d.Practice != p.List[n].ID && d.Practice != "" {
			continue
		}
		if p.Terms != nil && terms.Unfit(d, p.List[n].AsOf) != "" {
			continue
		}
		if best == nil || d.HasDate && !best.HasDate || d.HasDate == best.HasDate && terms.Compare(d, best) > 0 {
			best = d
		}
	}
	return best
}
