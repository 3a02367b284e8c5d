package privacy

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A planting makes columns of identifiers that nobody has, as exports hold them: in
// every form that is usual, among empty cells and other values, under a name that says
// what they are or one that says nothing.
type planting struct {
	*rand.Rand
	forenames, surnames []string
}

func newPlanting(t testing.TB, seed uint64) *planting {
	text, err := os.ReadFile("testdata/british-names.txt")
	require.NoError(t, err)
	p := &planting{Rand: rand.New(rand.NewPCG(seed, 14))}
	fore, sur, _ := strings.Cut(string(text), "[surnames]")
	_, fore, _ = strings.Cut(fore, "[forenames]")
	p.forenames, p.surnames = strings.Fields(fore), strings.Fields(sur)
	return p
}

// plantedRows is how many rows a planted column has, and plantedColumns how many
// there are of each kind.
const plantedRows, plantedColumns = 400, 40

// column is the i-th column of a kind: its header and values.
func (p *planting) column(k Kind, i int) (header string, values []string) {
	header = fmt.Sprintf("field%d", i)
	among, rate := p.codes(i), 1.0
	if i%3 == 1 && k <= OtherHealthNumber { // every eleventh of which passes too
		among = func() string { return fmt.Sprintf("%010d", p.Int64N(10_000_000_000)) }
	}
	if i%4 >= 2 {
		rate = p.least(k)
	}
	if own := p.header(k, i); own != "" && (i%2 == 1 || k == StaffCode && i%4 < 2) {
		header = own
	}
	for row := range plantedRows {
		switch {
		case i%5 == 4 && p.IntN(4) == 0:
			values = append(values, "")
		case p.Float64() < rate || rate < 1 && row%plantedRows < p.fewest(k):
			values = append(values, p.value(k, i, row))
		default:
			values = append(values, among())
		}
	}
	return header, values
}

// least is the share of values that makes a column one of a kind, and a little.
func (p *planting) least(k Kind) float64 {
	switch k {
	case Postcode, Telephone, Address:
		return 0.08
	case NationalInsurance, Email:
		return 0
	case PersonName:
		return 0.7
	case FreeText, StaffCode:
		return 0.6
	case NHSNumber, OtherHealthNumber:
		return 0.6 // the rest are not of ten digits, or seldom pass
	}
	return 1
}

// fewest is how many values make it so at any rate.
func (p *planting) fewest(k Kind) int {
	switch k {
	case NationalInsurance:
		return 6
	case Email:
		return 1
	}
	return 0
}

func (p *planting) header(k Kind, i int) string {
	all := map[Kind][]string{
		NHSNumber: {"NhsNumber", "nhs_no"}, OtherHealthNumber: {"CHI", "HCNumber"}, NationalInsurance: {"NINO", "ni_number"}, Postcode: {"FullPostCode", "home_postcode"},
		Telephone: {"HomePhone", "mobile_number"}, Email: {"EmailAddress", "contact_email"}, BirthDate: {"DateOfBirth", "DOB"}, PersonName: {"Surname", "next_of_kin"},
		Address: {"NumberAndStreet", "ADDRESS_1"}, FreeText: {"Comments", "note"}, StaffCode: {"GMP_CODE", "GmcNumber"}, PatientNumber: {"PatientNumber", "EMIS_number"},
	}[k]
	if len(all) == 0 {
		return ""
	}
	return all[i/2%len(all)]
}

// codes makes values that identify nobody, to stand among others.
func (p *planting) codes(i int) func() string {
	switch i % 3 {
	case 0:
		return func() string { return fmt.Sprintf("%c%d%c..", 'A'+rune(p.IntN(26)), p.IntN(10), 'a'+rune(p.IntN(26))) }
	case 1:
		return func() string { return fmt.Sprint(10000 + p.IntN(90000)) }
	}
	return func() string { return []string{"active", "ended", "not known"}[p.IntN(3)] }
}

