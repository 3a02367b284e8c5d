package synthetic

// An emisSet is a set of files of one extract: all of a practice, or what
// changed since the set before.
type emisSet struct {
	day    day
	serial counter // of the last row
	sheets []*sheet
}

// A counter is a number as it is written; none yet is 0. Every row has one, and most
// counts change a digit.
type counter []byte

func (c *counter) next() {
	for i := len(*c) - 1; i >= 0; i-- {
		if (*c)[i]++; (*c)[i] <= '9' {
			return
		}
		(*c)[i] = '0'
	}
	*c = append(counter{'1'}, *c...)
}

// deltaDays is how many days a set of changes covers.
const deltaDays = 7

// A telling is one writing of a row: in which set, and as what.
type telling struct {
	set int
	as  tale
}

type tale uint8

const (
	whole   tale = iota // as the practice has it in the end
	former              // with something that a later set puts right
	passing             // a row that a later set deletes
	gone                // its deletion
)

// ghost is the key of a row that passes, made from the one it stands beside.
func (t telling) ghost(k key) key {
	if t.as == passing || t.as == gone {
		return k.of("ghost")
	}
	return k
}

// setOf is the set that first holds what was recorded on a day.
func (e *emis) setOf(d day) int {
	for i, set := range e.sets {
		if d <= set.day {
			return i
		}
	}
	return len(e.sets) - 1
}

// tell says in which sets, and how, a row is told. Of a hundred rows of an
// earlier set two are told again as they came to be, and beside one stood
// another that was deleted. Deletions and all others come in order.
func (e *emis) tell(k key, recorded day) []telling {
	last := len(e.sets) - 1
	if last == 0 {
		return e.once
	}
	set, draw := e.setOf(recorded), mix(uint64(k)^0xde17a)
	e.told = e.told[:0]
	later := set
	if set < last {
		later = set + 1 + int(draw>>32)%(last-set)
	}
	switch {
	case set == last || draw%100 >= 3:
		e.told = append(e.told, telling{set, whole})
	case draw%100 == 0:
		e.told = append(e.told, telling{set, whole}, telling{set, passing}, telling{later, gone})
	default:
		e.told = append(e.told, telling{set, former}, telling{later, whole})
	}
	if e.removedIn > 0 { // rows of a patient who was deleted stay without a deletion
		kept := e.told[:0]
		for _, t := range e.told {
			if t.set < e.removedIn {
				kept = append(kept, t)
			}
		}
		e.told = kept
	}
	return e.told
}

// goes reports whether the patient also stood in the extract as a second
// record, and the set that deleted it.
func (e *emis) goes(p *patient) (set int, ok bool) {
	first, last := e.setOf(p.registrations[0].start), len(e.sets)-1
	draw := mix(uint64(keyOf(p.id)) ^ 0x90e5)
	if first == last || draw%100 > 0 {
		return 0, false
	}
	return first + 1 + int(draw>>32)%(last-first), true
}

// deleted writes the deletion of a row: its keys, and that it is deleted.
func (e *emis) deleted(t telling, f emisFile, keys ...string) {
	s := e.sheet(t, f)
	for _, k := range keys {
		s.plain(k)
	}
	columns := emisDeleted[f]
	s.skip(columns - len(keys))
	s.flag(true)
	s.skip(s.columns - columns - 2)
	e.end(t, s)
}

// emisDeleted is the place of the column Deleted, by file.
var emisDeleted = func() map[emisFile]int {
	out := map[emisFile]int{}
	for f := range emisFiles {
		for i, c := range published(emisFiles[f].columns) {
			if c.name == "Deleted" {
				out[emisFile(f)] = i
			}
		}
	}
	return out
}()
