package practices

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/intake"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// A Set is the practices of an extract, sorted by id; the index of one is its
// number throughout a run.
type Set struct {
	List []Practice
	// Declarations are the practices' own answers, and Terms what one must be to
	// count, by key; nil takes each as it is.
	Declarations []rules.Declaration
	Terms        map[string]rules.AnswerTerms
	ByID         map[string]int32
	// Values are the cells of the practice table, by column; nil where absent.
	Values [][]extract.Cell
	// Notes say what is to know of the answers, and of the as-of dates.
	Notes           []string
	counts, answers *intake.Counts
	// refused are the lines of lists beside the extract that count for nothing, and
	// doubts what they leave open, by practice.
	refused map[*schema.Table]map[state.Position]bool
	doubts  [][]state.Doubt
}

// A Practice is one organisation that owns records.
type Practice struct {
	ID, ODSCode, Name string
	// AsOf is the as-of date, AsOfFrom says where it came from.
	AsOf     calendar.Day
	AsOfFrom state.AsOfFrom
	Outgoing bool           // marked as leaving the practice
	to       extract.Cell   // extract_to
	at       state.Position // of its row in the practice table
	listed   bool           // has a row in the practice table
}

// unknownPractice names the practice of patients that name none, in an
// extract without practice rows.
const unknownPractice = "unknown"

// Find reads which practices the extract holds and decides the as-of date of
// each: the override where given, else what the practice or the extract
// states, else the 99.9th percentile of the practice's dates.
func Find(ctx context.Context, x *extract.Extract, override *calendar.Day) (*Set, error) {
	patients := schema.Patients
	if x.Table(patients) == nil {
		return nil, &Refusal{Message: "the extract holds no patients table", Hint: "paperlight needs patients, as patients.csv, patients.parquet or patients.arrow"}
	}
	p := &Set{ByID: map[string]int32{}}
	if err := p.readTable(ctx, x); err != nil {
		return nil, err
	}
	if err := p.readPatients(ctx, x); err != nil {
		return nil, err
	}
	p.sort()
	if err := p.readLists(ctx, x); err != nil {
		return nil, err
	}
	if err := p.readDeclarations(ctx, x); err != nil {
		return nil, err
	}
	return p, p.decideAsOf(ctx, x, override)
}

func (p *Set) readTable(ctx context.Context, x *extract.Extract) error {
	t := schema.Practice
	var cols []*schema.Column
	for _, c := range t.Columns {
		if !c.Virtual {
			cols = append(cols, c)
		}
	}
	id, ods, name, to := t.Column("practice_id").Index, t.Column("ods_code").Index, t.Column("name").Index, t.Column("extract_to").Index
	outgoing := t.Column("outgoing").Index
	p.counts = intake.NewCounts(t, 0)
	var unclear *Refusal
	err := cells(ctx, x, t, cols, func(at state.Position, row []extract.Cell) {
		if unclear == nil {
			unclear = refuseUnclear(x, at, row[id], row[outgoing])
		}
		p.counts.Rows++
		for j, c := range row {
			if c.Malformed {
				p.counts.Malformed++
				p.counts.Faulty(j, at)
			}
		}
		if !row[id].Known {
			p.counts.Rejected++
			p.counts.Faulty(len(t.Columns), at)
			return
		}
		if _, ok := p.ByID[row[id].Text]; ok {
			p.counts.Repeated++
			return
		}
		p.ByID[row[id].Text] = int32(len(p.List))
		p.List = append(p.List, Practice{ID: row[id].Text, ODSCode: row[ods].Text, Name: row[name].Text, Outgoing: row[outgoing].Known && row[outgoing].Int != 0, to: row[to], at: at, listed: true})
		p.Values = append(p.Values, slices.Clone(row))
	})
	switch {
	case err != nil:
		return err
	case unclear != nil:
		return unclear
	case p.counts.Rows == 0 && x.Supplies(t.Column("outgoing")):
		return &Refusal{Message: "the table practice has no row, want one for each practice", Hint: "export again, or leave out the table practice"}
	}
	return nil
}