func (p *planting) value(k Kind, i, row int) string {
	switch k {
	case NHSNumber:
		return grouped(p.nhs(), i)
	case OtherHealthNumber:
		return grouped(p.chi(i), i)
	case NationalInsurance:
		return p.insurance(i)
	case Postcode:
		return p.postcode(i)
	case Telephone:
		return p.telephone(i)
	case Email:
		return strings.ToLower(p.one(p.forenames)+"."+p.one(p.surnames)) + "@" + p.one([]string{"example.com", "mail.example.org", "nhs.example.net"})
	case BirthDate:
		return p.birth(i)
	case PersonName:
		return p.name(i)
	case Address:
		return p.address(i)
	case FreeText:
		return p.note()
	case StaffCode:
		if i%2 == 1 && p.header(k, i) == "GmcNumber" {
			return fmt.Sprint(1000000 + p.IntN(8000000))
		}
		return fmt.Sprintf("G%07d", p.IntN(10000000))
	case PatientNumber:
		return fmt.Sprint(1000 + 3*row + i)
	case UnkeyedHash:
		return p.hash(i)
	}
	panic(k)
}

func (p *planting) one(of []string) string { return of[p.IntN(len(of))] }

// nhs is a number of the blocks that the tests search.
func (p *planting) nhs() string {
	var b [10]byte
	for !digits(plantedNumbers().block(p.IntN(plantedNumbers().blocks))+uint32(p.IntN(blockSize)), b[:]) {
	}
	return string(b[:])
}

func plantedNumbers() *numbers { return &numbers{blocks: 200, step: 77} }

func (p *planting) chi(i int) string {
	var b [10]byte
	for {
		n := uint32((1+p.IntN(31))*10_000_000 + (1+p.IntN(12))*100_000 + p.IntN(100_000))
		if i%2 == 1 {
			n = uint32(320_000_001 + p.IntN(79_000_000))
		}
		if _, ok := dayOf(n); (ok || i%2 == 1) && digits(n, b[:]) {
			return string(b[:])
		}
	}
}

func dayOf(nine uint32) (uint32, bool) { return nine, dayAndMonth(uint64(nine) / 100_000) }

func grouped(number string, i int) string {
	switch i % 3 {
	case 1:
		return number[:3] + " " + number[3:6] + " " + number[6:]
	case 2:
		return number[:3] + "-" + number[3:6] + "-" + number[6:]
	}
	return number
}

func (p *planting) insurance(i int) string {
	s := fmt.Sprintf("%c%c%06d%c", "ABCEGHJKLMNOPRSTWXYZ"[p.IntN(20)], "ACEHJLMPRSWXYZ"[p.IntN(13)], p.IntN(1_000_000), 'A'+rune(p.IntN(4)))
	if !nationalInsurance([]byte(s)) {
		return p.insurance(i) // one of the prefixes that are not used
	}
	switch i % 3 {
	case 1:
		return s[:2] + " " + s[2:4] + " " + s[4:6] + " " + s[6:8] + " " + s[8:]
	case 2:
		return strings.ToLower(s)
	}
	return s
}

func (p *planting) postcode(i int) string {
	const letters = "ABDEFGHJLNPQRSTUWXYZ"
	outward := p.one(strings.Fields(areas)) + fmt.Sprint(1+p.IntN(19))
	if p.IntN(20) == 0 {
		outward = "EC1A"
	}
	s := outward + " " + fmt.Sprint(p.IntN(10)) + string([]byte{letters[p.IntN(20)], letters[p.IntN(20)]})
	switch i % 3 {
	case 1:
		return strings.ReplaceAll(s, " ", "")
	case 2:
		return strings.ToLower(s)
	}
	return s
}

func (p *planting) telephone(i int) string {
	n := p.IntN(1_000_000)
	return []string{
		fmt.Sprintf("07700%06d", n), fmt.Sprintf("01632 %06d", n), fmt.Sprintf("+44 7700 %06d", n), fmt.Sprintf("(020) 7946 %04d", n%10000),
		fmt.Sprintf("+44 (0)1632 %06d", n), fmt.Sprintf("0300-123-%04d", n%10000),
	}[(i+p.IntN(2))%6]
}

