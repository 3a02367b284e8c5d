package privacy

import (
	"bytes"
	"strings"

	"paperlight/analyzer/calendar"
)

// nationalInsurance reports whether nine characters without blanks are a National
// Insurance number (HM Revenue & Customs, NIM39110): neither letter of the prefix is D,
// F, I, Q, U or V, the second is no O, and some prefixes are not used.
func nationalInsurance(b []byte) bool {
	if len(b) != 9 || !allDigits(b[2:8]) {
		return false
	}
	first, second, last := b[0]&^0x20, b[1]&^0x20, b[8]&^0x20
	if !letter(b[0]) || !letter(b[1]) || last < 'A' || last > 'D' || !letter(b[8]) {
		return false
	}
	if strings.IndexByte("DFIQUV", first) >= 0 || strings.IndexByte("DFIOQUV", second) >= 0 {
		return false
	}
	switch string([]byte{first, second}) {
	case "BG", "GB", "KN", "NK", "NT", "TN", "ZZ":
		return false
	}
	return true
}

// areas are the postcode areas of the United Kingdom, the Channel Islands and the Isle
// of Man. ZZ99, which stands for no place, is not among them.
const areas = " AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL GU GY HA HD " +
	"HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE " +
	"SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE "

// postcode reports whether a text is a full postcode (BS 7666): an area that there
// is, a district, then a digit and two letters of those in use. Without a blank or
// stroke a short one is in one case, since Read codes look like the others.
func postcode(b []byte) bool {
	if len(b) < 5 || len(b) > 8 {
		return false
	}
	outward, inward := bytes.TrimRight(b[:len(b)-3], " -"), b[len(b)-3:]
	if len(b)-3-len(outward) > 1 || !digit(inward[0]) || !unit(inward[1]) || !unit(inward[2]) {
		return false
	}
	k, small := 0, 0
	for k < len(outward) && letter(outward[k]) {
		small += int(outward[k] >> 5 & 1)
		k++
	}
	small += int(inward[1]>>5&1) + int(inward[2]>>5&1)
	if k == 0 || k > 2 || len(b) == 5 && small > 0 && small < k+2 {
		return false
	}
	area := [4]byte{' ', ' ', ' ', ' '}
	for i := range k {
		area[1+i] = outward[i] &^ 0x20
	}
	district := outward[k:]
	if n := len(district); n == 0 || n > 2 || !digit(district[0]) || n == 2 && !digit(district[1]) && !letter(district[1]) {
		return false
	}
	return strings.Contains(areas, string(area[:k+2]))
}

// unit reports whether a letter is used in the last part of postcodes.
func unit(c byte) bool {
	return letter(c) && strings.IndexByte("CIKMOV", c&^0x20) < 0
}

// telephone are the shapes of 9 to 14 digits with what people write between them.
func telephone(cell []byte) shape {
	var digits [14]byte
	n := 0
	for i, c := range cell {
		switch {
		case digit(c):
			digits[n] = c
			n++
		case c == ' ', c == '-', c == '(', c == ')', c == '+' && i < 2:
		default:
			return 0
		}
	}
	s := shape(0)
	if n <= 13 {
		s = isDialled
	}
	b := digits[:n]
	switch {
	case cell[0] == '+' && bytes.HasPrefix(b, []byte("44")):
		b = b[2:]
	case bytes.HasPrefix(b, []byte("0044")):
		b = b[4:]
	case b[0] != '0':
		return s
	default:
		b = b[1:]
	}
	if b[0] == '0' { // +44 (0)20 ...
		b = b[1:]
	}
	if n := len(b); b[0] == '7' && n == 10 || b[0] >= '1' && b[0] <= '3' && (n == 10 || n == 9) {
		return s | isTelephone
	}
	return s
}

// email reports whether a word is an e-mail address: something, @, and a domain of at
// least two parts, the last of letters.
func email(b []byte) bool {
	local, domain, ok := bytes.Cut(b, []byte("@"))
	dot := bytes.LastIndexByte(domain, '.')
	if !ok || len(local) == 0 || dot < 1 || len(domain)-dot < 3 || bytes.IndexByte(domain, '@') >= 0 {
		return false
	}
	for _, c := range domain[:dot] {
		if !letter(c) && !digit(c) && c != '-' && c != '.' {
			return false
		}
	}
	for _, c := range domain[dot+1:] {
		if !letter(c) {
			return false
		}
	}
	return true
}

