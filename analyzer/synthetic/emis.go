package synthetic

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// emis writes practices as an EMIS Web bulk extract holds them, from the published
// layout. What a made practice knows and the layout cannot carry is not written:
//
//	patients       state and date of the NHS number's tracing (the column is "currently unavailable")
//	registrations  all but the latest; why one ended; paper notes, FP69, pack, GP2GP
//	medications    BNF code, appliance, prescriber's practice, GP2GP, date of reauthorisation;
//	               last issue where no issue is written
//	issues         BNF code
//	allergies      agent beside a code, reaction, severity, status, end
//	results        day of the message and of filing
//	documents      received, filed, actioned, direction, sender, scanned
//	declarations   all
//
// A problem, a referral, a result and a consent are observations too, and so are the
// ethnic group and what was coded from a document.
type emis struct {
	m    *model
	hand hand
	sets []*emisSet
	all  sheets
	// Of the practice being written.
	org      cellKey
	staff    []staffKey
	nobody   staffKey
	sessions map[key]uint64 // days, a bit each, by doctor and 64 days
	// Of the patient being written.
	patientCell string
	ownerCells  cells // whose row it is: patient and organisation
	patientKey  key
	removedIn   int // set that deletes the patient; 0 for never
	// Where all is one set, once is how each row is told.
	once, told []telling
	codes      *emisCodes
}

// A cellKey is a key with its text, for what stands in many rows.
type cellKey struct {
	key  key
	text string
}

func newCellKey(k key) cellKey { return cellKey{k, k.guid()} }

// A staffKey is a member of staff by practitioner code.
type staffKey struct {
	code string
	cell cellKey
	both cells // the cell twice: who did it and who entered it
}

// emisVersions are the layouts that can be written, the newest first.
var emisVersions = map[string]int{"": 82, "8.2": 82, "8.0": 80, "5.4": 54}

func newEMIS(folder string, m *model) (_ *emis, err error) {
	e := &emis{m: m, hand: hand{headed: true, newline: "\r\n", dates: newDateTexts("2006-01-02")},
		once: []telling{{}}, codes: newEMISCodes(), nobody: staffKey{both: cells{",,", 2}}}
	version := emisVersions[m.Layout]
	defer func() {
		if err != nil {
			e.abandon()
		}
	}()
	agreement := strings.Trim(key(mix(m.Seed)).of("agreement").guid(), "{}")
	for i := range m.Deltas + 1 {
		set := &emisSet{day: m.asOf - day(deltaDays*(m.Deltas-i))}
		for n, f := range emisFiles {
			if f.since > version {
				set.sheets = append(set.sheets, nil)
				continue
			}
			name := fmt.Sprintf("%d_%s_%s120000_%s.csv", 291+i, f.name, set.day.time().Format("20060102"), agreement)
			s, err := newSheet(folder, name, f.name, published(emisFiles[n].columns), &e.hand, version)
			if err != nil {
				return nil, err
			}
			set.sheets = append(set.sheets, s)
			e.all = append(e.all, s)
		}
		e.sets = append(e.sets, set)
	}
	return e, nil
}

// sheet is a file of the set that a row is told in.
func (e *emis) sheet(t telling, f emisFile) *sheet { return e.sets[t.set].sheets[f] }

// end ends a row with its number in the set.
func (e *emis) end(t telling, s *sheet) {
	set := e.sets[t.set]
	set.serial.next()
	s.plain(string(set.serial))
	s.end()
}

