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
	// Of the patient being written.
	pid int64
	key key
}

func newVision(folder string, m *model) (*vision, error) {
	return &vision{m: m, folder: folder, hand: hand{newline: "\r\n", dates: newDateTexts("20060102")}}, nil
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
	for i, code := range append(pr.gps[:len(pr.gps):len(pr.gps)], noDoctor) {
		s.number(int64(i + 1))
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
	v.key, v.pid = keyOf(p.id), int64(p.n)*2+1
	if p.second {
		v.pid++
	}
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
	s.number(v.pid)
	s.plain(p.id)
	s.date(p.born)
	s.plain(p.sex)
	s.plain(madeUpPostcode)
	s.skip(1)
	s.text(v.dressed(p.usualGP, v.key))
	s.text(v.dressed(p.usualGP, v.key))
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

// dressed is the number of a member of staff in one of the dressings that they
// come in.
func (v *vision) dressed(code string, k key) string {
	id := 0
	for i, gp := range v.pr.gps {
		if gp == code {
			id = i + 1
		}
	}
	switch {
	case code == "":
		return ""
	case id == 0:
		id = len(v.pr.gps) + 1
	}
	if mix(uint64(k))%20 == 0 {
		return ":EXT_STAFF:" + strconv.Itoa(id) + ","
	}
	return ":STAFF:" + strconv.Itoa(id)
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
	text := k.appendClock(nil)
	s.plain(string(text[:2]) + string(text[3:5]))
}

func (v *vision) encounter(c *consultation) {
	k := v.key.record(c.id)
	session, ok := map[string]string{"surgery": "G", "visit": "V", "telephone": "C", "administrative": "A"}[c.kind]
	if !ok {
		session = "O"
	}
	s := v.sheets[visionEncounter]
	s.number(v.pid)
	s.number(k.number())
	s.date(c.date)
	s.text(v.dressed(c.clinician, k))
	s.plain("G")
	s.plain(session)
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
	s.number(v.pid)
	s.number(k.number())
	s.date(r.date)
	s.text(v.dressed(r.clinician, k))
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
