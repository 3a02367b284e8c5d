package synthetic

import (
	"context"
	"errors"
	"fmt"
	"strconv"
)

// cprd writes practices as a CPRD Aurum extract holds them, from the published columns:
// records of EMIS Web that were made ready for research. What a made practice knows and
// Aurum cannot carry is not written:
//
//	practice       national code, name
//	patients       NHS number and all of its tracing; the day of birth, and the month of who is 16
//	registrations  all but the latest; why one ended; paper notes, FP69, pack, GP2GP
//	medications    all: an issue names its course, and no file lists the courses
//	issues         BNF code, how they left the practice
//	allergies      status, category, agent beside a code, reaction: they are observations
//	consents       they are observations of a code
//	documents      all but what was coded from them
//	results        day of the message and of filing: they are observations
//	consultations  kind
//	referrals      day and code stand in the observation; booking number
//
// A problem, a referral, a result, a consent and an allergy are observations too, and so
// are the ethnic group and what was coded from a document.
type cprd struct {
	m      *model
	hand   hand
	folder string
	sheets sheets
	units  cprdList // of values
	doses  cprdList
	codes  map[string]bool // in the dictionary
	drugs  map[string]bool
	// Of the practice and the patient being written.
	pracid, patid string
	staff         map[string]string
	key           key
}

// A cprdList numbers texts in the order of their use.
type cprdList map[string]string

// number is the number of a text, and whether it is new.
func (l cprdList) number(text string) (id string, isNew bool) {
	if text == "" {
		return "", false
	}
	id, ok := l[text]
	if !ok {
		id = strconv.Itoa(len(l) + 1)
		l[text] = id
	}
	return id, !ok
}

func newCPRD(folder string, m *model) (_ *cprd, err error) {
	c := &cprd{m: m, folder: folder, units: cprdList{}, doses: cprdList{}, codes: map[string]bool{}, drugs: map[string]bool{},
		hand: hand{headed: true, tabs: true, newline: "\n", dates: newDateTexts("02/01/2006")}}
	defer func() {
		if err != nil {
			c.abandon()
		}
	}()
	for _, f := range cprdFiles {
		if _, err := c.open(f.file, f.columns); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *cprd) open(file, columns string) (*sheet, error) {
	s, err := newSheet(c.folder, file+".txt", file, published(columns), &c.hand, 0)
	if err == nil {
		c.sheets = append(c.sheets, s)
	}
	return s, err
}

func (c *cprd) practice(pr *practice) error {
	c.pracid = fmt.Sprintf("%05d", 20000+pr.number)
	s := c.sheets[cprdPractice]
	s.plain(c.pracid)
	s.date(c.m.asOf)
	s.skip(1)
	s.plain("1")
	s.end()
	c.staff = map[string]string{}
	for i, code := range append(pr.gps[:len(pr.gps):len(pr.gps)], noDoctor) {
		c.staff[code] = strconv.Itoa(i+1) + c.pracid
		s := c.sheets[cprdStaff]
		s.plain(c.staff[code])
		s.plain(c.pracid)
		s.plain(cprdNumber("JobCat", "General Medical Practitioner"))
		s.end()
	}
	return c.sheets.failed()
}

func (c *cprd) patient(p *patient) error {
	n := p.n*2 + 1
	if p.second {
		n++
	}
	c.key, c.patid = keyOf(p.id), strconv.FormatUint(n, 10)+c.pracid
	c.person(p)
	for i := range p.consultations {
		c.consultation(&p.consultations[i])
	}
	c.record(p)
	return c.sheets.failed()
}

func (c *cprd) person(p *patient) {
	r := &p.registrations[len(p.registrations)-1]
	s := c.sheets[cprdPatient]
	s.plain(c.patid)
	s.plain(c.pracid)
	s.plain(c.staff[p.usualGP])
	s.plain(cprdNumber("Gender", p.sex))
	if p.born == none {
		s.skip(2)
	} else {
		y, m, _ := p.born.time().Date()
		s.number(int64(y))
		if p.born.time().AddDate(16, 0, 0).After(c.m.asOf.time()) {
			s.number(int64(m))
		} else {
			s.skip(1)
		}
	}
	s.date(p.died)
	s.date(r.start)
	switch {
	case p.dummy:
		s.plain(cprdNumber("PatientType", "Dummy"))
	case r.kind == "temporary":
		s.plain(cprdNumber("PatientType", "Temporary"))
	default:
		s.plain(cprdNumber("PatientType", "Regular"))
	}
	s.date(r.end)
	s.plain("1")
	s.date(p.died)
	s.end()
}

func (c *cprd) close(ctx context.Context) error {
	for _, l := range cprdLookups {
		if err := c.lookup(l.file, l.id, l.texts); err != nil {
			return err
		}
	}
	units := make([]string, len(c.units))
	for text, id := range c.units {
		at, _ := strconv.Atoi(id)
		units[at-1] = text
	}
	return errors.Join(ctx.Err(), c.lookup("NumUnit", "numunitid", units), c.sheets.close())
}

// lookup writes a file of numbers and what they mean.
func (c *cprd) lookup(file, id string, texts []string) error {
	s, err := c.open(file, id+", Description")
	if err != nil {
		return err
	}
	for i, text := range texts {
		s.number(int64(i + 1))
		s.plain(text)
		s.end()
	}
	return nil
}

func (c *cprd) written() int64 { return c.sheets.written() }

func (c *cprd) abandon() { c.sheets.abandon() }
