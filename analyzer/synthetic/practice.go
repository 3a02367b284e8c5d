package synthetic

import (
	"fmt"

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

func (p *practice) write(b *Block, asOf day) {
	b.text(p.id)
	b.text(p.ods)
	b.text("Made-up Surgery " + p.id[1:])
	b.text("paperlight generate")
	b.date(date(1990, 1, 1))
	b.date(asOf)
	b.bool(true)
}

var staffColumns = []string{"staff_code", "practice_id", "role", "start_date"}

func staffBlock() *Block { return NewBlock(schema.Lookup("staff"), staffColumns...) }

// employ writes the staff of the practice: its doctors.
func (p *practice) employ(b *Block) {
	for _, code := range p.gps {
		b.text(code)
		b.text(p.id)
		b.text("general practitioner")
		b.date(date(2015, 1, 1))
	}
}

func practiceBlock() *Block { return NewBlock(schema.Practice, practiceColumns...) }

// inventGMP returns a practitioner code of valid form with the six digits.
func inventGMP(digits uint64) string {
	for d := range 10 {
		if code := fmt.Sprintf("G%06d%d", digits, d); identifier.GMPValid([]byte(code)) {
			return code
		}
	}
	panic("synthetic: no check digit fits")
}
