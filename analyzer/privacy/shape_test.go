package privacy

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestShapes(t *testing.T) {
	l := &looker{readNames(nameText)}
	for cell, want := range map[string]shape{
		"4505577104": isTenDigits | isInteger | isNHS | isDialled, "450 557 7104": isTenDigits | isNHS | isDialled, "450-557-7104": isTenDigits | isNHS | isDialled,
		"4505577104.0": isTenDigits | isNHS | isDialled, "4505577105": isTenDigits | isInteger | isDialled, "9990000018": isTenDigits | isInteger | isTestNHS | isDialled,
		"0101701234": isTenDigits | isInteger | isDialled | isTelephone, // every number is looked at as all that it may be
		"QQ123456A":  0, "AB123456C": isNationalInsurance, "ab 12 34 56 c": isNationalInsurance, "GB123456A": 0, "AB123456E": 0,
		"SW1A 1AA": isPostcode | isWorded, "ls1 4dy": isPostcode | isWorded, "EC1A1BB": isPostcode | isWorded, "ZZ99 3AA": isWorded, "SW1A": isWorded, "AA1 1AA": isWorded, "B12 5MG": 0, "Ls1 4Dy": isPostcode | isWorded, "E22fG": isWorded, "1LS 4DY": isWorded,
		"07700 900123": isDialled | isTelephone, "+44 7700 900123": isDialled | isTelephone, "+44 (0)20 7946 0018": isDialled | isTelephone,
		"020-7946-0018": isDialled | isTelephone, "123456789": isInteger | isDialled, "447700900123": isInteger | isDialled,
		"a.b@example.com": isEmail | isWorded, "a@b": isWorded, "@example.com": isWorded, "a@b@example.com": isWorded,
		"1960-05-17": isDate, "17/05/1960": isDate, "1960-05-17 00:00:00": isDate, "1960-05-17T00:00:00Z": isDate, "17-May-1960": isDate, "19600517": isInteger | isDate,
		"1960-13-17": 0, "1760-05-17": 0, "05/17/1960": isDate, "1960-05": 0,
		"Smith": isWorded | isName | isNameLike, "O'Brien": isWorded | isName | isNameLike, "SMITH, Jane": isWorded | isName | isNameLike, "J Smith": isWorded | isName | isNameLike,
		"Mrs Q Zxqv": isWorded | isName | isNameLike, "Mrs": isWorded | isTitle | isNameLike, "White British": isWorded | isNameLike, "Zxqv": isWorded | isNameLike,
		"12 Mill Lane": isWorded | isAddress, "Flat 3, 4 High Street": isWorded | isAddress, "Rose Cottage": isWorded | isNameLike | isAddress,
		"Take ONE tablet twice a day": isWorded, "She rang today": isWorded | isProse | isNameLike, "chest clear. Abdomen soft": isWorded | isNameLike | isProse,
		"G1234567": isPractitioner, "1234567": isSevenDigits | isInteger, "42": isInteger, "H33..": 0, "5.6": 0, "120/80": 0,
		"rang on 07700900123 about it": isWorded | isProse | hasTelephone, "call 01632 960 001 please now": isWorded | isProse | hasTelephone,
		"lives at LS1 4DY now": isWorded | isProse | hasPostcode, "NHS no 450 557 7104 given": hasTen | hasNHS, "write to (a.b@example.com) please": isWorded | isProse | hasEmail,
		"number AB123456C was given": isWorded | isProse | hasNationalInsurance,
		strings.Repeat("a1", 16):     isHex, strings.Repeat("0F", 32): isHex, strings.Repeat("0", 32): isInteger, strings.Repeat("a1", 17): 0,
	} {
		got, _, _ := l.shapeOf([]byte(cell))
		assert.Equal(t, shapeNames(want), shapeNames(got), "%q", cell)
	}
}

// shapeNames says which bits are set, for messages.
func shapeNames(s shape) (out []string) {
	names := strings.Fields(`isTenDigits isNHS isTestNHS isCHI isHC isNationalInsurance isPostcode isTelephone isDialled isEmail isDate isName isTitle isNameLike isAddress
		isHex isProse isPractitioner isSevenDigits isInteger isWorded hasTen hasNHS hasPostcode hasTelephone hasEmail hasNationalInsurance isInsuranceStem isShortDate`)
	for i := range shapes {
		if s>>i&1 == 1 {
			out = append(out, names[i])
		}
	}
	return out
}

// Anybody's cells are looked at: nothing in them may stop the looking, and white space
// around a cell changes nothing.
func FuzzShapes(f *testing.F) {
	for _, seed := range []string{"", "943 476 5919", "+44 (0)1632 960001", "Mrs O'Brien-Smith", "12-Mar-1960T", "a@b.cc", "AB 12 34 56 C", "\xff\xfe", "Flat 3,", "call 01632 960 001", "1960-05-17 0"} {
		f.Add(seed)
	}
	l := &looker{readNames(nameText)}
	f.Fuzz(func(t *testing.T, cell string) {
		s, words, day := l.shapeOf([]byte(cell))
		require.Equal(t, s&(isDate|isShortDate) != 0, day.year != 0)
		require.LessOrEqual(t, words, len(cell))
		around, _, _ := l.shapeOf([]byte("  " + cell + "\n"))
		require.Equal(t, s, around)
	})
}

// However the rows of a column are parted, the tallies come to the same, so that the
// number of workers changes nothing.
func TestTalliesMerge(t *testing.T) {
	p, l := newPlanting(t, 5), &looker{readNames(nameText)}
	for k := range kinds - 1 {
		for i := range 6 {
			_, values := p.column(k, i)
			for n := range 1500 { // more than are told apart
				values = append(values, fmt.Sprint(n*7919%4001))
			}
			var whole tally
			for row, v := range values {
				whole.add(l, []byte(v), int64(row+1))
			}
			var merged tally
			for from := 0; from < len(values); {
				to := min(from+p.IntN(700), len(values))
				var part tally
				for row := from; row < to; row++ {
					part.add(l, []byte(values[row]), int64(row+1))
				}
				merged.merge(&part)
				from = to
			}
			whole.ascending, merged.ascending = 0, 0 // across a cut nobody knows
			whole.slots, merged.slots, whole.passing, merged.passing = nil, nil, entry{}, entry{}
			require.True(t, reflect.DeepEqual(whole, merged), "%v %d", k, i)
		}
	}
}