func (p *planting) birth(i int) string {
	y, m, d := 1926+p.IntN(98), 1+p.IntN(12), 1+p.IntN(28)
	month := strings.Fields("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec")[m-1]
	return []string{
		fmt.Sprintf("%d-%02d-%02d", y, m, d), fmt.Sprintf("%02d/%02d/%d", d, m, y), fmt.Sprintf("%d-%02d-%02d 00:00:00", y, m, d),
		fmt.Sprintf("%02d-%s-%d", d, month, y), fmt.Sprintf("%d%02d%02d", y, m, d), fmt.Sprintf("%d-%02d-%02dT00:00:00Z", y, m, d),
	}[i%6]
}

func (p *planting) name(i int) string {
	f, s := p.one(p.forenames), p.one(p.surnames)
	return []string{
		f, s, f + " " + s, strings.ToUpper(s) + ", " + f, p.one([]string{"Mr ", "Mrs ", "Dr "}) + f[:1] + " " + s, strings.ToUpper(s),
		strings.ToLower(f), f + " " + p.one(p.forenames) + " " + s, f[:1] + " " + s, s + "-" + p.one(p.surnames), p.one([]string{"Mr", "Mrs", "Ms", "Dr", "Miss"}),
	}[i%11]
}

func (p *planting) address(i int) string {
	street := p.one(p.surnames) + " " + p.one([]string{"Street", "Road", "Lane", "Avenue", "Close", "Drive", "Gardens", "Court", "Terrace"})
	return []string{
		fmt.Sprintf("%d %s", 1+p.IntN(200), street), fmt.Sprintf("Flat %d, %d %s", 1+p.IntN(20), 1+p.IntN(99), street), fmt.Sprintf("%da %s", 1+p.IntN(99), strings.ToLower(street)),
		fmt.Sprintf("%d, %s, %s", 1+p.IntN(99), street, p.one([]string{"Leeds", "Norwich", "Truro"})), p.one([]string{"Rose", "Ivy", "Mill"}) + " Cottage, " + street,
	}[i%5]
}

// note is what a receptionist types, or a doctor in a hurry.
func (p *planting) note() string {
	who := p.one(p.forenames)
	if p.IntN(3) == 0 {
		return strings.Join([]string{
			p.one([]string{"O/E chest clear.", "c/o cough 2/52, dry.", "BP 130/80, pulse reg.", "D/W Dr " + p.one(p.surnames) + ".", "Wt 82kg, waist 96cm"}),
			p.one([]string{"Abdo soft NAD.", "Temp 37.2, sats 98%.", "No red flags.", "Ears + throat ok.", "Adv fluids/rest"}),
			p.one([]string{"Rx amox 500 tds 5/7.", "Rv if worse.", "F/u bloods 1/12.", "Safety netted."}),
		}, " ")
	}
	return strings.Join([]string{
		p.one([]string{"Patient rang this morning.", "Spoke to " + who + " by phone.", "Seen at home with daughter " + who + ".", who + " came in with a rash.", "Telephone call from next of kin."}),
		p.one([]string{"Advised to rest and drink plenty.", "Would like a call back after 3pm.", "No change since last week.", "Mood low, sleeping badly.", "Asked for repeat tablets early as going away."}),
		p.one([]string{"", "Review in 2/52.", "Dr " + p.one(p.surnames) + " informed.", "Bloods booked for Monday."}),
	}, " ")
}

func (p *planting) hash(i int) string {
	number := p.nhs()
	switch i / 3 % 3 {
	case 1:
		number = grouped(number, 1)
	case 2:
		number += "\n"
	}
	var sum []byte
	switch i % 3 {
	case 0:
		d := md5.Sum([]byte(number))
		sum = d[:]
	case 1:
		d := sha1.Sum([]byte(number))
		sum = d[:]
	default:
		d := sha256.Sum256([]byte(number))
		sum = d[:]
	}
	s := hex.EncodeToString(sum)
	if i%2 == 1 {
		s = strings.ToUpper(s)
	}
	return s
}
