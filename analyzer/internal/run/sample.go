package run

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"
	"slices"
	"strings"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/practices"
	"paperlight/analyzer/state"
)

// A Sampling says which records are drawn.
type Sampling struct {
	// Key keys the hash that decides: equal keys draw equal records of an extract.
	Key []byte
	// Each is how many records of a rule are drawn of those that meet it, and how many
	// of those that do not.
	Each int
	// Practice is whose records are drawn.
	Practice string
}

// Sample draws records of the denominator of each rule: up to Each that meet it
// (Numerator) and up to Each that do not (Failing, or Unknown). It depends on the
// records and the key alone: not on their order, the files that they are in or how
// many workers read them.
//
// The hash of a record is the first 64 bits of HMAC-SHA256, under the key, of its
// practice, patient, id, date and code; that of a rule is of its id. Those records are
// drawn whose hashes differ least from the rule's, as numbers, after XOR: so that a
// record is hashed once for all rules, and each rule still has a draw of its own. Where
// an id was made from the place of the row (extract.Table.DerivedKey) it is left out,
// of the hash and of the rows.
//
// Rows come by rule, those that meet it first, in the order of that difference. Memory is bounded by the
// rules, twice Each and the workers; nothing is allocated for a row that is not among
// the nearest so far.
func Sample(ctx context.Context, run *Run, ruleIDs []string, of Sampling) ([]Row, error) {
	practice := slices.IndexFunc(run.practices.List, func(p practices.Practice) bool { return p.ID == of.Practice })
	if practice < 0 || of.Each < 1 {
		return nil, errors.New("no such practice to draw records of, or none to draw")
	}
	var out []Row
	err := run.eachTable(ruleIDs, nil, listing{counted: true}, func(l *lister) error {
		rows, err := l.sample(ctx, of, int32(practice))
		out = append(out, rows...)
		return err
	})
	slices.SortStableFunc(out, func(a, b Row) int { return strings.Compare(a.Rule, b.Rule) })
	return out, err
}

// sample draws the records of one table.
func (l *lister) sample(ctx context.Context, of Sampling, practice int32) ([]Row, error) {
	t := l.run.x.Table(l.pass.Table)
	if t == nil {
		return nil, nil // of practice: there is nothing to draw from
	}
	setup, keys := l.reading(t)
	jobs := max(1, min(l.run.options.jobs(), len(t.Parts)))
	samplers := make([]*sampler, jobs)
	for i := range samplers {
		samplers[i] = l.sampler(l.worker(setup, keys), of, practice)
	}
	err := l.run.eachPart(ctx, t, setup.Columns, jobs, func(worker int) partConsumer {
		return partConsumer{start: samplers[worker].start, batch: samplers[worker].take}
	})
	if err != nil {
		return nil, err
	}
	return l.drawn(samplers, of.Each), nil
}

// drawn are the rows nearest to each rule, of all samplers.
func (l *lister) drawn(samplers []*sampler, each int) (out []Row) {
	for k := range l.pass.Tallies {
		for side := range 2 {
			var all []candidate
			for _, s := range samplers {
				all = append(all, s.nearest[k][side]...)
			}
			slices.SortFunc(all, byDistance)
			for _, c := range all[:min(each, len(all))] {
				out = append(out, *c.row)
			}
		}
	}
	return out
}

// A candidate is a row that may be drawn, and how far it is from its rule.
type candidate struct {
	distance uint64
	row      *Row
}

// byDistance orders candidates. Rows that it does not tell apart say the same.
func byDistance(a, b candidate) int {
	if order := cmp.Compare(a.distance, b.distance); order != 0 {
		return order
	}
	return cmp.Or(strings.Compare(a.row.Patient, b.row.Patient), strings.Compare(a.row.Record, b.row.Record),
		cmp.Compare(a.row.Date, b.row.Date), strings.Compare(a.row.Code, b.row.Code))
}

