package synthetic

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// tpp writes practices as a SystmOne strategic reporting extract holds them, from
// the published layout. What a made practice knows and the layout, or the codes that are
// public, cannot carry is not written:
//
//	patients       state and date of tracing, but that the number was matched
//	registrations  why one ended; paper notes, FP69, pack, GP2GP
//	medications    BNF code, indication, appliance, GP2GP, date of reauthorisation
//	issues         BNF code; those of an acute are the acute; how one left the practice
//	allergies      agent (a Multilex number stands for it), reaction, severity; none of
//	               it for one that is no drug's; that one was degraded
//	events         problem, kind
//	documents      filed, action, scanned; received is when it was recorded
//	results        day of the message and of filing; they are coded entries like all
//	consents       implied and express consent to the core: no CTV3 code is public
//	referrals      booking number, how it was sent
//	declarations   all
//
// A problem is a coded entry too, and so are the ethnic group, a consent, a result, an
// allergy that is no drug's and what was coded from a document. A fiftieth of the coded
// entries, contacts and medicines has a second row beside it, of another organisation that
// shares its record.
type tpp struct {
	m      *model
	hand   hand
	folder string
	sheets sheets
	// Lists that have a number for each text, in the order of their use.
	mapped   bool
	lists    map[listed]option
	contacts map[string]cells // where and how, by kind
	// Of the practice being written.
	ods   string
	staff []tppStaff
	// Of the patient being written.
	id    string
	key   key
	here  tppPlace
	there tppPlace        // that shares its records
	acute map[string]bool // courses that are their own issue
}

// A listed is a text of one of SystmOne's lists, and an option its number there.
type (
	listed struct{ list, text string }
	option struct {
		id   int64
		cell string
	}
)

// tppStaff is a member of staff: as a person, and as a person in a role.
type tppStaff struct {
	code            string
	person, profile int64
	cells           cells // profile and person
}

// A tppPlace is an organisation that made rows of a patient, with the cells that they
// end with: whose row it is, and where it was made.
type tppPlace struct {
	ods            string
	coded, contact cells
}

func (t *tpp) place(ods string) tppPlace {
	return tppPlace{
		ods: ods,
		coded: t.hand.cells(func(s *sheet) {
			s.plain(t.id)
			s.skip(3)
			s.plain(ods)
			s.plain(t.ods)
		}),
		contact: t.hand.cells(func(s *sheet) {
			s.plain(t.id)
			s.plain(ods)
			s.skip(2)
			s.plain(t.ods)
		}),
	}
}

// tppLayouts are the two ways in which a practice may ask for static lists: as
// numbers, with SRMapping beside them, or as texts.
var tppLayouts = []string{"", "mapped", "texts"}

// sharing is an organisation that shares its records with the practice.
const sharing = "Y99999"

func newTPP(folder string, m *model) (_ *tpp, err error) {
	t := &tpp{m: m, folder: folder, mapped: m.Layout != "texts", lists: map[listed]option{}, contacts: map[string]cells{}, acute: map[string]bool{},
		hand: hand{headed: true, quoted: true, latin1: true, newline: "\r\n", dates: newDateTexts("02 Jan 2006")}}
	defer func() {
		if err != nil {
			t.abandon()
		}
	}()
	for n, f := range tppFiles {
		if !t.mapped && (tppFile(n) == tppMapping || tppFile(n) == tppMappingGroup) {
			t.sheets = append(t.sheets, nil)
			continue
		}
		s, err := newSheet(folder, f.name+".csv", f.name, published(f.columns), &t.hand, 0)
		if err != nil {
			return nil, err
		}
		t.sheets = append(t.sheets, s)
	}
	return t, nil
}

// static is the cell of a text of a static list: its number where lists are mapped.
func (t *tpp) static(list, text string) string {
	if text == "" || !t.mapped {
		return text
	}
	return t.option(list, text)
}

// option is the number of a text of a list.
func (t *tpp) option(list, text string) string {
	l := listed{list, text}
	o, ok := t.lists[l]
	if !ok {
		o.id = int64(100 + len(t.lists))
		o.cell = strconv.FormatInt(o.id, 10)
		t.lists[l] = o
	}
	return o.cell
}

