package run

import (
	"fmt"
	"strconv"
	"time"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/calendar"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

// rowKeys are the indexes, among the columns read, of those that identify a row;
// -1 where the table has none.
type rowKeys struct {
	patient, practice, record, date int
	codes, cells                    []int
}

func newRowKeys(setup *eval.Setup, t *extract.Table, columns []*schema.Column) rowKeys {
	add := func(c *schema.Column) int {
		if c == nil || !t.Supplied[c.Index] {
			return -1
		}
		if at := setup.ColumnAt(c); at >= 0 {
			return at
		}
		setup.Columns = append(setup.Columns, c)
		return len(setup.Columns) - 1
	}
	var date *schema.Column
	for _, c := range t.Schema.Columns {
		if c.Type == schema.Date && t.Schema != schema.Patients {
			date = c
			break
		}
	}
	var codes []int
	for _, name := range entryCodes {
		codes = append(codes, add(t.Schema.Column(name)))
	}
	var cells []int
	for _, c := range columns {
		if c.Table == t.Schema {
			cells = append(cells, add(c))
		}
	}
	return rowKeys{codes: codes, cells: cells, patient: add(t.Schema.Patient), practice: add(t.Schema.Practice), record: add(t.Schema.Key), date: add(date)}
}

// entryCodes are the columns that may say what an entry is, the first choice first.
var entryCodes = []string{"dmd_code", "code", "agent_code", "type_code"}

// cell is the text of row i in the column at that index, or empty.
func (w *listWorker) cell(at, i int) string { return string(w.appendCell(nil, at, i)) }

// appendCell appends the text of row i in the column at that index, if there is one.
func (w *listWorker) appendCell(to []byte, at, i int) []byte {
	if at < 0 {
		return to
	}
	v := &w.attributor.e.Columns[at]
	switch {
	case !bitmap.Known(v.Known, i):
		return to
	case v.Days != nil:
		return calendar.Day(v.Days[i]).Time().AppendFormat(to, time.DateOnly)
	case v.Ints != nil:
		return strconv.AppendInt(to, v.Ints[i], 10)
	case v.Reals != nil:
		return strconv.AppendFloat(to, v.Reals[i], 'f', -1, 64)
	case v.Bits != nil:
		return strconv.AppendBool(to, bitmap.Has(v.Bits, i))
	}
	return append(to, v.TextAt(i)...)
}

// practiceOf is the practice that row i of the batch counts under, or -1.
func (w *listWorker) practiceOf(i int) int32 {
	if w.memory == nil {
		return w.attributor.e.OwnPractice[i]
	}
	if own := w.run.patientPractice[w.base+w.at+i]; int(own) < len(w.run.practices.List) {
		return own
	}
	return -1
}

// name fills in the keys and the position of row i of the batch.
func (w *listWorker) name(r *Row, b *extract.Batch, i int) {
	e, cell := w.attributor.e, func(at int) string { return w.cell(at, i) }
	r.Patient, r.Record = cell(w.keys.patient), cell(w.keys.record)
	for _, at := range w.keys.codes {
		if r.Code == "" {
			r.Code = cell(at)
		}
	}
	for _, at := range w.keys.cells {
		r.Cells = append(r.Cells, cell(at))
	}
	if own := w.practiceOf(i); own >= 0 {
		r.Practice = w.run.practices.List[own].ID
	}
	if at := w.keys.date; at >= 0 && bitmap.Known(e.Columns[at].Known, i) {
		r.Date, r.HasDate = calendar.Day(e.Columns[at].Days[i]), true
	}
	r.Position = state.Position{File: b.File, Record: b.RecordNumber(i)}
	if r.Position.File == "" {
		r.Position.File = fmt.Sprintf("table %s", w.pass.Table.Name)
	}
}
