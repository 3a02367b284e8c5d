package mapping

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"

	"paperlight/rules/identifier"
)

// numberStates and numberRanges are the texts of the states and ranges, by
// their number, made once so that a step allocates nothing.
var (
	numberStates = spelled(identifier.Valid, identifier.BadCheck, identifier.BadForm, identifier.Dummy, identifier.Missing)
	numberRanges = spelled(identifier.England, identifier.Scotland, identifier.NorthernIreland, identifier.Test, identifier.Other)
)

func spelled[T interface {
	~uint8
	String() string
}](values ...T) *[256][]byte {
	m := new([256][]byte)
	for _, v := range values {
		m[v] = []byte(v.String())
	}
	return m
}

// numberState turns an NHS number into what it looks like.
func numberState(o identifier.Options) step {
	return func(cell []byte) ([]byte, state) {
		s, _ := identifier.NHSNumberWith(asNumber(cell), o)
		return numberStates[s], present
	}
}

// numberRange turns an NHS number into the number space that it lies in;
// absent where it lies in none.
func numberRange(o identifier.Options) step {
	return func(cell []byte) ([]byte, state) {
		_, r := identifier.NHSNumberWith(asNumber(cell), o)
		return numberRanges[r], present
	}
}

// numberKey turns the ten digits of an NHS number into 16 hex digits that are
// equal for equal numbers under one key; absent where there are no ten digits,
// so that words in the column are nobody's number, and where the number is a
// dummy: two patients under 000 000 0000 are not one person. What a spreadsheet
// made of a number cannot be read.
func numberKey(key [16]byte, o identifier.Options) step {
	var sum [8]byte
	text := make([]byte, 16)
	return func(cell []byte) ([]byte, state) {
		if identifier.NHSNumberRounded(cell) {
			return nil, malformed
		}
		number, s, _ := identifier.NHSNumberRead(asNumber(cell), o)
		if s != identifier.Valid && s != identifier.BadCheck {
			return nil, absent
		}
		binary.BigEndian.PutUint64(sum[:], number)
		binary.BigEndian.PutUint64(sum[:], sipHash(&key, sum[:]))
		hex.Encode(text, sum[:])
		return text, present
	}
}

// asNumber takes off what programs put round a number that they hold as text, or as a
// float: '9434765919 and 9434765919.0.
func asNumber(cell []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimPrefix(cell, []byte("'")), []byte(".0"))
}
