package run

import (
	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
	"paperlight/rules/identifier"
)

// count counts the batch: rows, rejects, orphans, ids and malformed cells.
func (a *attributor) count(b *extract.Batch, n int) {
	c := a.counts
	own := a.countUnder(n)
	if a.first {
		c.Rows += int64(n)
		c.Rejected += c.AddFaults(len(a.setup.Pass.Table.Columns), a.reject, b)
		for i := 0; i < n; {
			j := kernel.RunEnd(own[:n], i)
			if own[i] >= 0 {
				c.Practices[own[i]].Rows += int64(j - i)
				c.Practices[own[i]].Rejected += bitmap.CountRange(a.reject, i, j)
			} else {
				c.NoPractice.Rejected += bitmap.CountRange(a.reject, i, j)
			}
			i = j
		}
		a.countPatients(n, own)
		a.countIDs(n, own)
		a.countRounded(n, own)
	}
	a.countBlanks(n, own)
	for i, col := range a.setup.Columns {
		if set := b.Malformed[i]; set != nil && a.uncounted[i] {
			c.Malformed += c.AddFaults(col.Index, set, b)
			bitmap.ForEach(set, n, func(i int) {
				if q := own[i]; q >= 0 {
					c.Practices[q].Malformed++
					c.AddMalformed(int(q), col.Index, 1)
				}
			})
		}
	}
}

// countUnder returns the practice that each row is counted under: its own and,
// where the extract has only one, that one for rows that name none.
func (a *attributor) countUnder(n int) []int32 {
	if len(a.counts.Practices) != 1 {
		return a.e.OwnPractice
	}
	for i := range n {
		if a.countedAs[i] = a.e.OwnPractice[i]; a.claimed[i] == noClaim {
			a.countedAs[i] = 0
		}
	}
	return a.countedAs
}

// countPatients counts orphans, and rows that name another practice than
// their patient's.
func (a *attributor) countPatients(n int, own []int32) {
	if a.patientAt < 0 {
		return
	}
	c, e := a.counts, a.e
	if a.allPlaced {
		if kernel.SameValues(e.OwnPractice[:n], a.claimed[:n]) {
			return
		}
		for i, home := range e.OwnPractice[:n] {
			if claimed := a.claimed[i]; claimed != home && claimed != noClaim {
				c.Mismatch++
			}
		}
		return
	}
	known := e.Columns[a.patientAt].Known
	for i := range n {
		switch {
		case bitmap.Has(a.reject, i) || !bitmap.Known(known, i):
		case e.OwnPatient[i] < 0:
			c.Orphans++
			if q := own[i]; q >= 0 {
				c.Practices[q].Orphans++
			} else {
				c.NoPractice.Orphans++
			}
		case a.claimed[i] != noClaim && a.claimed[i] != e.OwnPractice[i]:
			c.Mismatch++
		}
	}
}

// countIDs compares the record ids, until all workers together have read more than are
// compared, and chooses the rows of the samples.
func (a *attributor) countIDs(n int, own []int32) {
	c := a.counts
	if c.IDs != nil && a.idRows.Add(int64(n)) > duplicateLimit && !a.run.options.CountDuplicateIDs {
		c.IDs = nil
	}
	sampled := c.Sample != nil || c.Commonest != nil
	if c.IDs == nil && !sampled {
		return
	}
	if a.hashes == nil {
		a.hashes, a.owners = make([]uint64, a.e.MaxRows), make([]uint64, a.e.MaxRows)
		a.hashed = make([]int32, 0, a.e.MaxRows)
	}
	a.hashRecords(n)
	if sampled {
		a.sampleRecords(own)
	}
}

// hashRecords sets hashed to the rows that have a record id and are not rejected, and
// hashes and owners to the hash of each and of whose it is. It adds them to the ids
// that are compared.
func (a *attributor) hashRecords(n int) {
	a.hashed = a.hashed[:0]
	patients := a.e.OwnPatient
	for i := 0; i < n; {
		end, patient, owner := i+1, cohort.None, uint64(0)
		if p := patients[i]; p >= 0 {
			if owner = a.run.ids.Hash(p); owner != 0 {
				patient, end = p, kernel.RunEnd(patients[:n], i)
			}
		}
		if patient == cohort.None {
			owner = a.ownerHash(i)
		}
		from := len(a.hashed)
		a.hashRows(i, end, owner)
		if ids := a.counts.IDs; ids != nil {
			ids.Add(patient, a.hashes[from:len(a.hashed)])
		}
		i = end
	}
}

// hashRows is hashRecords of rows of one owner.
func (a *attributor) hashRows(from, to int, owner uint64) {
	if a.keyAt >= 0 && !a.anyRejected {
		if v := &a.e.Columns[a.keyAt]; v.Known == nil && v.Index == nil {
			a.hashPlain(v, from, to, owner)
			return
		}
	}
	for i := from; i < to; i++ {
		if a.anyRejected && bitmap.Has(a.reject, i) {
			continue
		}
		if id, ok := a.recordHash(i); ok {
			k := len(a.hashed)
			a.hashed = append(a.hashed, int32(i))
			a.hashes[k], a.owners[k] = cohort.RecordHash(owner, id), owner
		}
	}
}

