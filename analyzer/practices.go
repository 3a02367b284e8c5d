package analyzer

import (
	"context"
	"fmt"
	"slices"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

// Practices are the organisations of an extract, sorted by id; a practice's
// place is its number throughout a run.
type Practices struct {
	List []Practice
	// Declarations are the practices' own answers.
	Declarations []Declaration
	byID         map[string]int32
	// values are the cells of the practice table, by column; nil where absent.
	values [][]extract.Cell
	read   *reading
}

// A Practice is one organisation that owns records.
type Practice struct {
	ID, ODSCode, Name string
	// AsOf is the as-of date in days since 1970-01-01, AsOfFrom says where it
	// came from.
	AsOf     int32
	AsOfFrom string
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

// cells reads whole small tables: the rows of a table as cells, with the
// columns cols (those not supplied are null throughout), in order.
func cells(ctx context.Context, x *extract.Extract, t *schema.Table, cols []*schema.Column, row func(b *extract.Batch, i int, cells []extract.Cell) error) error {
	have := x.Table(t)
	if have == nil {
		return nil
	}
	var want []*schema.Column
	at := make([]int, len(cols))
	for i, c := range cols {
		if at[i] = -1; have.Supplied[c.Index] {
			at[i] = len(want)
			want = append(want, c)
		}
	}
	buffer := make([]extract.Cell, len(cols))
	for _, part := range have.Parts {
		for b, err := range part.Scan(ctx, want) {
			if err != nil {
				return err
			}
			views := make([]vec, len(want))
			for i := range want {
				v, err := b.View(i)
				if err != nil {
					return fmt.Errorf("%s, column %s: %w", b.File, want[i].Name, err)
				}
				views[i] = viewed(&v)
			}
			for i := range b.Rows() {
				for j, c := range cols {
					if buffer[j] = (extract.Cell{}); at[j] >= 0 {
						buffer[j] = cellAt(c.Type, &views[at[j]], i)
						bad := b.Malformed[at[j]]
						buffer[j].Malformed = bad != nil && bit(bad, i)
					}
				}
				if err := row(b, i, buffer); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func cellAt(t schema.Type, v *vec, i int) extract.Cell {
	if !bit(v.known, i) {
		return extract.Cell{}
	}
	switch t {
	case schema.Text:
		return extract.TextCell(string(v.textAt(i)))
	case schema.Date:
		return extract.IntCell(int64(v.days[i]))
	case schema.Int:
		return extract.IntCell(v.ints[i])
	case schema.Bool:
		return extract.BoolCell(bitAt(v.bits, i) != 0)
	}
	return extract.RealCell(v.reals[i])
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
	p.read = newReading(t, 0)
	return cells(ctx, x, t, cols, func(b *extract.Batch, i int, row []extract.Cell) error {
		p.read.rows++
		at := state.Position{File: b.File, Record: b.RecordNumber(i)}
		for j, c := range row {
			if c.Malformed {
				p.read.malformed++
				p.read.faults[j].count++
				p.read.faults[j].add(at)
			}
		}
		if !row[id].Known {
			p.read.rejected++
			p.read.faults[len(t.Columns)].count++
			p.read.faults[len(t.Columns)].add(at)
			return nil
		}
		if _, ok := p.byID[row[id].Text]; ok {
			p.read.repeated++
			return nil
		}
		p.byID[row[id].Text] = int32(len(p.List))
		p.List = append(p.List, Practice{ID: row[id].Text, ODSCode: row[ods].Text, Name: row[name].Text, to: row[to], listed: true})
		p.values = append(p.values, slices.Clone(row))
		return nil
	})
}

// reading returns the counts of the practice table, by practice.
func (p *Practices) reading() *reading {
	r := *p.read
	r.countIDs = true
	r.practices = make([]practiceCount, len(p.List))
	for i, row := range p.values {
		if row != nil {
			r.practices[i].rows = 1
		}
		for _, c := range row {
			if c.Malformed {
				r.practices[i].malformed++
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
	if have := x.Table(t); !have.Supplied[t.Practice.Index] {
		none = true
	} else {
		for _, part := range have.Parts {
			for b, err := range part.Scan(ctx, []*schema.Column{t.Practice}) {
				if err != nil {
					return err
				}
				view, err := b.View(0)
				if err != nil {
					return fmt.Errorf("%s, column practice_id: %w", b.File, err)
				}
				v, last := viewed(&view), []byte(nil)
				for i := range b.Rows() {
					if !bit(v.known, i) {
						none = none || !(b.Ragged != nil && bit(b.Ragged, i))
						continue
					}
					if id := v.textAt(i); last == nil || string(last) != string(id) {
						last = id
						if _, ok := p.byID[text(id)]; !ok {
							add(string(id))
						}
					}
				}
			}
		}
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
	return cells(ctx, x, t, cols, func(_ *extract.Batch, _ int, row []extract.Cell) error {
		if !row[0].Known {
			return nil
		}
		p.Declarations = append(p.Declarations, Declaration{Key: row[0].Text, Practice: row[1].Text, Answer: row[2].Text,
			Date: int32(row[3].Int), HasDate: row[3].Known, Count: row[4].Int, HasCount: row[4].Known,
			Evidence: row[5].Text, Role: row[6].Text, VerifiedBy: row[7].Text, Verified: int32(row[8].Int), HasVerified: row[8].Known})
		return nil
	})
}

// Declared returns the answer of practice number n to the question, or nil.
// Of several the one with the latest date counts, then the one read last.
func (p *Practices) Declared(n int, key string) *Declaration {
	var best *Declaration
	for i := range p.Declarations {
		d := &p.Declarations[i]
		if d.Key != key || d.Practice != p.List[n].ID && (d.Practice != "" || len(p.List) != 1) {
			continue
		}
		if best == nil || d.HasDate && (!best.HasDate || d.Date >= best.Date) || !best.HasDate {
			best = d
		}
	}
	return best
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
