package analyzer

import (
	"context"
	"fmt"
	"slices"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/intake"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// Practices are the organisations of an extract, sorted by id; a practice's
// place is its number throughout a run.
type Practices struct {
	List []Practice
	// Declarations are the practices' own answers, and Terms what one must be to
	// count, by key; nil takes each as it is.
	Declarations []Declaration
	Terms        map[string]rules.AnswerTerms
	byID         map[string]int32
	// values are the cells of the practice table, by column; nil where absent.
	values [][]extract.Cell
	read   *intake.Counts
}

// A Practice is one organisation that owns records.
type Practice struct {
	ID, ODSCode, Name string
	// AsOf is the as-of date in days since 1970-01-01, AsOfFrom says where it
	// came from.
	AsOf     int32
	AsOfFrom string
	Outgoing bool         // marked as leaving the practice
	to       extract.Cell // extract_to
	listed   bool         // has a row in the practice table
}

// A Declaration is one answer of a practice about what data cannot show.
type Declaration struct {
	// Practice is its id; empty for the only one.
	Practice, Key, Answer string
	Date                  int32 // days since 1970-01-01, where HasDate
	HasDate               bool
	Count                 int64 // where HasCount
	HasCount              bool
	Evidence, Role        string
	VerifiedBy            string
	Verified              int32 // where HasVerified
	HasVerified           bool
}

// unknownPractice names the practice of patients that name none, in an
// extract without practice rows.
const unknownPractice = "unknown"

// A Refusal says why an extract cannot be judged at all; cmd ends with exit
// code 3, or 5 where a limit was reached.
type Refusal struct {
	Message, Hint string
	Limit         bool
}

func (r *Refusal) Error() string { return r.Message }

// A view is a batch of a small or early read, with the columns asked for.
type view struct {
	*extract.Batch
	columns []vector.Vec
	at      []int // the place of each column asked for, -1 where not supplied
}

// column returns the column asked for at place i; nil where not supplied.
func (v *view) column(i int) *vector.Vec {
	if v.at[i] < 0 {
		return nil
	}
	return &v.columns[v.at[i]]
}

// textAt returns the text of a row, and whether it has one.
func (v *view) textAt(i, row int) ([]byte, bool) {
	c := v.column(i)
	if c == nil || !vector.Bit(c.Known, row) {
		return nil, false
	}
	return c.TextAt(row), true
}

// batches reads a table before the run, in order. A panic while decoding
// becomes an error that says where it happened.
func batches(ctx context.Context, x *extract.Extract, t *schema.Table, cols []*schema.Column, visit func(*view) error) (err error) {
	have := x.Table(t)
	if have == nil {
		return nil
	}
	v := &view{at: make([]int, len(cols))}
	var want []*schema.Column
	for i, c := range cols {
		if v.at[i] = -1; c != nil && have.Supplied[c.Index] {
			v.at[i] = len(want)
			want = append(want, c)
		}
	}
	v.columns = make([]vector.Vec, len(want))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("table %s: internal error while reading: %v", t.Name, p)
		}
	}()
	for _, part := range have.Parts {
		for b, err := range part.Scan(ctx, want) {
			if err != nil {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			v.Batch = b
			for i := range want {
				one, err := b.View(i)
				if err != nil {
					return fmt.Errorf("%s, column %s: %w", b.File, want[i].Name, err)
				}
				v.columns[i] = vector.FromView(&one)
			}
			if err := visit(v); err != nil {
				return err
			}
		}
	}
	return nil
}

// cells reads a small table row by row, as cells of the columns cols; those
// not supplied are null throughout.
func cells(ctx context.Context, x *extract.Extract, t *schema.Table, cols []*schema.Column, row func(at state.Position, cells []extract.Cell)) error {
	buffer := make([]extract.Cell, len(cols))
	return batches(ctx, x, t, cols, func(v *view) error {
		for i := range v.Rows() {
			for j, c := range cols {
				buffer[j] = extract.Cell{}
				if have := v.column(j); have != nil {
					buffer[j] = cellAt(c.Type, have, i)
					bad := v.Malformed[v.at[j]]
					buffer[j].Malformed = bad != nil && vector.Bit(bad, i)
				}
			}
			row(state.Position{File: v.File, Record: v.RecordNumber(i)}, buffer)
		}
		return nil
	})
}

