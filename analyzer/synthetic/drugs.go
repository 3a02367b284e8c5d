package synthetic

// repeatsByDecade is the mean number of repeat medicines by decade of age.
var repeatsByDecade = []float64{0.2, 0.3, 0.6, 0.9, 1.3, 1.9, 2.7, 3.8, 4.8, 5.2}

// products draws a medicine; small numbers are prescribed far more often.
func (m *model) product() string { return m.words.products[m.r.zipf(len(m.words.products))] }

// drugs draws courses and their issues: repeats by age, the rest acute.
func (m *model) drugs(p *patient) {
	mean := m.PerPatient["medications"]
	if mean <= 0 {
		return
	}
	decade := min(int(m.asOf-p.born)/3652, 9)
	for range m.r.poisson(repeatsByDecade[decade]) {
		m.repeat(p)
	}
	for range m.r.poisson(max(mean-1.6, 0.1)) {
		m.acute(p)
	}
}

// courseOf adds a repeat of a family of drugs, issued monthly up to now.
func (m *model) courseOf(p *patient, f *family) {
	c := m.course(p)
	c.appliance, c.dosage, c.unit = false, dosages[0], "tablet"
	c.kind, c.status, c.bnf = "repeat", "active", f.BNF
	if code, _ := m.words.from(m.r, f.Drug); code != "" {
		c.dmd = code
	}
	if repeatsProduct(p, c.dmd) {
		return
	}
	c.start = m.r.between(max(m.firstDay(p), m.asOf-years(4)), m.asOf-130)
	c.reviewDue = m.asOf + day(1+m.r.IntN(300))
	c.indication = m.problemFor(p, c.start)
	p.medications = append(p.medications, c)
	m.issuesOf(p, len(p.medications)-1, 28, m.asOf)
}

func (m *model) course(p *patient) medication {
	c := medication{
		id: p.record("m", len(p.medications)), dmd: m.product(), end: none, lastIssue: none, reviewDue: none,
		reauthorised: none, prescriber: p.clinicians[m.r.IntN(len(p.clinicians))],
		bnf: ordinaryBNF, dosage: dosages[m.r.IntN(len(dosages))], quantity: float64(28 * (1 + m.r.IntN(4))), unit: "tablet",
	}
	if m.r.chance(0.02) {
		c.appliance, c.dmd = true, m.words.appliances[m.r.IntN(len(m.words.appliances))]
		c.dosage, c.unit, c.bnf = "1 each day", "device", "20010000100"
	}
	return c
}

// ordinaryBNF is of a chapter that no rule looks for.
const ordinaryBNF = "0501013B0AAAAAA"

var dosages = []string{
	"1 tablet once a day", "1 tablet twice a day", "2 tablets four times a day", "10 ml at night",
	"1 capsule in the morning", "1 puff twice a day", "1 sachet once a day, with food",
}

// repeat adds a repeat template, current for current patients.
func (m *model) repeat(p *patient) {
	c := m.course(p)
	for tries := 0; repeatsProduct(p, c.dmd) && tries < 20; tries++ {
		c.dmd = m.words.products[m.r.IntN(len(m.words.products))]
	}
	if repeatsProduct(p, c.dmd) {
		return
	}
	c.kind, c.status = "repeat", "active"
	if m.r.chance(0.15) {
		c.kind = "repeat_dispensing"
	}
	first, last := m.firstDay(p), m.lastDay(p)
	c.start = m.r.between(max(first, last-years(m.extent.repeatYears)), last-120)
	if !p.current || m.r.chance(0.25) {
		c.status = "ended"
		c.end = m.r.between(c.start, last)
		last = c.end
	} else {
		c.reviewDue = m.r.between(m.asOf+1, m.asOf+365)
	}
	c.indication = m.problemFor(p, c.start)
	p.medications = append(p.medications, c)
	m.issuesOf(p, len(p.medications)-1, 28*(1+m.r.IntN(m.extent.repeatMonths)), last)
}

func repeatsProduct(p *patient, dmd string) bool {
	for i := range p.medications {
		if p.medications[i].dmd == dmd && p.medications[i].kind != "acute" {
			return true
		}
	}
	return false
}

// acute adds a course of a few weeks, issued once.
func (m *model) acute(p *patient) {
	c := m.course(p)
	c.kind, c.status = "acute", "ended"
	first, last := m.firstDay(p), m.lastDay(p)
	c.start = m.r.between(max(first, last-years(12)), last)
	c.end = min(c.start+day(7+m.r.IntN(21)), last)
	if m.r.chance(0.5) {
		c.indication = m.problemFor(p, c.start)
	}
	p.medications = append(p.medications, c)
	m.issuesOf(p, len(p.medications)-1, 1<<20, c.start)
}

// issuesOf adds the issues of course i, one every interval days until last;
// most extracts hold the latest years only.
func (m *model) issuesOf(p *patient, i, interval int, last day) {
	c := &p.medications[i]
	c.lastIssue = c.start
	for d := c.start; d <= last; d += day(interval) {
		c.lastIssue = d
	}
	if m.PerPatient["issues"] <= 0 {
		return
	}
	horizon := m.asOf - years(m.extent.issuedYears)
	for d := c.start; d <= last; d += day(interval) {
		if d < horizon {
			continue
		}
		p.issues = append(p.issues, issue{
			id: p.record("i", len(p.issues)), medication: c.id, dmd: c.dmd, method: "electronic",
			bnf: c.bnf, dosage: c.dosage, prescriber: c.prescriber, date: d, appliance: c.appliance,
		})
	}
}
