package synthetic

import (
	"encoding/binary"
	"strconv"
	"strings"

	"paperlight/rules/identifier"
)

// A vocabulary is the codes that made-up records carry. Codes that rules look
// for come from code lists by name; all others are invented: of valid form,
// and of no meaning.
type vocabulary struct {
	lists map[string]map[string][]string // codes by code list and system
	// membership answers whether a code is of a list, in any system.
	membership map[string]map[string]bool
	listed     *codeSet // every code that a list has

	products, appliances, agents, findings, tests []string
	nhsNumbers                                    []uint32 // the last seven digits
}

func newVocabulary(lists map[string]map[string][]string) *vocabulary {
	return &vocabulary{
		lists:      lists,
		membership: members(lists),
		listed:     newCodeSet(lists),
		products:   inventSCTIDs(1, 12000),
		appliances: inventSCTIDs(2, 400),
		agents:     inventSCTIDs(3, 600),
		findings:   inventSCTIDs(4, 6000),
		tests:      inventSCTIDs(5, 800),
		nhsNumbers: testNumbers(),
	}
}

// inventSCTIDs returns n concept identifiers of the long form. Their
// namespace is made up: nobody's product has such a code.
func inventSCTIDs(series, n int) []string {
	const namespace, partition = "1999999", "10"
	out := make([]string, n)
	var together strings.Builder // what is read often lies together
	together.Grow(n * 18)
	for i := range out {
		var b [24]byte
		id, _ := checked(append(strconv.AppendInt(b[:0], int64(series*100000+i+1), 10), namespace+partition...))
		at := together.Len()
		together.Write(id)
		out[i] = together.String()[at:]
	}
	return out
}

// checked adds its check digit to an identifier of SNOMED CT.
func checked(id []byte) (_ []byte, ok bool) {
	id = append(id, '0')
	for check := &id[len(id)-1]; *check <= '9'; *check++ {
		if identifier.SCTIDValid(id) {
			return id, true
		}
	}
	return id, false
}

// testNumbers returns every NHS number of the 999 range that passes modulus
// 11, by its last seven digits.
func testNumbers() []uint32 {
	weighed := func(n, weight int) int { // three digits, the last with the least weight
		return n%10*weight + n/10%10*(weight+1) + n/100*(weight+2)
	}
	var last [1000]int
	for n := range last {
		last[n] = weighed(n, 2)
	}
	out := make([]uint32, 0, 1_000_000)
	for first := range 1000 {
		sum := 9*10 + 9*9 + 9*8 + weighed(first, 5)
		for n, more := range last {
			if check := (11 - (sum+more)%11) % 11; check < 10 {
				out = append(out, uint32(first*10_000+n*10+check))
			}
		}
	}
	return out
}

// nhsNumber returns the k-th test number of a practice; numbers of one
// practice differ while k is below 900,000.
func (v *vocabulary) nhsNumber(practice, k uint64) string {
	const stride = 387_911 // prime
	at := (k*stride + mix(practice)%1_000_003) % uint64(len(v.nhsNumbers))
	digits := strconv.Itoa(int(v.nhsNumbers[at]) + 10_000_000)
	return "999" + digits[1:]
}

func members(lists map[string]map[string][]string) map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for name, systems := range lists {
		out[name] = map[string]bool{}
		for _, codes := range systems {
			for _, c := range codes {
				out[name][c] = true
			}
		}
	}
	return out
}

// in reports whether a code is of the list.
func (v *vocabulary) in(list, code string) bool {
	return v.listed.may(code) && v.membership[list][code]
}

// A codeSet tells most codes that no list has from those that one has, without
// a look into any: most made codes are of none, and each is asked for often.
type codeSet struct{ bits [1 << 13]uint64 }

func newCodeSet(lists map[string]map[string][]string) *codeSet {
	s := &codeSet{}
	for _, systems := range lists {
		for _, codes := range systems {
			for _, c := range codes {
				at := s.place(c)
				s.bits[at/64] |= 1 << (at % 64)
			}
		}
	}
	return s
}

// place is the bit of a code, made from its first digits, which differ most: bits of
// codes that are made one after the other stand together.
func (s *codeSet) place(code string) uint64 {
	return (firstDigits(code) + uint64(len(code))*60_013) % (64 * uint64(len(s.bits)))
}

// firstDigits is the number that the first six digits of a code are; of other texts it
// is some number.
func firstDigits(code string) uint64 {
	pairs := firstBytes(code) & 0x0f0f0f0f0f0f
	pairs = pairs*10 + pairs>>8
	return pairs&0xff*10_000 + pairs>>16&0xff*100 + pairs>>32&0xff
}

// firstBytes are the first eight of a code, as a number.
func firstBytes(code string) uint64 {
	if len(code) >= 8 {
		return uint64(code[0]) | uint64(code[1])<<8 | uint64(code[2])<<16 | uint64(code[3])<<24 |
			uint64(code[4])<<32 | uint64(code[5])<<40 | uint64(code[6])<<48 | uint64(code[7])<<56
	}
	var first [8]byte
	copy(first[:], code)
	return binary.LittleEndian.Uint64(first[:])
}

// may is true of every code of a list.
func (s *codeSet) may(code string) bool {
	at := s.place(code)
	return s.bits[at/64]>>(at%64)&1 != 0
}

// from draws a code of a list and its system, SNOMED CT or dm+d: a practice of
// today codes in no other. Empty where the list has none.
func (v *vocabulary) from(r *random, list string) (code, system string) {
	for _, system := range []string{"sct", "dmd"} {
		if codes := v.lists[list][system]; len(codes) > 0 {
			return codes[r.IntN(len(codes))], system
		}
	}
	return "", ""
}

// first is the first code of a list and its system, as from would draw them.
func (v *vocabulary) first(list string) (code, system string) {
	for _, system := range []string{"sct", "dmd"} {
		if codes := v.lists[list][system]; len(codes) > 0 {
			return codes[0], system
		}
	}
	return "", ""
}

// firstOfBoth is the first SNOMED CT code of one list that is of another too;
// empty where there is none.
func (v *vocabulary) firstOfBoth(list, other string) string {
	for _, c := range v.lists[list]["sct"] {
		if v.in(other, c) {
			return c
		}
	}
	return ""
}

// among draws a SNOMED CT code that is of every list of all and of none of the
// other; empty where there is none.
func (v *vocabulary) among(r *random, all []string, other string) string {
	if len(all) == 0 {
		return ""
	}
	var fit []string
	for _, c := range v.lists[all[0]]["sct"] {
		ok := !v.in(other, c)
		for _, l := range all[1:] {
			ok = ok && v.in(l, c)
		}
		if ok {
			fit = append(fit, c)
		}
	}
	if len(fit) == 0 {
		return ""
	}
	return fit[r.IntN(len(fit))]
}
