package identifier_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/rules/identifier"
)

func TestNHSNumber(t *testing.T) {
	tests := []struct {
		number    string
		state     string
		placed    string
		withTests string // the state where the range 999 is allowed
	}{
		{"9434765919", "valid", "other", "valid"}, // the textbook example
		{"9876543210", "valid", "other", "valid"},
		{"4505577104", "valid", "england", "valid"},
		{"9449305552", "valid", "other", "valid"},
		{"6541003238", "valid", "england", "valid"},
		{"9693632109", "valid", "other", "valid"},
		{"4010232137", "valid", "england", "valid"},
		{"9990000018", "dummy", "test", "valid"},
		{"9990000026", "dummy", "test", "valid"},
		{"9990000034", "dummy", "test", "valid"},
		{"943 476 5919", "valid", "other", "valid"},
		{"943-476-5919", "valid", "other", "valid"},

		{"9434765918", "bad_check", "", "bad_check"},
		{"9876544321", "bad_check", "", "bad_check"},
		{"9434765929", "bad_check", "", "bad_check"}, // one digit changed
		{"4937765919", "bad_check", "", "bad_check"}, // digits moved
		{"1234567890", "bad_check", "", "bad_check"}, // the check would be 10
		{"9876543211", "bad_check", "", "bad_check"},
		{"9991234560", "dummy", "test", "bad_check"}, // the check would be 10

		{"0000000000", "dummy", "", "dummy"},
		{"1111111111", "dummy", "", "dummy"},
		{"4444444444", "dummy", "", "dummy"},
		{"9999999999", "dummy", "", "dummy"},
		{"999 999 9999", "dummy", "", "dummy"},

		{"943476591", "bad_form", "", "bad_form"},    // nine digits
		{"94347659190", "bad_form", "", "bad_form"},  // eleven
		{"943-476-591O", "bad_form", "", "bad_form"}, // a letter
		{"943-476 5919", "bad_form", "", "bad_form"}, // mixed separators
		{"943.476.5919", "bad_form", "", "bad_form"},
		{"9434 765 919", "bad_form", "", "bad_form"}, // 4-3-3
		{"9434765919\n", "bad_form", "", "bad_form"},
		{" 9434765919 ", "bad_form", "", "bad_form"},
		{" ", "bad_form", "", "bad_form"},
		{"９434765919", "bad_form", "", "bad_form"}, // a full-width digit
		{"", "missing", "", "missing"},
	}
	for _, test := range tests {
		t.Run(test.number, func(t *testing.T) {
			state, placed := identifier.NHSNumberWith([]byte(test.number), identifier.Options{})
			require.Equal(t, test.state, state.String())
			require.Equal(t, test.placed, placed.String())
			state, _ = identifier.NHSNumberWith([]byte(test.number), identifier.Options{AllowTest: true})
			require.Equal(t, test.withTests, state.String())
		})
	}
}

func TestNHSNumberRanges(t *testing.T) {
	tests := []struct {
		first, last uint64 // the bounds of a range, both in it
		placed      identifier.Range
	}{
		{10000000, 100999999, identifier.Other},
		{101000000, 3112999999, identifier.Scotland},
		{3113000000, 3200000009, identifier.England},
		{3200000010, 3999999999, identifier.NorthernIreland},
		{4000000000, 4999999999, identifier.England},
		{5000000000, 5999999999, identifier.Other},
		{6000000000, 7999999999, identifier.England},
		{8000000000, 9989999999, identifier.Other},
		{9990000000, 9999999998, identifier.England}, // the test range, taken as real
	}
	for _, test := range tests {
		for _, bounds := range [][2]uint64{{test.first, test.first + 60}, {test.last - 9, test.last}} {
			valid := 0
			for n := bounds[0]; n <= bounds[1]; n++ {
				state, placed := identifier.NHSNumberWith(fmt.Appendf(nil, "%010d", n), identifier.Options{AllowTest: true})
				if state == identifier.Valid {
					valid++
					require.Equal(t, test.placed, placed, "%010d", n)
				} else {
					require.Equal(t, identifier.NoRange, placed, "%010d", n)
				}
			}
			if bounds[0] == test.first {
				require.NotZero(t, valid, "no valid number after %010d", test.first)
			}
		}
	}
}

func TestNHSNumberReadGivesTheDigits(t *testing.T) {
	for _, form := range []string{"9434765919", "943 476 5919", "943-476-5919"} {
		number, ok := digits([]byte(form))
		require.True(t, ok)
		require.Equal(t, uint64(9434765919), number)
	}
	number, ok := digits([]byte("0000000001")) // no matter the check digit
	require.True(t, ok)
	require.Equal(t, uint64(1), number)
	_, ok = digits([]byte("943476591"))
	require.False(t, ok)
}

// The number and the sum are those of the digits taken one by one.
func TestNHSNumberDigitByDigit(t *testing.T) {
	for i := range uint64(20_000) {
		n := i * 499_999_991 % 10_000_000_000
		b := fmt.Appendf(nil, "%010d", n)
		sum := 0
		for k, c := range b {
			sum += int(c-'0') * (10 - k)
		}
		number, ok := digits(b)
		require.True(t, ok)
		require.Equal(t, n, number)
		state, _ := identifier.NHSNumberWith(b, identifier.Options{AllowTest: true})
		require.Equal(t, n%1111111111 != 0 && sum%11 == 0, state == identifier.Valid, "%010d", n)
		for _, c := range []byte{0, '/', ':', 0x80 | b[0], 0xff} {
			other := append([]byte(nil), b...)
			other[i%10] = c
			_, ok = digits(other)
			require.False(t, ok)
		}
	}
}

func FuzzNHSNumber(f *testing.F) {
	for _, seed := range []string{"", "9434765919", "943 476 5919", "9990000018", "0000000000", "943-476-591O"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		state, placed := identifier.NHSNumberWith(b, identifier.Options{})
		number, ok := digits(b)
		require.Equal(t, len(b) == 0, state == identifier.Missing)
		require.Equal(t, len(b) > 0 && !ok, state == identifier.BadForm)
		require.Equal(t, state == identifier.Valid, placed != identifier.NoRange && placed != identifier.Test)
		if !ok {
			return
		}
		plain := fmt.Appendf(nil, "%010d", number)
		again, _ := identifier.NHSNumberWith(plain, identifier.Options{})
		require.Equal(t, state, again, "the separators change the state")
		if state != identifier.Valid {
			return
		}
		// No other check digit may pass.
		for d := byte('0'); d <= '9'; d++ {
			other := append([]byte(nil), plain...)
			other[9] = d
			state, _ := identifier.NHSNumberWith(other, identifier.Options{})
			require.Equal(t, d == plain[9], state == identifier.Valid)
		}
	})
}

func TestStateAndRangeNames(t *testing.T) {
	require.Equal(t, "unknown", identifier.State(99).String())
	require.Empty(t, identifier.Range(99).String())
	require.Equal(t, "scotland", identifier.Scotland.String())
	require.Equal(t, "northern_ireland", identifier.NorthernIreland.String())
}

// digits are the ten digits of a number, whatever its check digit.
func digits(b []byte) (uint64, bool) {
	number, s, _ := identifier.NHSNumberRead(b, identifier.Options{})
	return number, s != identifier.Missing && s != identifier.BadForm
}