// hashPlain is hashRows where every row has a record id, in plain text.
func (a *attributor) hashPlain(v *vector.Vec, from, to int, owner uint64) {
	at := len(a.hashed)
	offsets := v.Offsets[from : to+1]
	hashes, owners := a.hashes[at:at+to-from], a.owners[at:at+to-from]
	a.hashed = a.hashed[:at+to-from]
	rows, start := a.hashed[at:], offsets[0]
	for i, end := range offsets[1:] {
		hashes[i], owners[i], rows[i] = cohort.RecordHash(owner, cohort.IDHash(v.Bytes[start:end])), owner, int32(from+i)
		start = end
	}
}

// sampleRecords chooses the rows of the samples among those that were hashed.
func (a *attributor) sampleRecords(own []int32) {
	c := a.counts
	if c.Commonest != nil {
		c.Commonest.ExpectRows(c.Rows)
	}
	if c.Sample != nil {
		c.Sample.ExpectRows(c.Rows)
		a.comparer.reset()
	}
	if c.Doubled != nil {
		c.Doubled.ExpectRows(c.Rows)
	}
	for k, row := range a.hashed {
		i, h := int(row), a.hashes[k]
		if own[i] < 0 {
			continue
		}
		if c.Commonest != nil && c.Commonest.Selects(h) {
			a.addVaried(i, own[i], h)
		}
		if c.Doubled != nil && c.Doubled.Selects(a.owners[k]) {
			c.Doubled.Add(own[i], a.whatItSays(i, a.owners[k], h))
		}
		if c.Sample == nil || !c.Sample.Selects(h) {
			continue
		}
		if a.comparer.compares() {
			a.comparer.choose(i, h)
		} else {
			c.Sample.Add(own[i], h)
		}
	}
	if a.comparer.compares() {
		a.comparer.add(a.e, c.Sample, own)
	}
}

// recordHash returns the hash of the row's id. Where the source has no ids it is
// that of a day of the row, so that the sample is not of a few patients whole.
func (a *attributor) recordHash(i int) (hash uint64, ok bool) {
	switch {
	case a.keyAt >= 0:
		v := &a.e.Columns[a.keyAt]
		if !bitmap.Known(v.Known, i) {
			return 0, false
		}
		return cohort.IDHash(v.TextAt(i)), true
	case a.comparer.day >= 0 && bitmap.Known(a.e.Columns[a.comparer.day].Known, i):
		return uint64(uint32(a.e.Columns[a.comparer.day].Days[i])), true
	}
	return eval.NullHash, true
}

// ownerHash returns a hash of whose the row is: its patient, by the id and, where
// several carry that, by the practice too; else the practice.
func (a *attributor) ownerHash(i int) uint64 {
	if p := a.e.OwnPatient[i]; p >= 0 {
		if h := a.run.ids.Hash(p); h != 0 {
			return h
		}
	}
	h := uint64(uint32(a.e.OwnPractice[i]))
	if a.patientAt >= 0 && bitmap.Known(a.e.Columns[a.patientAt].Known, i) {
		h = cohort.Combine(h, cohort.PatientHash(a.e.Columns[a.patientAt].TextAt(i)))
	}
	return h
}

// countRounded counts codes that a spreadsheet seems to have rounded.
func (a *attributor) countRounded(n int, own []int32) {
	for k := range a.codes {
		c := &a.codes[k]
		v := &a.e.Columns[c.at]
		entries := max(0, len(v.Offsets)-1)
		number := a.e.Numbers[c.at]
		byEntry := v.Index != nil && number != 0
		if byEntry {
			if c.number != number || len(c.rounded) > entries {
				c.number, c.rounded = number, c.rounded[:0]
			}
			if len(c.rounded) == 0 {
				c.anyRounded = false
			}
			for i := len(c.rounded); i < entries; i++ {
				rounded := identifier.SCTIDRounded(v.Bytes[v.Offsets[i]:v.Offsets[i+1]])
				c.rounded, c.anyRounded = append(c.rounded, rounded), c.anyRounded || rounded
			}
			if !c.anyRounded {
				continue
			}
		}
		for i := range n {
			if !bitmap.Known(v.Known, i) || entries == 0 || own[i] < 0 {
				continue
			}
			if byEntry && !c.rounded[v.Index[i]] || !byEntry && !identifier.SCTIDRounded(v.TextAt(i)) {
				continue
			}
			if c.system >= 0 {
				s := &a.e.Columns[c.system]
				if !bitmap.Known(s.Known, i) || string(s.TextAt(i)) != schema.SNOMEDCT {
					continue
				}
			}
			a.counts.Practices[own[i]].Rounded++
		}
	}
}
