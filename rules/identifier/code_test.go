package identifier_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/rules/identifier"
)

// a verdict on one text; default_ texts have the form but stand for nobody.
type verdict struct {
	text     string
	valid    bool
	default_ bool
	why      string
}

func requireVerdicts(t *testing.T, valid, default_ func([]byte) bool, verdicts []verdict) {
	t.Helper()
	for _, v := range verdicts {
		require.Equal(t, v.valid, valid([]byte(v.text)), "%s: %s", v.text, v.why)
		if default_ != nil {
			require.Equal(t, v.default_, default_([]byte(v.text)), "%s: %s", v.text, v.why)
		}
	}
}

func TestRead2Valid(t *testing.T) {
	requireVerdicts(t, identifier.Read2Valid, nil, []verdict{
		{"9Ndo.", true, false, ""},
		{"93C3.", true, false, ""},
		{"9344.", true, false, ""},
		{"9bJ4.", true, false, ""},
		{"1151.", true, false, ""},
		{"C10E.", true, false, ""},
		{"G3...", true, false, "three dots"},
		{"9Ndl.00", true, false, "a term code"},
		{"G....", true, false, "a chapter"},
		{"XE2aF11", true, false, "no dot, a term code"},
		{"9ndo.", true, false, "wrong case has the form all the same"},
		{"9Ndo", false, false, "missing dot"},
		{".9Ndo", false, false, "leading dot"},
		{"9N.o.", false, false, "inner dot"},
		{"9Ndo.0", false, false, "half a term code"},
		{"9Ndo.0.", false, false, "dot in the term code"},
		{"9Ndo.00 ", false, false, "white space"},
		{"44054006", false, false, "a SNOMED CT id"},
		{".....", false, false, "dots alone"},
		{"9N-o.", false, false, "hyphen"},
		{"", false, false, "empty"},
	})
}

func TestCTV3Valid(t *testing.T) {
	requireVerdicts(t, identifier.CTV3Valid, nil, []verdict{
		{"XaXj6", true, false, ""},
		{"XaKRy", true, false, ""},
		{"XaLGM", true, false, ""},
		{"XaJrC", true, false, ""},
		{"XaNwR", true, false, ""},
		{"9R1..", true, false, ""},
		{"Xaxj6", true, false, "wrong case has the form all the same"},
		{"YauT5", true, false, "a term id has the form all the same"},
		{"XaXj", false, false, "short"},
		{"XaXj6.", false, false, "long"},
		{"9R1..00", false, false, "a term code"},
		{"Xa-j6", false, false, "hyphen"},
		{"X aXj", false, false, "space"},
		{"", false, false, "empty"},
	})
}

func TestBNFValid(t *testing.T) {
	requireVerdicts(t, identifier.BNFValid, nil, []verdict{
		{"0407010H0AAAMAM", true, false, ""},
		{"0208020V0AAADAD", true, false, ""},
		{"0403040X0AAAAAA", true, false, ""},
		{"0407010P0AAABAB", true, false, ""},
		{"0602010V0AABXBX", true, false, ""},
		{"0604011G0BIABAU", true, false, "a brand"},
		{"21010900600", true, false, "an appliance"},
		{"0407010H0AAAMA", false, false, "fourteen"},
		{"407010H0AAAMAM", false, false, "lost a leading zero"},
		{"0407010h0aaamam", false, false, "case"},
		{"04.07.01", false, false, "a section"},
		{"O407010H0AAAMAM", false, false, "the letter O"},
		{"4070100000000000", false, false, "sixteen digits"},
		{"04070100600", false, false, "eleven digits, no appliance chapter"},
		{"24010900600", false, false, "no chapter 24"},
		{"0407010-0AAAMAM", false, false, "hyphen"},
		{"", false, false, "empty"},
	})
}