func (t *tpp) practice(pr *practice) error {
	t.ods = pr.ods
	if pr.number == 0 {
		t.organisation(hospital, "Made-up Hospital")
		t.organisation(sharing, "Made-up Community Service")
		s := t.sheets[tppStaffMemberProfileRole]
		s.plain("1")
		s.plain("General Medical Practitioner")
		s.plain("TRUE")
		s.skip(2)
		s.end()
	}
	t.organisation(pr.ods, "Made-up Surgery "+pr.id[1:])
	t.staff = t.staff[:0]
	for i, code := range append(pr.gps[:len(pr.gps):len(pr.gps)], noDoctor) {
		k := keyOf(pr.id).of(code)
		member := tppStaff{code: code, person: k.of("person").number(), profile: k.of("profile").number()}
		member.cells = t.hand.cells(func(s *sheet) {
			s.number(member.profile)
			s.number(member.person)
		})
		t.staff = append(t.staff, member)
		s := t.sheets[tppStaffMember]
		s.number(member.person)
		s.plain("Dr Invented " + syllables(k, 4))
		s.plain(fmt.Sprintf("made.up%d", i))
		s.plain("GMC")
		s.plain(fmt.Sprintf("%07d", 9_000_000+i)) // no doctor has this number
		s.skip(1)
		s.plain("FALSE")
		s.end()
		s = t.sheets[tppStaffMemberProfile]
		s.number(member.profile)
		t.midnight(s, date(2015, 1, 1))
		s.skip(1)
		s.plain("1")
		s.plain("General Medical Practitioner")
		t.midnight(s, date(2015, 1, 1))
		s.skip(3)
		s.number(member.person)
		s.plain(pr.ods)
		s.plain(code)
		s.end()
	}
	return t.sheets.failed()
}

func (t *tpp) organisation(ods, name string) {
	s := t.sheets[tppOrganisation]
	s.number(keyOf(ods).number())
	s.plain(name)
	s.plain(ods)
	s.skip(1)
	s.plain("1")
	s.plain("Nowhere Street")
	s.skip(1)
	s.plain("Madeup")
	s.skip(1)
	s.plain(madeUpPostcode)
	s.plain(madeUpPhone)
	s.skip(2)
	s.plain("FALSE")
	s.skip(2)
	s.end()
}

// midnight adds a day with the time that SystmOne writes where it knows none.
func (t *tpp) midnight(s *sheet, d day) { t.moment(s, d, " 00:00:00") }

// moment adds a day and what follows it.
func (t *tpp) moment(s *sheet, d day, clock string) {
	s.open()
	if d != none {
		s.buf = append(append(s.buf, t.hand.dates.of(d)...), clock...)
	}
	s.shut()
}

// clocked adds a day with a time of it, made from k.
func (t *tpp) clocked(s *sheet, d day, k key) {
	s.open()
	if d != none {
		s.buf = append(append(s.buf, t.hand.dates.of(d)...), ' ')
		k.putClock(s.room(clockBytes))
	}
	s.shut()
}

// entered adds the day on which a row was entered and the day it is of.
func (t *tpp) entered(s *sheet, recorded, d day, k key) {
	from := len(s.buf)
	t.clocked(s, recorded, k)
	if d != recorded {
		t.clocked(s, d, k)
		return
	}
	s.again(s.buf[from:])
}

func (t *tpp) truth(s *sheet, v bool) {
	if v {
		s.plain("TRUE")
	} else {
		s.plain("FALSE")
	}
}

// member is a member of staff; the first where the code is not one's.
func (t *tpp) member(code string) *tppStaff {
	for i := range t.staff {
		if code != "" && t.staff[i].code == code {
			return &t.staff[i]
		}
	}
	return &t.staff[0]
}

func (t *tpp) close(ctx context.Context) error {
	t.writeLists()
	for n, s := range t.sheets {
		if s == nil {
			continue
		}
		m := t.sheets[tppManifest]
		if tppFile(n) == tppManifest {
			break
		}
		m.plain(tppFiles[n].name)
		m.plain("N")
		m.plain(map[bool]string{true: "Y", false: "N"}[tppFiles[n].reference])
		m.skip(1)
		m.plain(t.m.asOf.time().Format("20060102") + "_1200")
		m.end()
	}
	return errors.Join(ctx.Err(), t.sheets.close())
}

// configured are the lists that a practice makes itself: they are numbers always.
var configured = []string{"Contact Method", "Contact Event Location", "Referral Reason", "Referral Urgency", "Communication Type"}

func (t *tpp) writeLists() {
	groups := map[string]int64{}
	for _, l := range slices.SortedFunc(maps.Keys(t.lists), func(a, b listed) int { return int(t.lists[a].id - t.lists[b].id) }) {
		if slices.Contains(configured, l.list) {
			s := t.sheets[tppConfiguredListOption]
			s.number(t.lists[l].id)
			s.plain(l.list)
			s.plain(l.text)
			s.skip(4)
			s.end()
			continue
		}
		if groups[l.list] == 0 {
			groups[l.list] = int64(len(groups) + 1)
			s := t.sheets[tppMappingGroup]
			s.number(groups[l.list])
			s.plain(l.list)
			s.end()
		}
		s := t.sheets[tppMapping]
		s.number(t.lists[l].id)
		s.number(groups[l.list])
		s.plain(l.text)
		s.end()
	}
}

func (t *tpp) written() int64 { return t.sheets.written() }

func (t *tpp) abandon() { t.sheets.abandon() }
