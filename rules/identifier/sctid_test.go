package identifier_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/rules/identifier"
)

func TestSCTID(t *testing.T) {
	tests := []struct {
		id             string
		valid, concept bool
		why            string
	}{
		{"22298006", true, true, "myocardial infarction"},
		{"73211009", true, true, "diabetes mellitus"},
		{"44054006", true, true, "type 2 diabetes"},
		{"46635009", true, true, "type 1 diabetes"},
		{"195967001", true, true, "asthma"},
		{"38341003", true, true, "hypertension"},
		{"13645005", true, true, "COPD"},
		{"40930008", true, true, "hypothyroidism"},
		{"53741008", true, true, "coronary heart disease"},
		{"716186003", true, true, "no known allergy"},
		{"196461000000101", true, true, "UK clinical extension"},
		{"1364731000000104", true, true, "UK clinical extension"},
		{"100005", true, true, "shortest"},
		{"43961000000137", true, false, "partition 13: an old subset id"},

		{"22298007", false, false, "check digit"},
		{"22289006", false, false, "two digits swapped"},
		{"022298006", false, false, "leading zero"},
		{"12345", false, false, "too short"},
		{"1364731000000140", false, false, "check digit"},
		{"C10E.", false, false, "a Read code"},
		{"", false, false, "empty"},
		{" 22298006", false, false, "white space"},
		{"-22298006", false, false, "sign"},
		{"1000000000000000000", false, false, "nineteen digits"},

		{"42109611000001109", true, true, "paracetamol 500 mg tablets"},
		{"42104811000001109", true, true, "dm+d"},
		{"322236009", true, true, "dm+d"},
		{"322280009", true, true, "dm+d"},
		{"90332006", true, true, "paracetamol, VTM"},
		{"387517004", true, true, "paracetamol, substance"},
		{"42109611000001108", false, false, "check digit"},
		{"42109611000001100", false, false, "rounded by a spreadsheet"},
		{"4210961100000110", false, false, "cut"},
		{"42109611000001109.0", false, false, "a floating-point number"},
		{"Paracetamol 500mg", false, false, "a name"},
		{"0407010H0AAAMAM", false, false, "a BNF code"},
	}
	for _, test := range tests {
		t.Run(test.id+" "+test.why, func(t *testing.T) {
			require.Equal(t, test.valid, identifier.SCTIDValid([]byte(test.id)))
			require.Equal(t, test.concept, identifier.SCTIDConcept([]byte(test.id)))
			require.Equal(t, test.concept, identifier.DMDValid([]byte(test.id)))
		})
	}
}

func TestSCTIDPartition(t *testing.T) {
	tests := []struct {
		id           string
		format, kind uint8
		ok           bool
	}{
		{"22298006", 0, 0, true},
		{"196461000000101", 1, 0, true},
		{"43961000000137", 1, 3, true},
		{"22298016", 0, 1, true}, // the check digit is not looked at
		{"022298006", 0, 0, false},
		{"12345", 0, 0, false},
		{"C10E.", 0, 0, false},
	}
	for _, test := range tests {
		format, kind, ok := identifier.SCTIDPartition([]byte(test.id))
		require.Equal(t, test, struct {
			id           string
			format, kind uint8
			ok           bool
		}{test.id, format, kind, ok})
	}
}

// The partition and the length decide even where the check digit is right.
func TestSCTIDNeedsPartitionAndNamespace(t *testing.T) {
	tests := []struct {
		body  string // all but the check digit
		valid bool
		why   string
	}{
		{"2229800", true, "partition 00"},
		{"2229801", true, "partition 01, a description"},
		{"2229802", true, "partition 02, a relationship"},
		{"2229806", false, "partition 06 does not exist"},
		{"2229820", false, "partition 20 does not exist"},
		{"1100000010", true, "a long id of item 1"},
		{"100000010", false, "a long id without an item"},
	}
	for _, test := range tests {
		require.Equal(t, test.valid, identifier.SCTIDValid(withCheckDigit(test.body)), test.why)
	}
}

