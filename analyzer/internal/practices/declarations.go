package practices

import (
	"context"
	"fmt"
	"strings"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/intake"
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
	p.answers = intake.NewCounts(t, len(p.List))
	var given []rules.Declaration
	err := cells(ctx, x, t, cols, func(at state.Position, row []extract.Cell) {
		var unread []string
		for j, c := range row {
			if c.Malformed {
				unread = append(unread, names[j])
				p.answers.Faulty(cols[j].Index, at)
			}
		}
		p.answers.Rows++
		p.answers.Malformed += int64(len(unread))
		if !row[0].Known {
			p.answers.Rejected++
			p.answers.Faulty(len(t.Columns), at)
			return
		}
		given = append(given, rules.Declaration{Key: strings.ToLower(strings.TrimSpace(row[0].Text)), Practice: row[1].Text, Answer: row[2].Text,
			Date: calendar.Day(row[3].Int), HasDate: row[3].Known, Count: row[4].Int, HasCount: row[4].Known,
			Evidence: row[5].Text, Role: row[6].Text, VerifiedBy: row[7].Text, VerifiedDate: calendar.Day(row[8].Int), HasVerifiedDate: row[8].Known,
			File: at.File, Record: at.Record, Unread: unread})
	})
	p.Declare(rules.Answered(given))
	return err
}

// Declare adds answers. One whose practice_id is that of a practice but for the
// case of letters and blanks round it is that practice's, and a note says so; one
// of no practice is kept, and of one in a table a note says that it counts for nothing.
// One in a file may be of a practice in another extract.
func (p *Set) Declare(given []rules.Declaration) {
	var nobodys, near []rules.Declaration
	for _, d := range given {
		id, exact := p.Named(d.Practice)
		switch {
		case d.Practice != "" && id == "" && d.Record == 0:
		case d.Practice != "" && id == "":
			nobodys = append(nobodys, d)
		case !exact:
			near = append(near, d)
			d.Practice = id
		}
		p.Declarations = append(p.Declarations, d)
	}
	if len(nobodys) > 0 {
		p.Notes = append(p.Notes, fmt.Sprintf("%s: practice_id names no practice of the extract. These answers count for nothing: write the practice_id as the table practice has it.", rules.Places(nobodys)))
	}
	if len(near) > 0 {
		p.Notes = append(p.Notes, fmt.Sprintf("%s: practice_id differs from that of a practice in the case of letters or in blanks. These answers were taken as that practice's: write it letter for letter.", rules.Places(near)))
	}
}

// Named is the practice that an answer means by its practice_id; exact says that it
// is written so. No id is every practice's, and exact.
func (p *Set) Named(id string) (named string, exact bool) {
	if _, ok := p.ByID[id]; ok || id == "" {
		return id, true
	}
	plain := func(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
	for i := range p.List {
		if plain(p.List[i].ID) != plain(id) {
			continue
		}
		if named != "" {
			return "", false
		}
		named = p.List[i].ID
	}
	return named, false
}

// AnswerCounts returns how the table declarations was read. Its rows are no
// practice's records.
func (p *Set) AnswerCounts() *intake.Counts { return p.answers }

// Declared returns the answer of practice number n to the question, or nil. An
// answer that names no practice is one of every practice. Terms say which of
// several counts; without them it is the latest, as it is.
func (p *Set) Declared(n int, key string) *rules.Declaration {
	terms := p.Terms[key]
	if p.Terms != nil {
		return terms.Stand(key, p.List[n].ID, p.Declarations, p.List[n].AsOf).Answer
	}
	var best *rules.Declaration
	for i := range p.Declarations {
		d := &p.Declarations[i]
		if d.Key != key || d.Practice != p.List[n].ID && d.Practice != "" {
			continue
		}
		if best == nil || d.HasDate && !best.HasDate || d.HasDate == best.HasDate && terms.Compare(d, best) > 0 {
			best = d
		}
	}
	return best
}