// A sampler keeps the nearest of the rows that one worker reads.
type sampler struct {
	*listWorker
	each     int
	practice int32
	mac      hash.Hash
	rules    []uint64          // their hashes
	nearest  [][2][]candidate  // by rule: of those that meet it, and of those that do not
	text     []byte            // what of a row is hashed
	sum      [sha256.Size]byte // scratch
	derived  bool
}

func (l *lister) sampler(w *listWorker, of Sampling, practice int32) *sampler {
	s := &sampler{listWorker: w, each: of.Each, practice: practice, mac: hmac.New(sha256.New, of.Key), nearest: make([][2][]candidate, len(l.pass.Tallies))}
	s.derived = l.run.x.Table(l.pass.Table).DerivedKey
	for _, at := range l.pass.Tallies {
		s.text = appendText(s.text[:0], "rule")
		s.text = appendText(s.text, l.run.plan.Programs[at].ID)
		s.rules = append(s.rules, s.hash())
	}
	return s
}

// hash is the first 64 bits of that of the text.
func (s *sampler) hash() uint64 {
	s.mac.Reset()
	s.mac.Write(s.text)
	return binary.BigEndian.Uint64(s.mac.Sum(s.sum[:0]))
}

// appendText appends a text with its length in front, so that no two lists of texts
// read alike.
func appendText(to []byte, text string) []byte {
	to = binary.BigEndian.AppendUint64(to, uint64(len(text)))
	return append(to, text...)
}

// take reads a batch and keeps what is nearest.
func (s *sampler) take(b *extract.Batch) error {
	if err := s.read(b); err != nil {
		return err
	}
	for i := range b.Rows() {
		v := i
		if s.memory != nil {
			v = s.judgedAt(s.at + i)
		}
		if !bitmap.Has(s.verdicts.wanted, v) || s.practiceOf(i) != s.practice {
			continue
		}
		s.offer(b, i, v)
	}
	s.at += b.Rows()
	return nil
}

// offer offers row i of the batch, whose verdicts are those of v, to each rule.
func (s *sampler) offer(b *extract.Batch, i, v int) {
	hash := s.hashOf(i)
	var row *Row
	for k := range s.nearest {
		verdict, side := s.verdicts.of[k][v], 1
		switch verdict {
		case Numerator:
			side = 0
		case Failing, Unknown:
		default:
			continue
		}
		kept := s.nearest[k][side]
		one := candidate{distance: hash ^ s.rules[k]}
		if len(kept) == s.each && one.distance > kept[s.each-1].distance {
			continue
		}
		if row == nil {
			row = s.rowAt(b, i)
		}
		own := *row
		own.Rule, own.Table, own.Verdict = s.run.plan.Programs[s.pass.Tallies[k]].ID, s.pass.Table, verdict
		one.row = &own
		at, _ := slices.BinarySearchFunc(kept, one, byDistance)
		kept = slices.Insert(kept, at, one)
		s.nearest[k][side] = kept[:min(len(kept), s.each)]
	}
}

// hashOf is the hash of row i of the batch.
func (s *sampler) hashOf(i int) uint64 {
	s.text = appendText(s.text[:0], s.run.practices.List[s.practice].ID)
	record := s.keys.record
	if s.derived {
		record = -1
	}
	for _, at := range [...]int{s.keys.patient, record, s.keys.date} {
		s.addCell(at, i)
	}
	for _, at := range s.keys.codes {
		if s.addCell(at, i) > 0 {
			break
		}
	}
	return s.hash()
}

// addCell adds the cell of row i with its length in front, which is returned.
func (s *sampler) addCell(at, i int) int {
	from := len(s.text)
	s.text = binary.BigEndian.AppendUint64(s.text, 0)
	s.text = appendCell(s.text, s.attributor.e.Columns, at, i)
	n := len(s.text) - from - 8
	binary.BigEndian.PutUint64(s.text[from:], uint64(n))
	return n
}

// rowAt names row i of the batch, without its place.
func (s *sampler) rowAt(b *extract.Batch, i int) *Row {
	r := &Row{}
	s.name(r, b, i)
	r.Position = state.Position{}
	if s.derived {
		r.Record = ""
	}
	return r
}