func cellAt(t schema.Type, v *vector.Vec, i int) extract.Cell {
	if !vector.Bit(v.Known, i) {
		return extract.Cell{}
	}
	switch t {
	case schema.Text:
		return extract.TextCell(string(v.TextAt(i)))
	case schema.Date:
		return extract.IntCell(int64(v.Days[i]))
	case schema.Int:
		return extract.IntCell(v.Ints[i])
	case schema.Bool:
		return extract.BoolCell(vector.BitAt(v.Bits, i) != 0)
	}
	return extract.RealCell(v.Reals[i])
}

// AsOf reads which practices the extract holds and decides the as-of date of
// each: the override where given, else what the practice or the extract
// states, else the 99.9th percentile of the practice's dates.
func AsOf(ctx context.Context, x *extract.Extract, override *int32) (*Practices, error) {
	patients := schema.Lookup("patients")
	if x.Table(patients) == nil {
		return nil, &Refusal{Message: "the extract holds no patients table", Hint: "paperlight needs patients, as patients.csv, patients.parquet or patients.arrow"}
	}
	p := &Practices{byID: map[string]int32{}}
	if err := p.readTable(ctx, x); err != nil {
		return nil, err
	}
	if err := p.readPatients(ctx, x); err != nil {
		return nil, err
	}
	p.sort()
	if err := p.readDeclarations(ctx, x); err != nil {
		return nil, err
	}
	return p, p.decide(ctx, x, override)
}

func (p *Practices) readTable(ctx context.Context, x *extract.Extract) error {
	t := schema.Lookup("practice")
	var cols []*schema.Column
	for _, c := range t.Columns {
		if !c.Virtual {
			cols = append(cols, c)
		}
	}
	id, ods, name, to := t.Column("practice_id").Index, t.Column("ods_code").Index, t.Column("name").Index, t.Column("extract_to").Index
	outgoing := t.Column("outgoing").Index
	p.read = intake.NewCounts(t, 0)
	return cells(ctx, x, t, cols, func(at state.Position, row []extract.Cell) {
		p.read.Rows++
		for j, c := range row {
			if c.Malformed {
				p.read.Malformed++
				p.read.Faults[j].Count++
				p.read.Faults[j].Add(at)
			}
		}
		if !row[id].Known {
			p.read.Rejected++
			p.read.Faults[len(t.Columns)].Count++
			p.read.Faults[len(t.Columns)].Add(at)
			return
		}
		if _, ok := p.byID[row[id].Text]; ok {
			p.read.Repeated++
			return
		}
		p.byID[row[id].Text] = int32(len(p.List))
		p.List = append(p.List, Practice{ID: row[id].Text, ODSCode: row[ods].Text, Name: row[name].Text, Outgoing: row[outgoing].Known && row[outgoing].Int != 0, to: row[to], listed: true})
		p.values = append(p.values, slices.Clone(row))
	})
}

// reading returns the counts of the practice table, by practice.
func (p *Practices) reading() *intake.Counts {
	r := *p.read
	r.CountIDs = true
	r.Practices = make([]intake.PracticeCounts, len(p.List))
	for i, row := range p.values {
		if row != nil {
			r.Practices[i].Rows = 1
		}
		for _, c := range row {
			if c.Malformed {
				r.Practices[i].Malformed++
			}
		}
	}
	return &r
}

