package cohort

// Visits tell whether the rows of each patient lie together, so that what is compared
// among the rows of a patient can be compared where they end. One worker notes the rows
// of its parts; the workers' are merged.
type Visits struct {
	// done are the patients whose rows ended inside a part, a bit each. edges came
	// first or last in a part: their rows may go on in another.
	done  []uint64
	edges []int32
	apart bool
}

// NewVisits returns empty ones for so many patients.
func NewVisits(patients int) Visits { return Visits{done: make([]uint64, (patients+63)/64)} }

// Ended notes that rows of the patient ended, at an edge of the part or inside it.
func (v *Visits) Ended(patient int32, edge bool) {
	if edge {
		v.edges = append(v.edges, patient)
		return
	}
	word, bit := &v.done[patient>>6], uint64(1)<<(patient&63)
	v.apart = v.apart || *word&bit != 0
	*word |= bit
}

// Merge adds those of another worker.
func (v *Visits) Merge(o *Visits) {
	v.edges = append(v.edges, o.edges...)
	v.apart = v.apart || o.apart
	for w := range v.done {
		v.apart = v.apart || v.done[w]&o.done[w] != 0
		v.done[w] |= o.done[w]
	}
}

// Seen says that some patient's rows are known to lie apart, of those that were merged or
// noted so far.
func (v *Visits) Seen() bool { return v.apart }

// Apart says that some patient's rows ended inside a part and came again.
func (v *Visits) Apart() bool {
	for _, p := range v.edges {
		v.apart = v.apart || v.done[p>>6]>>(p&63)&1 != 0
	}
	return v.apart
}
