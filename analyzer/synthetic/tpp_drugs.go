package synthetic

import "strconv"

// drugs writes repeats as templates with their issues; an acute is a row of its
// own, and its one issue is the same row.
func (t *tpp) drugs(p *patient) {
	clear(t.acute)
	for i := range p.medications {
		c := &p.medications[i]
		t.course(c, t.id)
		t.acute[c.id] = c.kind == "acute"
	}
	if len(p.strays) > 0 {
		nobody := strconv.FormatInt(2_147_000_000-int64(p.n), 10)
		for i := range p.strays {
			t.course(&p.strays[i], nobody)
		}
	}
	of, isAcute := "", false // issues come course by course
	for i := range p.issues {
		v := &p.issues[i]
		if i == 0 || v.medication != of {
			of, isAcute = v.medication, t.acute[v.medication]
		}
		if !isAcute {
			t.medicine(t.key.record(v.id), t.id, taken{v.dmd, v.dosage, v.prescriber, v.date, v.date + 28, 28, "tablet", t.reference(v.medication)})
		}
	}
}

// course writes a course of the patient whose id is given.
func (t *tpp) course(c *medication, patient string) {
	if c.kind == "acute" {
		t.medicine(t.key.record(c.id), patient, taken{c.dmd, c.dosage, c.prescriber, c.start, c.end, c.quantity, c.unit, 0})
	} else {
		t.template(c, patient)
	}
}

// quantity adds a quantity as one text; empty where it is not known.
func (t *tpp) quantity(s *sheet, quantity float64, unit string) {
	s.open()
	if quantity > 0 {
		s.buf = append(append(appendReal(s.buf, quantity), ' '), unit...)
	}
	s.shut()
}

// product adds the cells that name a drug: Multilex product and pack, dm+d, name.
func (t *tpp) product(s *sheet, dmd string) {
	if dmd == "" {
		s.skip(3)
		s.plain(textualDrug)
		return
	}
	k := keyOf(dmd)
	s.number(k.number() % 1_000_000)
	s.number(k.of("pack").number() % 1_000_000)
	s.plain(dmd)
	s.open()
	s.buf = appendDrugName(s.buf, k)
	s.shut()
}

func (t *tpp) template(c *medication, patient string) {
	s := t.sheets[tppRepeatTemplate]
	t.begin(s, t.key.record(c.id), t.ods, c.start, c.start, c.prescriber)
	t.product(s, c.dmd)
	s.date(c.start)
	s.date(c.end)
	s.date(c.reviewDue)
	s.text(c.dosage)
	t.quantity(s, c.quantity, c.unit)
	s.plain("12")
	s.plain("28 days")
	if c.kind == "repeat_dispensing" { // a word of the OpenSAFELY dictionary of SystmOne
		s.plain("Repeat dispensed")
	} else {
		s.plain("Normal")
	}
	s.skip(2)
	s.plain(patient)
	s.plain(t.ods)
	s.plain(t.ods)
	s.end()
}

// taken is a row of SRPrimaryCareMedication: an acute, or an issue of a template.
type taken struct {
	dmd, dosage, prescriber string
	start, end              day
	quantity                float64
	unit                    string
	template                key // zero for none
}

func (t *tpp) medicine(k key, patient string, v taken) {
	t.medicineOf(k, patient, &v, t.ods)
	if shares(k) {
		other := v
		other.template = 0
		t.medicineOf(k.of(sharing), patient, &other, sharing)
	}
}

func (t *tpp) medicineOf(k key, patient string, v *taken, organisation string) {
	s := t.sheets[tppPrimaryCareMedication]
	t.begin(s, k, organisation, v.start, v.start, v.prescriber)
	t.product(s, v.dmd)
	t.midnight(s, v.start)
	t.midnight(s, v.end)
	s.text(v.dosage)
	t.quantity(s, v.quantity, v.unit)
	s.plain("FALSE")
	s.skip(2)
	t.truth(s, v.template != 0)
	for range 3 { // of others, of a dentist, of a hospital
		s.plain("FALSE")
	}
	s.identity(v.template)
	s.skip(2)
	s.plain(patient)
	s.plain(organisation)
	s.plain(t.ods)
	s.end()
}