// refuseUnclear refuses a row of the practice table that does not say of which practice
// it is, or whether the extract is leaving it: the checks of an outgoing extract
// would be left out in silence.
func refuseUnclear(x *extract.Extract, at state.Position, id, outgoing extract.Cell) *Refusal {
	switch {
	case !id.Known:
		return &Refusal{Message: fmt.Sprintf("%s record %d, practice_id: want the identifier of the practice, as patients name it", at.File, at.Record),
			Hint: "give the row its practice_id, or leave out the table practice"}
	case !outgoing.Known && x.Supplies(schema.Practice.Column("outgoing")):
		return &Refusal{Message: fmt.Sprintf("%s record %d, outgoing: want true or false", at.File, at.Record),
			Hint: "write true where the extract is to leave the practice, false where it stays, or leave out the column"}
	}
	return nil
}

// NotKept reports whether each practice says that its clinical system does not keep the
// table.
func (p *Set) NotKept(t *schema.Table) bool {
	at := schema.Practice.Column("tables_not_kept").Index
	return len(p.Values) > 0 && !slices.ContainsFunc(p.Values, func(row []extract.Cell) bool {
		return row == nil || !slices.Contains(strings.Fields(row[at].Text), t.Name)
	})
}

// Counts returns how the practice table was read, by practice.
func (p *Set) Counts() *intake.Counts {
	counts := *p.counts
	counts.Counted = true
	counts.Practices = make([]intake.PracticeCounts, len(p.List))
	for i, row := range p.Values {
		if row != nil {
			counts.Practices[i].Rows = 1
		}
		for _, c := range row {
			if c.Malformed {
				counts.Practices[i].Malformed++
			}
		}
	}
	return &counts
}

// readPatients adds the practices that patients name where there is no practice
// table, and the one of patients that name none. A practice that the table lacks is
// refused: what its row says, such as that the patients are leaving, would be lost.
func (p *Set) readPatients(ctx context.Context, x *extract.Extract) error {
	listed := len(p.List)
	none := false
	t := schema.Patients
	add := func(id string) {
		if _, ok := p.ByID[id]; !ok {
			p.ByID[id] = int32(len(p.List))
			p.List = append(p.List, Practice{ID: id})
			p.Values = append(p.Values, nil)
		}
	}
	if !x.Supplies(t.Practice) {
		none = true
	} else if err := batches(ctx, x, t, []*schema.Column{t.Practice, t.Patient}, func(v *view) error {
		var last []byte
		for i := range v.Rows() {
			id, ok := v.textAt(0, i)
			switch {
			case !ok:
				_, patient := v.textAt(1, i) // a row that names nobody is no patient
				none = none || patient
			case last == nil || string(last) != string(id):
				last = id
				switch {
				case p.has(id):
				case listed > 0:
					return notListed(state.Position{File: v.File, Record: v.RecordNumber(i)})
				default:
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

func notListed(at state.Position) *Refusal {
	return &Refusal{Message: fmt.Sprintf("%s record %d, practice_id: want the practice_id of a row of the table practice, letter for letter", at.File, at.Record),
		Hint: "look for blanks around the identifiers, and for a practice whose row is missing; or leave out the table practice"}
}

func (p *Set) has(id []byte) bool { _, ok := p.ByID[vector.Text(id)]; return ok }

// Listed returns the number of the practice that a row of a table names. Lists given
// beside the extract are written by people, who know the ODS code: there it names the
// practice as well, where it is that of one practice and the id of none.
func (p *Set) Listed(t *schema.Table, id []byte) (number int32, ok bool) {
	if number, ok = p.ByID[vector.Text(id)]; ok || !t.Side {
		return number, ok
	}
	for i := range p.List {
		if p.List[i].ODSCode != "" && strings.EqualFold(p.List[i].ODSCode, string(id)) {
			if ok {
				return -1, false // of several practices
			}
			number, ok = int32(i), true
		}
	}
	return number, ok
}

// Home returns the number of the practice of a patient that names none.
func (p *Set) Home() int32 {
	for i := range p.List {
		if p.List[i].listed {
			return int32(i)
		}
	}
	if at, ok := p.ByID[unknownPractice]; ok {
		return at
	}
	return -1
}

func (p *Set) sort() {
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
		list[to], values[to] = p.List[from], p.Values[from]
		p.ByID[list[to].ID] = int32(to)
	}
	p.List, p.Values = list, values
}

// Shared returns the as-of date that all practices share, or nil.
func (p *Set) Shared() *calendar.Day {
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