// practice writes the organisations: the practice, and those it deals with.
func (e *emis) practice(pr *practice) error {
	e.org = newCellKey(keyOf(pr.id))
	e.sessions = map[key]uint64{}
	board := keyOf("made-up board")
	e.organisation(e.org, pr.ods, "Made-up Surgery "+pr.id[1:], "GP Practice", board)
	s := e.sets[0].sheets[emisSharingOrganisation]
	s.plain(e.org.text)
	s.flag(true)
	s.date(e.m.asOf - 400)
	s.flag(false)
	s.flag(false)
	s.end()
	if pr.number == 0 {
		e.organisation(newCellKey(board), "QZZ", "Made-up Integrated Care Board", "Strategic Partnership", 0)
		e.organisation(newCellKey(keyOf(hospital)), hospital, "Made-up Hospital", "Hospital", 0)
	}
	e.staff = e.staff[:0]
	for i, code := range append(pr.gps[:len(pr.gps):len(pr.gps)], noDoctor) {
		member := staffKey{code: code, cell: newCellKey(e.org.key.of(code))}
		member.both = cells{member.cell.text + "," + member.cell.text + ",", 2}
		e.staff = append(e.staff, member)
		s := e.sets[0].sheets[emisUserInRole]
		s.plain(member.cell.text)
		s.plain(e.org.text)
		s.plain("Dr")
		s.plain("Invented")
		s.plain(syllables(member.cell.key, 4))
		s.plain("R0260")
		s.plain("General Medical Practitioner")
		s.date(date(2015, 1, 1))
		s.skip(1)
		s.plain(fmt.Sprintf("%07d", 9_000_000+i)) // no doctor has this number
		e.end(telling{}, s)
	}
	return e.all.failed()
}

const (
	hospital = "RX1" // who sends the letters
	noDoctor = "G9999981"
)

func (e *emis) organisation(org cellKey, ods, name, kind string, parent key) {
	place := org.key.of("place").guid()
	s := e.sets[0].sheets[emisOrganisation]
	s.plain(org.text)
	s.number(org.key.number() % 100_000)
	s.text(name)
	s.plain(ods)
	s.guid(parent)
	s.guid(parent)
	s.plain(kind)
	s.date(date(1990, 1, 1))
	s.skip(1)
	s.plain(place)
	e.end(telling{}, s)
	s = e.sets[0].sheets[emisOrganisationLocation]
	s.plain(org.text)
	s.plain(place)
	s.flag(true)
	s.flag(false)
	e.end(telling{}, s)
	s = e.sets[0].sheets[emisLocation]
	s.plain(place)
	s.text(name)
	s.plain("Premises")
	s.skip(1)
	s.date(date(1990, 1, 1))
	s.skip(4)
	s.plain(madeUpPhone)
	s.skip(1)
	s.plain("1 Nowhere Street")
	s.skip(1)
	s.plain("Madeup")
	s.skip(1)
	s.plain(madeUpPostcode)
	s.flag(false)
	e.end(telling{}, s)
}

// What stands for an address and a telephone: a postcode of the range kept for
// no address, and a number of the range kept for drama.
const (
	madeUpPostcode = "ZZ99 9ZZ"
	madeUpPhone    = "01632 960001"
)

// syllables spells n syllables that k gives: names that nobody has.
func syllables(k key, n int) string { return string(appendSyllables(nil, k, n)) }

func appendSyllables(b []byte, k key, n int) []byte {
	const consonants, vowels = "bdfgklmnprstvwyz", "aeiou"
	first := len(b)
	for bits := mix(uint64(k)); n > 0; n-- {
		b = append(b, consonants[bits%16], vowels[bits/16%5])
		bits /= 80
	}
	b[first] -= 'a' - 'A'
	return b
}

// clinician is a member of staff; one without cells for none.
func (e *emis) clinician(code string) *staffKey {
	for i := range e.staff {
		if e.staff[i].code == code {
			return &e.staff[i]
		}
	}
	return &e.nobody
}

func (e *emis) close(ctx context.Context) error {
	for i := range e.sets {
		e.codes.write(e, telling{set: i})
	}
	return errors.Join(ctx.Err(), e.all.close())
}

func (e *emis) written() int64 { return e.all.written() }

func (e *emis) abandon() { e.all.abandon() }