func TestSCTIDRounded(t *testing.T) {
	tests := []struct {
		text    string
		rounded bool
		why     string
	}{
		{"42109611000001100", true, "zeros at the end"},
		{"4210961100000110", true, "cut to end in 0, sixteen digits"},
		{"421096110000012000", true, "eighteen digits"},
		{"42109611000001109", false, "the id itself"},
		{"42109611000001108", false, "wrong, but does not end in 0"},
		{"421096110000110", false, "fifteen digits are held exactly"},
		{"4210961100000110000", false, "nineteen digits are no id"},
		{"1.23E+17", true, "exponent"},
		{"1E+17", true, "exponent, no point"},
		{"4.2109611000001109e+16", true, "exponent as Python writes it"},
		{"4.2109611000001109E16", true, "exponent as Java writes it"},
		{"42109611000001109.0", true, "point"},
		{"22298006.0", true, "point in a short id"},
		{"12E45", false, "may be a Read code"},
		{"1151.", false, "a Read code"},
		{"C10E.", false, "a Read code"},
		{".9Ndo", false, "a Read code of old"},
		{"04.07.01", false, "a BNF section"},
		{"0407010H0AAAMAM", false, "a BNF code"},
		{"1.E+17", false, "no digit after the point"},
		{"1.2E+", false, "no exponent"},
		{"1.2E", false, "no exponent"},
		{"1.2X3", false, "not a number"},
		{"", false, "empty"},
	}
	for _, test := range tests {
		require.Equal(t, test.rounded, identifier.SCTIDRounded([]byte(test.text)), "%s: %s", test.text, test.why)
	}
}

// withCheckDigit completes an id by trying the ten check digits on an
// independent form of Verhoeff's rule: dihedral products computed, not looked
// up.
func withCheckDigit(body string) []byte {
	for d := byte('0'); d <= '9'; d++ {
		id := append([]byte(body), d)
		if naiveVerhoeff(id) {
			return id
		}
	}
	panic("no check digit fits")
}

// naiveVerhoeff multiplies in D5 as rotations (0 to 4) and reflections (5 to 9).
func naiveVerhoeff(id []byte) bool {
	product := func(a, b int) int {
		switch {
		case a < 5 && b < 5:
			return (a + b) % 5
		case a < 5:
			return 5 + (a+b-5)%5
		case b < 5:
			return 5 + (a-5-b+5)%5
		}
		return (a - b + 5) % 5
	}
	step := [10]int{1, 5, 7, 6, 2, 8, 3, 0, 9, 4}
	c := 0
	for i := range id {
		digit := int(id[len(id)-1-i] - '0')
		for range i % 8 {
			digit = step[digit]
		}
		c = product(c, digit)
	}
	return c == 0
}

func FuzzSCTID(f *testing.F) {
	for _, seed := range []string{"", "22298006", "196461000000101", "42109611000001100", "1.23E+17", "C10E.", "100005"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		valid := identifier.SCTIDValid(b)
		require.False(t, valid && identifier.SCTIDRounded(b))
		if identifier.SCTIDConcept(b) {
			require.True(t, valid)
		}
		if !valid {
			return
		}
		require.True(t, naiveVerhoeff(b))
		requireDamageIsFound(t, b)
	})
}

// requireDamageIsFound changes each digit of a valid id to each other, and
// swaps each two neighbours; all must become invalid.
func requireDamageIsFound(t *testing.T, id []byte) {
	damaged := append([]byte(nil), id...)
	for i, was := range id {
		for d := byte('0'); d <= '9'; d++ {
			if damaged[i] = d; d != was {
				require.False(t, identifier.SCTIDValid(damaged), "%s for %s", damaged, id)
			}
		}
		damaged[i] = was
	}
	for i := range len(id) - 1 {
		if id[i] == id[i+1] {
			continue
		}
		damaged[i], damaged[i+1] = id[i+1], id[i]
		require.False(t, identifier.SCTIDValid(damaged), "%s for %s", damaged, id)
		damaged[i], damaged[i+1] = id[i], id[i+1]
	}
}
