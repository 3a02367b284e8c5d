package convert

import (
	"bytes"
	"context"
	"math"
	"strconv"
	"strings"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/calendar"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/schema"
)

// Who opted out is looked for here more broadly than the rule about an outgoing extract
// does: whoever may have, leaves. The code counts in every table, whatever system and
// day the row gives, and a decision that nobody can read counts as one.

// The words of the schema for a type 1 opt-out, and for one taken back; and the list
// with its codes.
const (
	optOutKind, takenBack = "type1_opt_out", "withdrawn"
	optOutCodes           = "type-1-opt-out"
)

// optOuts are the signs of opting out that an extract holds, by patient.
type optOuts struct {
	codes map[string]bool
	// numbers are the codes that are numbers, for what a spreadsheet made of them.
	numbers []float64
	of      map[int32]*standing
	// nobodys count the signs that name no patient of the extract; unread the rows of
	// tables with signs that could not be read at all.
	nobodys, unread int64
}

// A standing is what a patient said.
type standing struct {
	undated bool // an opt-out without a day
	unread  bool // a decision that nobody can read
	said    bool
	latest  calendar.Day // of the dated opt-outs
	back    calendar.Day // the latest day of taking one back
	isBack  bool
}

// findOptOuts looks for opt-outs in every table that can hold one.
func (j *job) findOptOuts(ctx context.Context) (*optOuts, error) {
	o := &optOuts{codes: map[string]bool{}, of: map[int32]*standing{}}
	if list := j.Anonymise.Catalogue.Lists[optOutCodes]; list != nil {
		for _, codes := range list.Codes {
			for _, code := range codes {
				o.codes[bareCode([]byte(code))] = true
				if n, err := strconv.ParseFloat(code, 64); err == nil && n > 1e6 {
					o.numbers = append(o.numbers, n)
				}
			}
		}
	}
	for _, t := range j.x.Tables {
		if err := o.table(ctx, j.people, t); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// bareCode is a code without what programs and terminologies put round it: the quote and
// the decimals of a spreadsheet, the dots that fill a Read code, and its term code.
func bareCode(code []byte) string {
	code = bytes.TrimPrefix(bytes.TrimSpace(code), []byte("'"))
	if whole, ok := bytes.CutSuffix(code, []byte(".0")); ok && len(whole) > 7 {
		code = whole
	}
	if len(code) == 7 && code[0] != '.' && !digits(code) {
		code = code[:5] // Read v2 with its term code
	}
	return strings.TrimRight(string(code), ".")
}

func digits(text []byte) bool {
	return len(text) > 0 && !bytes.ContainsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
}

// is reports whether a code is one of an opt-out, or may have been.
func (o *optOuts) is(code []byte) bool {
	if len(code) == 0 || len(code) > 32 {
		return false
	}
	if o.codes[bareCode(code)] {
		return true
	}
	if !bytes.ContainsAny(code, "eE+") {
		return false
	}
	n, err := strconv.ParseFloat(string(code), 64)
	for _, of := range o.numbers {
		if err == nil && math.Abs(n-of) < of*1e-4 {
			return true
		}
	}
	return false
}

// signs are the columns of a table in which an opt-out may stand, by their place among
// those that are read; -1 where they are not.
type signs struct{ patient, practice, code, kind, decision, date int }

// table looks for opt-outs in one table.
func (o *optOuts) table(ctx context.Context, p *people, t *extract.Table) error {
	s := t.Schema
	code, _ := s.Coded()
	if s.Patient == nil || !t.Supplied[s.Patient.Index] || code == nil {
		return nil
	}
	var columns []*schema.Column
	read := func(c *schema.Column) int {
		if c == nil || !t.Supplied[c.Index] {
			return -1
		}
		columns = append(columns, c)
		return len(columns) - 1
	}
	at := signs{read(s.Patient), read(s.Practice), read(code), read(s.Column("kind")), read(s.Column("decision")), -1}
	if at.code < 0 && at.kind < 0 {
		return nil
	}
	for _, c := range s.Columns {
		if at.date < 0 && c.Type == schema.Date {
			at.date = read(c)
		}
	}
	views := make([]extract.Vector, len(columns))
	for _, part := range t.Parts {
		for b, err := range part.Scan(ctx, columns) {
			for i := 0; err == nil && i < len(columns); i++ {
				views[i], err = b.View(i)
			}
			if err != nil {
				return err
			}
			for i := range b.Rows() {
				o.row(p, b, views, &at, i)
			}
		}
	}
	return nil
}

// row notes what row i of a batch says.
func (o *optOuts) row(p *people, b *extract.Batch, views []extract.Vector, at *signs, i int) {
	if b.Ragged != nil && bitmap.Has(b.Ragged, i) {
		o.unread++
		return
	}
	cell := func(k int) []byte {
		if k < 0 || !bitmap.Known(views[k].Known, i) {
			return nil
		}
		return textOf(&views[k], i)
	}
	faulty := func(k int) bool { return k >= 0 && b.Malformed[k] != nil && bitmap.Has(b.Malformed[k], i) }
	coded := o.is(cell(at.code))
	about := string(cell(at.kind)) == optOutKind
	unread := faulty(at.kind) && cell(at.code) == nil
	if !coded && !about && !unread {
		return
	}
	for _, n := range o.whose(p, cell(at.patient), cell(at.practice)) {
		s := o.of[n]
		if s == nil {
			s = &standing{}
			o.of[n] = s
		}
		day, dated := calendar.Day(0), at.date >= 0 && bitmap.Known(views[max(at.date, 0)].Known, i)
		if dated {
			day = calendar.Day(views[at.date].Days[i])
		}
		if about && string(cell(at.decision)) == takenBack {
			if dated && (!s.isBack || day > s.back) {
				s.back, s.isBack = day, true
			}
			continue
		}
		s.unread = s.unread || unread
		s.undated = s.undated || !dated
		if dated && (!s.said || day > s.latest) {
			s.latest = day
		}
		s.said = true
	}
}

// whose are the patients that a row may be of: of an id that several practices use and
// a row that names none of them, all.
func (o *optOuts) whose(p *people, id, practice []byte) (out []int32) {
	if len(id) == 0 {
		o.nobodys++
		return nil
	}
	own := p.practice(practice)
	n := p.ids.Find(id)
	if n == cohort.Several && own >= 0 {
		n = p.ids.FindIn(id, own)
	}
	switch {
	case n >= 0:
		return []int32{n}
	case n == cohort.Several || own >= 0:
		for q := range p.practices.List {
			if n := p.ids.FindIn(id, int32(q)); n >= 0 {
				out = append(out, n)
			}
		}
	}
	if out == nil {
		o.nobodys++
	}
	return out
}

// leave has the patients left out whose opt-out stands, as far as anybody can tell. One
// is taken back only by a later day, which has come.
func (o *optOuts) leave(p *people) (optedOut, unread int64) {
	for n, s := range o.of {
		if !s.said {
			continue
		}
		home := p.home[n]
		come := home >= 0 && s.back <= p.practices.List[home].AsOf
		if s.isBack && come && !s.undated && s.back > s.latest {
			continue
		}
		if p.out[n] = true; s.unread {
			unread++
		}
		optedOut++
	}
	return optedOut, unread
}