// readPatients adds the practices that patients name and the practice table
// does not, and the one of patients that name none.
func (p *Practices) readPatients(ctx context.Context, x *extract.Extract) error {
	listed := len(p.List)
	none := false
	t := schema.Lookup("patients")
	add := func(id string) {
		if _, ok := p.byID[id]; !ok {
			p.byID[id] = int32(len(p.List))
			p.List = append(p.List, Practice{ID: id})
			p.values = append(p.values, nil)
		}
	}
	if !x.Supplies(t.Practice) {
		none = true
	} else if err := batches(ctx, x, t, []*schema.Column{t.Practice}, func(v *view) error {
		var last []byte
		for i := range v.Rows() {
			id, ok := v.textAt(0, i)
			switch {
			case !ok:
				none = none || v.Ragged == nil || !vector.Bit(v.Ragged, i)
			case last == nil || string(last) != string(id):
				if last = id; !p.has(id) {
					add(string(id))
				}
			}
		}
		return nil
	}); err != nil {
		return err
	}
	switch {
	case !none:
	case listed == 0:
		add(unknownPractice)
	case listed > 1:
		return &Refusal{Message: fmt.Sprintf("patients without practice_id, and %d practices they could belong to", listed),
			Hint: "give every row of patients its practice_id"}
	}
	return nil
}

func (p *Practices) has(id []byte) bool { _, ok := p.byID[vector.Text(id)]; return ok }

// home returns the number of the practice of a patient that names none.
func (p *Practices) home() int32 {
	for i := range p.List {
		if p.List[i].listed {
			return int32(i)
		}
	}
	if at, ok := p.byID[unknownPractice]; ok {
		return at
	}
	return -1
}

func (p *Practices) sort() {
	order := make([]int, len(p.List))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		if p.List[a].ID < p.List[b].ID {
			return -1
		}
		return 1
	})
	list, values := make([]Practice, len(order)), make([][]extract.Cell, len(order))
	for to, from := range order {
		list[to], values[to] = p.List[from], p.values[from]
		p.byID[list[to].ID] = int32(to)
	}
	p.List, p.values = list, values
}

func (p *Practices) readDeclarations(ctx context.Context, x *extract.Extract) error {
	t := schema.Lookup("declarations")
	names := []string{"key", "practice_id", "answer", "date", "count", "evidence", "role", "verified_by", "verified_date"}
	cols := make([]*schema.Column, len(names))
	for i, n := range names {
		cols[i] = t.Column(n)
	}
	return cells(ctx, x, t, cols, func(_ state.Position, row []extract.Cell) {
		if !row[0].Known {
			return
		}
		p.Declarations = append(p.Declarations, Declaration{Key: row[0].Text, Practice: row[1].Text, Answer: row[2].Text,
			Date: int32(row[3].Int), HasDate: row[3].Known, Count: row[4].Int, HasCount: row[4].Known,
			Evidence: row[5].Text, Role: row[6].Text, VerifiedBy: row[7].Text, Verified: int32(row[8].Int), HasVerified: row[8].Known})
	})
}

// Declared returns the answer of practice number n to the question, or nil. An
// answer that names no practice is one of every practice. One that is no
// evidence as of the practice's date is none; of several the latest counts.
func (p *Practices) Declared(n int, key string) *Declaration {
	var best *Declaration
	terms := p.Terms[key]
	for i := range p.Declarations {
		d := &p.Declarations[i]
		if d.Key != key || d.Practice != p.List[n].ID && d.Practice != "" {
			continue
		}
		if p.Terms != nil && terms.Unfit(d.Given(), p.List[n].AsOf) != "" {
			continue
		}
		if best == nil || d.HasDate && !best.HasDate || d.HasDate == best.HasDate && terms.Compare(d.Given(), best.Given()) > 0 {
			best = d
		}
	}
	return best
}

// Given is an answer as the rules judge it.
func (d *Declaration) Given() *rules.AnswerGiven {
	return &rules.AnswerGiven{Key: d.Key, Practice: d.Practice, Answer: d.Answer, Evidence: d.Evidence, Role: d.Role,
		Date: d.Date, HasDate: d.HasDate, Count: d.Count, HasCount: d.HasCount}
}

// Shared returns the as-of date that all practices share, or nil.
func (p *Practices) Shared() *int32 {
	for i := range p.List {
		if p.List[i].AsOf != p.List[0].AsOf {
			return nil
		}
	}
	if len(p.List) == 0 {
		return nil
	}
	day := p.List[0].AsOf
	return &day
}
