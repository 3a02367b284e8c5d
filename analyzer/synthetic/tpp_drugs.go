package synthetic

import "strconv"

// drugs writes repeats as templates with their issues; an acute is a row of its
// own, and its one issue is the same row.
func (t *tpp) drugs(p *patient) {
	acute := map[string]bool{}
	for i := range p.medications {
		c := &p.medications[i]
		if c.kind == "acute" {
			acute[c.id] = true
			t.medicine(t.key.record(c.id), t.id, taken{c.dmd, c.dosage, c.prescriber, c.start, c.end, quantityOf(c), ""})
			continue
		}
		t.template(c, t.id)
	}
	for i := range p.strays {
		c := &p.strays[i]
		nobody := int64(2_147_000_000) - int64(p.n)
		if c.kind == "acute" {
			t.medicine(t.key.record(c.id), nobody, taken{c.dmd, c.dosage, c.prescriber, c.start, c.end, quantityOf(c), ""})
		} else {
			t.template(c, nobody)
		}
	}
	for i := range p.issues {
		v := &p.issues[i]
		if acute[v.medication] {
			continue
		}
		k := t.key.record(v.id)
		t.medicine(k, t.id, taken{v.dmd, v.dosage, v.prescriber, v.date, v.date + 28, "28 tablet", t.reference(v.medication)})
	}
}

// quantityOf is a quantity as one text.
func quantityOf(c *medication) string {
	if c.quantity <= 0 {
		return ""
	}
	return strconv.FormatFloat(c.quantity, 'f', -1, 64) + " " + c.unit
}

// product adds the cells that name a drug: Multilex product and pack, dm+d, name.
func (t *tpp) product(s *sheet, dmd string) {
	if dmd == "" {
		s.skip(3)
		s.plain(textualDrug)
		return
	}
	s.number(keyOf(dmd).number() % 1_000_000)
	s.number(keyOf(dmd).of("pack").number() % 1_000_000)
	s.plain(dmd)
	s.plain(drugName(dmd))
}

func (t *tpp) template(c *medication, patient int64) {
	s := t.sheets[tppRepeatTemplate]
	t.begin(s, t.key.record(c.id), t.ods, c.start, c.start, c.prescriber)
	t.product(s, c.dmd)
	s.date(c.start)
	s.date(c.end)
	s.date(c.reviewDue)
	s.text(c.dosage)
	s.text(quantityOf(c))
	s.plain("12")
	s.plain("28 days")
	if c.kind == "repeat_dispensing" { // a word of the OpenSAFELY dictionary of SystmOne
		s.plain("Repeat dispensed")
	} else {
		s.plain("Normal")
	}
	s.skip(2)
	s.number(patient)
	s.plain(t.ods)
	s.plain(t.ods)
	s.end()
}

// taken is a row of SRPrimaryCareMedication: an acute, or an issue of a template.
type taken struct {
	dmd, dosage, prescriber string
	start, end              day
	quantity, template      string
}

func (t *tpp) medicine(k key, patient int64, v taken) {
	t.medicineOf(k, patient, &v, t.ods)
	if shares(k) {
		other := v
		other.template = ""
		t.medicineOf(k.of(sharing), patient, &other, sharing)
	}
}

func (t *tpp) medicineOf(k key, patient int64, v *taken, organisation string) {
	s := t.sheets[tppPrimaryCareMedication]
	t.begin(s, k, organisation, v.start, v.start, v.prescriber)
	t.product(s, v.dmd)
	t.midnight(s, v.start)
	t.midnight(s, v.end)
	s.text(v.dosage)
	s.text(v.quantity)
	s.plain("FALSE")
	s.skip(2)
	t.truth(s, v.template != "")
	for range 3 { // of others, of a dentist, of a hospital
		s.plain("FALSE")
	}
	s.plain(v.template)
	s.skip(2)
	s.number(patient)
	s.plain(organisation)
	s.plain(t.ods)
	s.end()
}
