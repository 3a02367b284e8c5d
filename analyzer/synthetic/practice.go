package synthetic

import (
	"fmt"

	"paperlight/analyzer/canonical"
	"paperlight/analyzer/schema"
	"paperlight/rules/identifier"
)

// A practice is one made-up organisation.
type practice struct {
	number   uint64
	id, ods  string
	patients uint64
	gps      []string // GMP codes
}

// newPractice makes the practice called number.
func newPractice(r *random, seed, number, patients uint64) *practice {
	r.restart(seed, 1, number, 0)
	p := &practice{
		number: number, patients: patients,
		id:  fmt.Sprintf("P%05d", number+1),
		ods: fmt.Sprintf("%c%05d", "ABCDEFGHJKLMNPWY"[number%16], 80000+number/16%19999),
	}
	for i := range 3 + patients/2000 {
		p.gps = append(p.gps, inventGMP(310000+mix(number<<8|i)%190000))
	}
	return p
}

var practiceColumns = []string{"practice_id", "ods_code", "name", "system_supplier", "extract_from", "extract_to", "sharing_active"}

func (p *practice) write(b *canonical.Block, asOf day) {
	b.AddText(p.id)
	b.AddText(p.ods)
	b.AddText("Made-up Surgery " + p.id[1:])
	b.AddText("paperlight generate")
	addDay(b, date(1990, 1, 1))
	addDay(b, asOf)
	b.AddBool(true)
}

var staffColumns = []string{"staff_code", "practice_id", "role", "start_date"}

func staffBlock() *canonical.Block {
	return canonical.NewBlock(schema.Lookup("staff"), staffColumns...)
}

// employ writes the staff of the practice: its doctors.
func (p *practice) employ(b *canonical.Block) {
	for _, code := range p.gps {
		b.AddText(code)
		b.AddText(p.id)
		b.AddText("general practitioner")
		addDay(b, date(2015, 1, 1))
	}
}

func practiceBlock() *canonical.Block { return canonical.NewBlock(schema.Practice, practiceColumns...) }

// inventGMP returns a practitioner code of valid form with the six digits.
func inventGMP(digits uint64) string {
	for d := range 10 {
		if code := fmt.Sprintf("G%06d%d", digits, d); identifier.GMPValid([]byte(code)) {
			return code
		}
	}
	panic("synthetic: no check digit fits")
}
