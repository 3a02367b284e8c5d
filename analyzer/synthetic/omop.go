package synthetic

import (
	"context"
	"errors"
	"strconv"
)

// omop writes practices as tables of the OMOP Common Data Model 5.4 hold them, from
// the published columns. It is no clinical system: records are turned into it for
// research. What a made practice knows and the model cannot carry is not written:
//
//	practice       national code
//	patients       NHS number and all of its tracing; usual doctor; dummies
//	registrations  all: a period of observation spans what was recorded
//	medications    all: a course is no exposure
//	issues         their course, how they left the practice
//	allergies      status, category, agent: they are observations
//	consents       decision: they are observations of a Read code
//	problems       status, significance, review; but their end
//	events         when they were entered, that one was degraded, problem
//	consultations  when they were entered; calls and messages
//	documents      all but what was coded from them
//	results        day of the message and of filing: they are measurements
//	staff          all
//	referrals      all
//
// Concepts are numbered as they come, beyond those that the vocabularies use.
type omop struct {
	m        *model
	hand     hand
	sheets   sheets
	concepts map[omopCode]int64
	order    []omopCode
	// Of the practice and the patient being written.
	site, person int64
	key          key
}

// An omopCode is a code of a vocabulary, with the domain it is first used in.
type omopCode struct{ vocabulary, code string }

// What kinds of record there are, by concepts of the vocabulary "Type Concept".
const (
	omopFromRecord     = "32817" // EHR
	omopPrescription   = "32838" // EHR prescription
	omopAdministration = "32818" // EHR administration record
)

func newOMOP(folder string, m *model) (_ *omop, err error) {
	o := &omop{m: m, concepts: map[omopCode]int64{}, hand: hand{headed: true, newline: "\n", dates: newDateTexts("2006-01-02")}}
	defer func() {
		if err != nil {
			o.abandon()
		}
	}()
	for _, t := range omopTables {
		s, err := newSheet(folder, t.name+".csv", t.name, published(t.columns), &o.hand, 0)
		if err != nil {
			return nil, err
		}
		o.sheets = append(o.sheets, s)
	}
	return o, nil
}

// concept is the number of a code; 0, which stands for no concept, where there is none.
func (o *omop) concept(vocabulary, code string) int64 {
	if code == "" {
		return 0
	}
	c := omopCode{vocabulary, code}
	id, ok := o.concepts[c]
	if !ok {
		id = 2_000_000_001 + int64(len(o.concepts)) // from here on a site's own
		o.concepts[c] = id
		o.order = append(o.order, c)
	}
	return id
}

// vocabularyOf is the vocabulary of a code system; empty where there is none.
func vocabularyOf(system string) string {
	return map[string]string{"sct": "SNOMED", "read2": "Read", "dmd": "dm+d"}[system]
}

// coded is the concept of a code, which of a local code there is none.
func (o *omop) coded(code, system string) int64 {
	if vocabulary := vocabularyOf(system); vocabulary != "" {
		return o.concept(vocabulary, code)
	}
	return 0
}

func (o *omop) practice(pr *practice) error {
	o.site = int64(pr.number) + 1
	s := o.sheets[omopCareSite]
	s.number(o.site)
	s.plain("Made-up Surgery " + pr.id[1:])
	s.skip(2)
	s.plain(pr.id)
	s.skip(1)
	s.end()
	return o.sheets.failed()
}

func (o *omop) patient(p *patient) error {
	o.key, o.person = keyOf(p.id), o.site*10_000_000+int64(p.n)*2
	if p.second {
		o.person++
	}
	o.personRow(p)
	for i := range p.consultations {
		o.visit(&p.consultations[i])
	}
	o.record(p)
	return o.sheets.failed()
}

// genders are the concepts of the domain Gender.
var genders = map[string]string{"M": "8507", "F": "8532", "I": "8521", "U": "8551"}

func (o *omop) personRow(p *patient) {
	s := o.sheets[omopPerson]
	s.number(o.person)
	gender, ok := genders[p.sex]
	if !ok {
		gender = "0"
	}
	s.plain(gender)
	if p.born == none {
		s.skip(4)
	} else {
		y, m, d := p.born.time().Date()
		s.number(int64(y))
		s.number(int64(m))
		s.number(int64(d))
		o.moment(s, p.born)
	}
	s.plain("0")
	s.plain("0")
	s.skip(2)
	s.number(o.site)
	s.plain(p.id)
	s.plain(p.sex)
	s.plain("0")
	s.plain(p.ethnicity)
	s.plain("0")
	s.skip(1)
	s.plain("0")
	s.end()
	if p.died != none {
		s = o.sheets[omopDeath]
		s.number(o.person)
		s.date(p.died)
		o.moment(s, p.died)
		s.plain(omopFromRecord)
		s.plain("0")
		s.skip(1)
		s.plain("0")
		s.end()
	}
	r := &p.registrations[len(p.registrations)-1]
	s = o.sheets[omopObservationPeriod]
	s.number(o.person)
	s.number(o.person)
	s.date(r.start)
	if r.end == none {
		s.date(o.m.asOf)
	} else {
		s.date(r.end)
	}
	s.plain(omopFromRecord)
	s.end()
}

// moment adds a day with a time that nobody knows.
func (o *omop) moment(s *sheet, d day) {
	s.open()
	if d != none {
		s.buf = append(append(s.buf, o.hand.dates.of(d)...), " 00:00:00"...)
	}
	s.shut()
}

// both adds a day, and the day with a time.
func (o *omop) both(s *sheet, d day) {
	s.date(d)
	o.moment(s, d)
}

func (o *omop) close(ctx context.Context) error {
	s := o.sheets[omopConcept]
	for i, c := range o.order {
		s.number(2_000_000_001 + int64(i))
		s.plain("Made-up name of concept " + strconv.Itoa(i))
		s.plain("Observation")
		s.plain(c.vocabulary)
		s.plain("Undefined")
		s.plain("S")
		s.plain(c.code)
		s.date(date(1970, 1, 1))
		s.date(date(2059, 12, 31))
		s.skip(1)
		s.end()
	}
	s = o.sheets[omopSource]
	s.plain("Made-up practices")
	s.plain("Made up")
	s.plain("Nobody")
	s.skip(3)
	s.date(o.m.asOf)
	s.date(o.m.asOf)
	s.plain("5.4")
	s.skip(2)
	s.end()
	return errors.Join(ctx.Err(), o.sheets.close())
}

func (o *omop) written() int64 { return o.sheets.written() }

func (o *omop) abandon() { o.sheets.abandon() }