// A date is a year and a day of the month; the zero date is none.
type date struct {
	year int16
	day  uint8
}

// oldest and latest bound what is taken as a date.
const oldest, latest = 1850, 2105

// dateOf reads YYYY-MM-DD, DD/MM/YYYY, YYYYMMDD, 12-Mar-1960 and March 12, 1960, with a
// time of day or without; of 03/04/1960 no matter which is the month.
func dateOf(cell []byte) date {
	part, long, k := dateParts(cell)
	switch {
	case k == 3 && long[0] == 4 && long[1] <= 2 && long[2] <= 2:
		return valid(part[0], part[1], part[2])
	case k == 3 && long[2] == 4 && long[0] <= 2 && long[1] <= 2:
		return eitherWay(part)
	case k == 1 && long[0] == 8:
		return valid(part[0]/10000, part[0]/100%100, part[0]%100)
	}
	return date{}
}

// shortDateOf reads what is seldom a day but where a column says so: 25/12/60, 25121960
// and the days since 1900 by which spreadsheets count, those of five digits.
func shortDateOf(cell []byte) date {
	part, long, k := dateParts(cell)
	switch {
	case k == 3 && long[2] == 2 && long[0] <= 2 && long[1] <= 2:
		part[2] += 1900 // no matter which century
		return eitherWay(part)
	case k == 1 && long[0] == 8:
		return eitherWay([3]uint32{part[0] / 1_000_000, part[0] / 10_000 % 100, part[0] % 10_000})
	case k == 1 && long[0] == 5 && part[0] < 60_000:
		year, _, day := calendar.Civil(calendar.Date(1899, 12, 30) + calendar.Day(part[0]))
		return date{int16(year), uint8(day)}
	}
	return date{}
}

// eitherWay is a day whose year comes last.
func eitherWay(part [3]uint32) date {
	if part[1] > 12 {
		part[0], part[1] = part[1], part[0]
	}
	return valid(part[2], part[1], part[0])
}

// dateParts are the numbers of which a date is made, a month by name being one, and how
// many digits each has; k is 0 where something else follows.
func dateParts(cell []byte) (part [3]uint32, long [3]int, k int) {
	at := 0
	for at < len(cell) && k < 3 {
		start := at
		if month := monthNamed(cell[at:]); k < 2 && month > 0 {
			part[k], long[k] = month, 2
			for at < len(cell) && letter(cell[at]) {
				at++
			}
		} else {
			for at < len(cell) && digit(cell[at]) && at-start < 9 {
				part[k] = part[k]*10 + uint32(cell[at]-'0')
				at++
			}
			long[k] = at - start
			if long[k] > 0 && long[k] <= 2 && ordinal(cell[at:]) {
				at += 2
			}
		}
		if at == start {
			break
		}
		k++
		if k < 3 && at < len(cell) {
			if c := cell[at]; c != '-' && c != '/' && c != '.' && c != ' ' && c != ',' {
				break
			}
			if at++; at < len(cell) && cell[at] == ' ' {
				at++ // March 12, 1960
			}
		}
	}
	if rest := cell[at:]; len(rest) > 0 && rest[0] != ' ' && rest[0] != 'T' {
		return part, long, 0
	}
	return part, long, k
}

// ordinal reports whether a text begins as what follows the 12 of 12th.
func ordinal(b []byte) bool {
	if len(b) < 2 || len(b) > 2 && letter(b[2]) {
		return false
	}
	switch [2]byte{b[0] | 0x20, b[1] | 0x20} {
	case [2]byte{'s', 't'}, [2]byte{'n', 'd'}, [2]byte{'r', 'd'}, [2]byte{'t', 'h'}:
		return true
	}
	return false
}

func valid(year, month, day uint32) date {
	if _, ok := calendar.Of(year, month, day); !ok || year < oldest || year > latest {
		return date{}
	}
	return date{int16(year), uint8(day)}
}

// monthNamed is the month whose name or its first three letters a text begins with.
func monthNamed(b []byte) uint32 {
	if len(b) < 3 || !letter(b[0]) {
		return 0
	}
	short := string([]byte{b[0] | 0x20, b[1] | 0x20, b[2] | 0x20})
	if i := strings.Index("jan feb mar apr may jun jul aug sep oct nov dec", short); i >= 0 && i%4 == 0 {
		return uint32(i/4) + 1
	}
	return 0
}
