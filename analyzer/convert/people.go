package convert

import (
	"context"

	"github.com/zeebo/xxh3"

	"paperlight/analyzer"
	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

// people says which rows stay where an extract is anonymised.
type people struct {
	practices *analyzer.Practices
	ids       *cohort.IDs
	// out are the patients who leave, and home the practice of each, by their numbers.
	out  []bool
	home []int32
	// persons tells who has which NHS number, by a hash of its keyed hash; 0 where none
	// is known.
	persons []uint64
	// excluded are rows that leave, whoever's they are; gone their ids, by table.
	excluded map[*schema.Table]map[state.Position]bool
	gone     map[string]map[string]bool
}

// findPeople numbers the patients.
func (j *job) findPeople(ctx context.Context) (*people, error) {
	p := &people{practices: j.practices, excluded: map[*schema.Table]map[state.Position]bool{}, gone: map[string]map[string]bool{}}
	t := j.x.Table(schema.Patients)
	columns := []*schema.Column{t.Schema.Patient}
	practice, person := -1, -1
	for _, c := range []struct {
		at *int
		of *schema.Column
	}{{&practice, t.Schema.Practice}, {&person, numberKey}} {
		if t.Supplied[c.of.Index] {
			*c.at, columns = len(columns), append(columns, c.of)
		}
	}
	var s cohort.Segment
	for _, part := range t.Parts {
		for b, err := range part.Scan(ctx, columns) {
			if err != nil {
				return nil, err
			}
			if err := p.number(&s, b, practice, person); err != nil {
				return nil, err
			}
		}
	}
	p.ids, _, _ = cohort.BuildIDs([]cohort.Segment{s}, j.Run.Jobs)
	p.out, p.home = make([]bool, len(s.Ends)), s.Practice
	return p, nil
}

// numberKey is the column by which records of one person are known.
var numberKey = schema.Patients.Column("nhs_number_key")

// number adds the patients of a batch to the segment. practice and person are the places
// of those columns, below 0 where there are none.
func (p *people) number(s *cohort.Segment, b *extract.Batch, practice, person int) error {
	views := make([]extract.Vector, b.Record.NumCols())
	for i := range views {
		var err error
		if views[i], err = b.View(i); err != nil {
			return err
		}
	}
	cell := func(k, i int) []byte {
		if k < 0 || !bitmap.Known(views[k].Known, i) {
			return nil
		}
		return textOf(&views[k], i)
	}
	for i := range b.Rows() {
		s.IDs = append(s.IDs, cell(0, i)...)
		s.Ends = append(s.Ends, uint32(len(s.IDs)))
		home := p.practices.Home()
		if own := cell(practice, i); own != nil {
			home = p.practice(own)
		}
		who := uint64(0)
		if key := cell(person, i); key != nil {
			who = xxh3.Hash(key) | 1
		}
		s.Practice, p.persons = append(s.Practice, home), append(p.persons, who)
	}
	return nil
}

// leaveAll has further records of whoever leaves left out, known by the NHS number.
func (p *people) leaveAll() (more int64) {
	left := map[uint64]bool{}
	for n, who := range p.persons {
		if p.out[n] && who != 0 {
			left[who] = true
		}
	}
	for n, who := range p.persons {
		if !p.out[n] && left[who] {
			p.out[n] = true
			more++
		}
	}
	return more
}

// practice is the number of a practice, -1 where there is none of the id.
func (p *people) practice(id []byte) int32 {
	if n, ok := p.practices.ByID[string(id)]; ok {
		return n
	}
	return -1
}

// find returns the number of a patient, below 0 where nobody can tell who it is.
func (p *people) find(id []byte, practice int32) int32 {
	n := p.ids.Find(id)
	if n == cohort.Several {
		n = p.ids.FindIn(id, practice)
	}
	return n
}

// stay reports whether row i of a batch is written, and whether nothing is to be
// written of it but that it is there: it names no patient and should.
func (p *people) stay(l *layout, b *extract.Batch, views []extract.Vector, i int) (stays, blank bool) {
	t := l.table.Schema
	if excluded := p.excluded[t]; excluded != nil && excluded[state.Position{File: b.File, Record: b.RecordNumber(i)}] {
		l.left.excluded++
		return false, false
	}
	if l.patient < 0 {
		return true, false
	}
	who := &views[l.patient]
	if !bitmap.Known(who.Known, i) {
		return true, t.Patient.Required
	}
	practice := int32(-1)
	if l.practice >= 0 && bitmap.Known(views[l.practice].Known, i) {
		practice = p.practice(textOf(&views[l.practice], i))
	} else if t == schema.Patients {
		practice = p.practices.Home()
	}
	n := p.find(textOf(who, i), practice)
	switch {
	case n < 0:
		l.left.unknown++
		return false, false
	case p.out[n]:
		return false, false
	}
	return true, false
}
