package synthetic

import (
	"context"
	"errors"
	"fmt"
	"strconv"
)

// vision writes practices as a Vision extract of format 0.18 holds them, from the
// published layout: files without a header, a set for each practice. What a made practice
// knows and the layout, or the codes that are public, cannot carry is not written:
//
//	patients       state and date of tracing; dummies; when the ethnic group was recorded
//	registrations  why one ended, but for death; paper notes, FP69, pack, GP2GP
//	medications    status (there is an end), review date, repeat dispensing, last issue,
//	               appliance, GP2GP, date of reauthorisation
//	problems       significance, review
//	issues         which course they are of; how they left the practice
//	allergies      category, reaction; the agent beside a code
//	results        day of the message and of filing
//	documents      received, action, direction, sender, scanned
//	referrals      code, booking number, how it was sent, urgency
//	declarations   all
//
// The letters of a session are published without their meaning; G and V are taken to be
// the surgery and a visit, and the others chosen among the rest.
type vision struct {
	m      *model
	hand   hand
	folder string
	sheets sheets // of the practice being written
	rows   int64
	pr     *practice
	staff  []visionStaffMember
	// Of the patient being written.
	pid   string
	key   key
	acute map[string]bool // courses that are their own issue
}

// A visionStaffMember is who did something, as rows name them.
type visionStaffMember struct {
	code            string
	inside, outside string // the number in its dressings, as cells
}

func newVision(folder string, m *model) (*vision, error) {
	return &vision{m: m, folder: folder, hand: hand{newline: "\r\n", dates: newDateTexts("20060102")}, acute: map[string]bool{}}, nil
}

// practice opens the files of a practice, and closes those of the one before.
func (v *vision) practice(pr *practice) error {
	if err := v.finish(); err != nil {
		return err
	}
	v.pr, v.sheets = pr, nil
	for n, f := range visionFiles {
		s, err := newSheet(v.folder, v.fileName(visionFile(n)), f.name, published(f.columns), &v.hand, 0)
		if err != nil {
			return err
		}
		v.sheets = append(v.sheets, s)
	}
	s := v.sheets[visionPractice]
	s.plain(pr.id)
	s.plain("Made-up Surgery " + pr.id[1:])
	s.plain(pr.ods)
	s.skip(1)
	s.plain("1 Nowhere Street")
	s.skip(5)
	s.plain(madeUpPostcode)
	s.plain(madeUpPhone)
	s.skip(2)
	s.end()
	s = v.sheets[visionStaff]
	v.staff = v.staff[:0]
	for i, code := range append(pr.gps[:len(pr.gps):len(pr.gps)], noDoctor) {
		id := strconv.Itoa(i + 1)
		v.staff = append(v.staff, visionStaffMember{code, ":STAFF:" + id + ",", `":EXT_STAFF:` + id + `,",`})
		s.plain(id)
		s.plain(syllables(keyOf(pr.id).of(code), 4))
		s.plain("Invented")
		s.plain("Dr")
		s.skip(1)
		s.plain(code)
		s.plain("G")
		s.plain(pr.id)
		s.end()
	}
	return v.sheets.failed()
}

func (v *vision) fileName(f visionFile) string {
	return fmt.Sprintf("FULL_%s_%s_data_extract-%s-120000.csv", v.pr.ods, visionFiles[f].name, v.m.asOf.time().Format("2006-01-02"))
}

func (v *vision) patient(p *patient) error {
	pid := int64(p.n)*2 + 1
	if p.second {
		pid++
	}
	v.key, v.pid = keyOf(p.id), strconv.FormatInt(pid, 10)
	v.person(p)
	for i := range p.consultations {
		v.encounter(&p.consultations[i])
	}
	for i := range p.referrals {
		v.referral(&p.referrals[i])
	}
	v.journal(p)
	return v.sheets.failed()
}

func (v *vision) person(p *patient) {
	r := &p.registrations[len(p.registrations)-1]
	s := v.sheets[visionPatient]
	s.plain(v.pid)
	s.plain(p.id)
	s.date(p.born)
	s.plain(p.sex)
	s.plain(madeUpPostcode)
	s.skip(1)
	v.dressed(s, p.usualGP, v.key)
	v.dressed(s, p.usualGP, v.key)
	s.plain(active(p, r))
	s.date(r.start)
	s.date(r.end)
	s.skip(5)
	s.plain(ethnicCodes[p.ethnicity].read)
	s.date(p.died)
	s.plain(v.pr.ods)
	s.text(surname(p))
	s.text(givenName(p))
	s.plain("Mx")
	s.plain(p.nhsNumber)
	s.plain("1 Nowhere Street")
	s.skip(5)
	s.plain(madeUpPhone)
	s.plain("07700 900001")
	s.plain("nobody@example.invalid")
	s.plain(v.pr.ods)
	v.last(s)
}

// active is the letter of how the patient stands to the practice.
func active(p *patient, r *registration) string {
	switch {
	case p.died != none && r.end != none:
		return "D"
	case r.end != none:
		return "L"
	case r.kind == "temporary":
		return "T"
	}
	return "R"
}

// dressed adds the number of a member of staff in one of the dressings that they
// come in. Who is none of the practice's is the last.
func (v *vision) dressed(s *sheet, code string, k key) {
	if code == "" {
		s.skip(1)
		return
	}
	member := &v.staff[len(v.staff)-1]
	for i := range v.staff {
		if v.staff[i].code == code {
			member = &v.staff[i]
			break
		}
	}
	if mix(uint64(k))%20 == 0 {
		s.cells(cells{member.outside, 1})
	} else {
		s.cells(cells{member.inside, 1})
	}
}

// last adds the service and the action that nearly all rows end with.
func (v *vision) last(s *sheet) {
	s.plain(v.pr.id)
	s.plain("A")
	s.end()
}

// clock adds a time of a working day, and at times one that is none: 9999 is sent.
func (v *vision) clock(s *sheet, k key) {
	if mix(uint64(k))%997 == 0 {
		s.plain("9999")
		return
	}
	var text [clockBytes]byte
	k.putClock(text[:])
	s.open()
	s.buf = append(s.buf, text[0], text[1], text[3], text[4])
	s.shut()
}

// session is the letter of a kind of contact.
func session(kind string) string {
	switch kind {
	case "surgery":
		return "G"
	case "visit":
		return "V"
	case "telephone":
		return "C"
	case "administrative":
		return "A"
	}
	return "O"
}

func (v *vision) encounter(c *consultation) {
	k := v.key.record(c.id)
	s := v.sheets[visionEncounter]
	s.plain(v.pid)
	s.identity(k)
	s.date(c.date)
	v.dressed(s, c.clinician, k)
	s.plain("G")
	s.plain(session(c.kind))
	s.plain("1")
	v.clock(s, k)
	s.plain("10")
	s.skip(2)
	s.plain(v.pr.ods)
	v.last(s)
}

func (v *vision) referral(r *referral) {
	k := v.key.record(r.id)
	s := v.sheets[visionReferral]
	s.plain(v.pid)
	s.identity(k)
	s.date(r.date)
	v.dressed(s, r.clinician, k)
	s.plain("G")
	s.skip(1)
	s.plain("Made-up specialty")
	s.plain("Made-up clinic")
	s.plain("O")
	s.plain(hospital)
	s.skip(1)
	s.date(r.date)
	s.skip(1)
	v.last(s)
}

func (v *vision) close(ctx context.Context) error {
	return errors.Join(ctx.Err(), v.finish())
}

func (v *vision) written() int64 { return v.rows }

func (v *vision) abandon() { v.sheets.abandon() }