func TestODS(t *testing.T) {
	requireVerdicts(t, identifier.ODSValid, identifier.ODSDefault, []verdict{
		{"A85611", true, false, ""},
		{"A86025", true, false, ""},
		{"J83601", true, false, ""},
		{"Y00925", true, false, ""},
		{"A81001", true, false, ""},
		{"W97001", true, false, "Wales"},
		{"V81997", true, true, "no practice"},
		{"V81998", true, true, "not applicable"},
		{"V81999", true, true, "unknown"},
		{"X99998", true, true, "organisation not applicable"},
		{"X99999", true, true, "organisation unknown"},
		{"Q99", false, true, "trust unknown"},
		{"A8100", false, false, "short"},
		{"A810011", false, false, "long"},
		{"a85611", false, false, "case"},
		{"5D7", false, false, "a primary care trust"},
		{"R1A", false, false, "a trust"},
		{"A8561O", false, false, "the letter O"},
		{"", false, false, "empty"},
	})
}

func TestGMP(t *testing.T) {
	requireVerdicts(t, identifier.GMPValid, identifier.GMPDefault, []verdict{
		{"G3426500", true, false, ""},
		{"G8012344", true, false, ""},
		{"G3305007", true, false, ""},
		{"G1234569", true, false, ""},
		{"G8576541", true, false, ""},
		{"G9999998", true, true, "unknown"},
		{"G9999981", true, true, "no registered practitioner"},
		{"G3426501", false, false, "check digit"},
		{"G6123456", false, false, "a spurious number begins with 6"},
		{"G7012345", false, false, "7 is not in use"},
		{"3426500", false, false, "no G"},
		{"G342650", false, false, "no check digit"},
		{"C3426500", false, false, "a consultant"},
		{"g3426500", false, false, "case"},
		{"C9999998", false, true, "consultant unknown"},
		{"P9999981", false, true, "prison doctor"},
		{"A9999998", false, true, "forces doctor"},
		{"R9999981", false, true, "referrer"},
		{"X9999998", false, true, "referrer unknown"},
		{"H9999998", false, true, "other professional"},
		{"N9999998", false, true, "nurse"},
		{"", false, false, "empty"},
	})
}

func TestUBRNValid(t *testing.T) {
	requireVerdicts(t, identifier.UBRNValid, nil, []verdict{
		{"000012345678", true, false, ""},
		{"00001234567", false, false, "eleven"},
		{"0000123456789", false, false, "thirteen"},
		{"0000 1234 5678", false, false, "as shown to people"},
		{"00001234567X", false, false, "a letter"},
		{"", false, false, "empty"},
	})
}

// The forms shut each other out where a column could hold either.
func FuzzCodes(f *testing.F) {
	for _, seed := range []string{"", "9Ndo.", "XaXj6", "0407010H0AAAMAM", "A81001", "G3426500", "000012345678"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if identifier.CTV3Valid(b) {
			require.True(t, identifier.Read2Valid(b))
			require.False(t, identifier.SCTIDValid(b))
		}
		require.False(t, identifier.ODSValid(b) && identifier.GMPValid(b))
		if identifier.BNFValid(b) || identifier.UBRNValid(b) || identifier.GMPValid(b) {
			require.False(t, identifier.CTV3Valid(b))
		}
		identifier.ODSDefault(b)
		identifier.GMPDefault(b)
	})
}

func TestNothingAllocates(t *testing.T) {
	texts := [][]byte{[]byte("943 476 5919"), []byte("42109611000001109"), []byte("V81999"), []byte("G9999998"), []byte("1.23E+17")}
	require.Zero(t, testing.AllocsPerRun(10, func() {
		for _, b := range texts {
			identifier.NHSNumberWith(b, identifier.Options{})
			identifier.NHSNumberRead(b, identifier.Options{})
			for _, check := range []func([]byte) bool{
				identifier.SCTIDConcept, identifier.SCTIDRounded, identifier.DMDValid, identifier.Read2Valid,
				identifier.CTV3Valid, identifier.BNFValid, identifier.ODSValid, identifier.ODSDefault,
				identifier.GMPValid, identifier.GMPDefault, identifier.UBRNValid,
			} {
				check(b)
			}
		}
	}))
}
