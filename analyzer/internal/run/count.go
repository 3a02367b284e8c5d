package run

import (
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
	"paperlight/rules/identifier"
)

// count counts the batch in the reading.
func (r *attributor) count(b *extract.Batch, n int) {
	c := r.counts
	own := r.answers(n)
	if r.first {
		c.Rows += int64(n)
		c.Rejected += c.Mark(len(r.in.Pass.Table.Columns), r.reject, b)
		for i := 0; i < n; {
			j := kernel.RunEnd(own[:n], i)
			if own[i] >= 0 {
				c.Practices[own[i]].Rows += int64(j - i)
				c.Practices[own[i]].Rejected += vector.CountRange(r.reject, i, j)
			} else {
				c.Lost.Rejected += vector.CountRange(r.reject, i, j)
			}
			i = j
		}
		r.countPatients(n, own)
		r.countIDs(n, own)
		r.countRounded(n, own)
	}
	for i, col := range r.in.Columns {
		if set := b.Malformed[i]; set != nil && r.fresh[i] {
			c.Malformed += c.Mark(col.Index, set, b)
			kernel.ForEachSet(set, n, func(i int) {
				if q := own[i]; q >= 0 {
					c.Practices[q].Malformed++
					c.Unreadable(int(q), col.Index, 1)
				}
			})
		}
	}
}

// answers returns the practice that each row is counted under: its own, and
// where there is only one, that one for all that name none.
func (r *attributor) answers(n int) []int32 {
	if len(r.counts.Practices) != 1 {
		return r.e.OwnPractice
	}
	for i := range n {
		if r.only[i] = r.e.OwnPractice[i]; r.claimed[i] == noClaim {
			r.only[i] = 0
		}
	}
	return r.only
}

// countPatients counts orphans, and rows that name another practice than
// their patient's.
func (r *attributor) countPatients(n int, own []int32) {
	if r.patientAt < 0 {
		return
	}
	c, e := r.counts, r.e
	if r.whole {
		if kernel.SameValues(e.OwnPractice[:n], r.claimed[:n]) {
			return
		}
		for i, home := range e.OwnPractice[:n] {
			if claimed := r.claimed[i]; claimed != home && claimed != noClaim {
				c.Mismatch++
			}
		}
		return
	}
	known := e.Columns[r.patientAt].Known
	for i := range n {
		switch {
		case vector.Bit(r.reject, i) || !vector.Bit(known, i):
		case e.OwnPatient[i] < 0:
			c.Orphans++
			if q := own[i]; q >= 0 {
				c.Practices[q].Orphans++
			} else {
				c.Lost.Orphans++
			}
		case r.claimed[i] != noClaim && r.claimed[i] != e.OwnPractice[i]:
			c.Mismatch++
		}
	}
}

// countIDs notes the record ids, until there are more than are compared, and
// chooses the rows of the sample.
func (r *attributor) countIDs(n int, own []int32) {
	c := r.counts
	if c.CountIDs && c.Rows > duplicateLimit && !r.run.options.CountDuplicateIDs {
		c.CountIDs, c.Ids = false, nil
	}
	if !c.CountIDs && c.Sample == nil {
		return
	}
	if c.Sample != nil {
		c.Sample.Foresee(c.Rows)
		r.comparer.reset()
	}
	for i := range n {
		if vector.Bit(r.reject, i) {
			continue
		}
		id, ok := r.record(i)
		if !ok {
			continue
		}
		h := cohort.RecordHash(r.owner(i), id)
		if c.CountIDs {
			c.Ids = append(c.Ids, h)
		}
		if c.Sample == nil || own[i] < 0 || !c.Sample.Keeps(h) {
			continue
		}
		if r.comparer.compares() {
			r.comparer.choose(i, h)
		} else {
			c.Sample.Add(own[i], h)
		}
	}
	if r.comparer.compares() {
		r.comparer.add(r.e, c.Sample, own)
	}
}

// record returns the hash of the row's id. Where the source has no ids it is
// that of a day of the row, so that a sample is not of a few patients.
func (r *attributor) record(i int) (hash uint64, ok bool) {
	switch {
	case r.keyAt >= 0:
		v := &r.e.Columns[r.keyAt]
		if !vector.Bit(v.Known, i) {
			return 0, false
		}
		return cohort.IDHash(v.TextAt(i)), true
	case r.comparer.day >= 0 && vector.Bit(r.e.Columns[r.comparer.day].Known, i):
		return uint64(uint32(r.e.Columns[r.comparer.day].Days[i])), true
	}
	return eval.NullHash, true
}

// owner returns a hash of whose the row is: its patient, by the id and where
// several carry that by the practice too; else the practice.
func (r *attributor) owner(i int) uint64 {
	if p := r.e.OwnPatient[i]; p >= 0 {
		if h := r.run.ids.Hash(p); h != 0 {
			return h
		}
	}
	h := uint64(uint32(r.e.OwnPractice[i]))
	if r.patientAt >= 0 && vector.Bit(r.e.Columns[r.patientAt].Known, i) {
		h = cohort.Combine(h, cohort.PatientHash(r.e.Columns[r.patientAt].TextAt(i)))
	}
	return h
}

// countRounded counts identifiers that look rounded.
func (r *attributor) countRounded(n int, own []int32) {
	for k := range r.codes {
		c := &r.codes[k]
		v := &r.e.Columns[c.at]
		entries := max(0, len(v.Offsets)-1)
		number := r.e.Numbers[c.at]
		byEntry := v.Index != nil && number != 0
		if byEntry {
			if c.number != number || len(c.rounded) > entries {
				c.number, c.rounded = number, c.rounded[:0]
			}
			if len(c.rounded) == 0 {
				c.some = false
			}
			for i := len(c.rounded); i < entries; i++ {
				rounded := identifier.SCTIDRounded(v.Bytes[v.Offsets[i]:v.Offsets[i+1]])
				c.rounded, c.some = append(c.rounded, rounded), c.some || rounded
			}
			if !c.some {
				continue
			}
		}
		for i := range n {
			if !vector.Bit(v.Known, i) || entries == 0 || own[i] < 0 {
				continue
			}
			if byEntry && !c.rounded[v.Index[i]] || !byEntry && !identifier.SCTIDRounded(v.TextAt(i)) {
				continue
			}
			if c.system >= 0 {
				s := &r.e.Columns[c.system]
				if !vector.Bit(s.Known, i) || string(s.TextAt(i)) != schema.SNOMEDCT {
					continue
				}
			}
			r.counts.Practices[own[i]].Rounded++
		}
	}
}
