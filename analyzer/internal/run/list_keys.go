package run

import (
	"strconv"
	"time"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/calendar"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

// rowKeys are the indexes, among the columns read, of those that identify a row;
// -1 where the table has none.
type rowKeys struct {
	patient, practice, record, date int
	codes, cells                    []int
}

// keyFields are what of a row its keys tell, a bit each.
type keyFields uint8

const (
	patientField keyFields = 1 << iota
	recordField
	dateField
	codeField
	practiceField

	shownFields = patientField | recordField | dateField | codeField
	allFields   = shownFields | practiceField
)

// newRowKeys adds to the columns of the setup those that the fields of rows, and the
// cells of columns, take.
func newRowKeys(setup *eval.Setup, t *extract.Table, fields keyFields, columns []*schema.Column) rowKeys {
	addCell := func(c *schema.Column) int {
		if c == nil || !t.Supplied[c.Index] {
			return -1
		}
		if at := setup.ColumnAt(c); at >= 0 {
			return at
		}
		setup.Columns = append(setup.Columns, c)
		return len(setup.Columns) - 1
	}
	add := func(field keyFields, c *schema.Column) int {
		if fields&field == 0 {
			return -1
		}
		return addCell(c)
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
		codes = append(codes, add(codeField, t.Schema.Column(name)))
	}
	var cells []int
	for _, c := range columns {
		if c.Table == t.Schema {
			cells = append(cells, addCell(c))
		}
	}
	return rowKeys{
		codes: codes, cells: cells, patient: add(patientField, t.Schema.Patient), practice: add(practiceField, t.Schema.Practice),
		record: add(recordField, t.Schema.Key), date: add(dateField, date),
	}
}

// entryCodes are the columns that may say what an entry is, the first choice first.
var entryCodes = []string{"dmd_code", "code", "agent_code", "type_code"}

// cell is the text of row i in the column at that index, or empty.
func (w *listWorker) cell(at, i int) string {
	return string(appendCell(nil, w.attributor.e.Columns, at, i))
}

// appendCell appends the text of row i in the column at that index, if there is one.
func appendCell(to []byte, columns []vector.Vec, at, i int) []byte {
	if at < 0 {
		return to
	}
	v := &columns[at]
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

// appendCode appends the code of row i: the first that there is.
func (k *rowKeys) appendCode(to []byte, columns []vector.Vec, i int) []byte {
	from := len(to)
	for _, at := range k.codes {
		if to = appendCell(to, columns, at, i); len(to) > from {
			break
		}
	}
	return to
}

// dateAt is the date of row i, if it has one.
func (k *rowKeys) dateAt(columns []vector.Vec, i int) (day calendar.Day, ok bool) {
	if k.date < 0 || !bitmap.Known(columns[k.date].Known, i) {
		return 0, false
	}
	return calendar.Day(columns[k.date].Days[i]), true
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
	columns, cell := w.attributor.e.Columns, func(at int) string { return w.cell(at, i) }
	r.Patient, r.Record = cell(w.keys.patient), cell(w.keys.record)
	r.Code = string(w.keys.appendCode(nil, columns, i))
	for _, at := range w.keys.cells {
		r.Cells = append(r.Cells, cell(at))
	}
	if own := w.practiceOf(i); own >= 0 {
		r.Practice = w.run.practices.List[own].ID
	}
	r.Date, r.HasDate = w.keys.dateAt(columns, i)
	r.Position = w.position(state.Position{File: b.File, Record: b.RecordNumber(i)})
}

// position is where a row is, which names the table where the source has no files.
func (l *lister) position(p state.Position) state.Position {
	if p.File == "" {
		p.File = "table " + l.pass.Table.Name
	}
	return p
}
