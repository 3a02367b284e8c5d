package privacy

import "bytes"

// phrase are the shapes of two words and more: a line of an address, and the words of
// people who write about people, which terms of codes and dosages do not have.
func (l *looker) phrase(cell []byte) (s shape) {
	numbered, words := false, 0
	for word := range bytes.FieldsFuncSeq(cell, func(r rune) bool { return r == ' ' || r == ',' || r == '\n' || r == '\r' || r == '\t' }) {
		var lower [12]byte
		k := 0
		for _, c := range bytes.TrimRight(word, ".;:!?") {
			if k == len(lower) {
				k = 0
				break
			}
			if letter(c) {
				c |= 0x20
			}
			lower[k] = c
			k++
		}
		w := string(lower[:k])
		numbered = numbered || words < 3 && houseNumber(lower[:k])
		switch {
		case words > 0 && numbered && streetWord(w), words == 0 && dwelling(w), words > 0 && words < 5 && building(w):
			s |= isAddress
		case told(w):
			s |= isProse
		}
		words++
	}
	if sentences(cell) {
		s |= isProse
	}
	if words > 12 {
		s &^= isAddress // a sentence; what it holds is looked for inside
	}
	return s
}

// sentences reports whether a stop ends one sentence and another begins.
func sentences(cell []byte) bool {
	for i := 3; i+2 < len(cell); i++ {
		if c := cell[i]; (c == '.' || c == '?' || c == '!') && space(cell[i+1]) && letter(cell[i-1]) && letter(cell[i-2]) && letter(cell[i-3]) {
			return true
		}
	}
	return false
}

// houseNumber reports whether a word is 12, 12a or 12-14.
func houseNumber(w []byte) bool {
	if len(w) == 0 || len(w) > 5 || !digit(w[0]) {
		return false
	}
	for i, c := range w {
		if !digit(c) && c != '-' && (i != len(w)-1 || !letter(c)) {
			return false
		}
	}
	return true
}

func streetWord(w string) bool {
	switch w {
	case "street", "st", "road", "rd", "lane", "ln", "avenue", "ave", "close", "drive", "way", "gardens", "gdns", "place", "crescent", "court",
		"terrace", "grove", "hill", "square", "mews", "walk", "parade", "row", "rise", "green", "park", "view", "wharf", "yard":
		return true
	}
	return false
}

// dwelling are words that a line of an address begins with.
func dwelling(w string) bool {
	return w == "flat" || w == "apartment" || w == "apt" || w == "maisonette"
}

// building are words that the name of a house ends with.
func building(w string) bool {
	return w == "cottage" || w == "farmhouse" || w == "bungalow" || w == "vicarage" || w == "lodge" || w == "villa"
}

// told are words of those who write down what somebody said or did.
func told(w string) bool {
	switch w {
	case "she", "he", "her", "his", "him", "they", "their", "was", "were", "had", "says", "said", "told", "asked", "asks", "advised", "discussed", "spoke",
		"rang", "called", "feels", "felt", "reports", "reported", "today", "yesterday", "tomorrow", "pt", "please", "wife", "husband", "mum", "dad",
		"daughter", "son", "lives", "seen", "attended", "came", "denies", "wants", "worried":
		return true
	}
	return false
}

// inText looks for identifiers inside a longer text.
func inText(cell []byte) (s shape) {
	var before []byte // the word before, which may be the first half of a postcode
	var run [3][]byte // the last groups of digits
	for at := 0; at < len(cell); {
		start, apart := at, at == 0
		for at < len(cell) && !piece(cell[at]) {
			apart = apart || space(cell[at]) || cell[at] == '(' || cell[at] == ')'
			at++
		}
		if !apart && at > start { // 12/34: what a stroke parts are no groups of one number
			run, before = [3][]byte{}, nil
		}
		start = at
		for at < len(cell) && piece(cell[at]) {
			at++
		}
		word := bytes.Trim(cell[start:at], ".-")
		if len(word) == 0 {
			continue
		}
		s |= inWord(word, before)
		run[0], run[1], run[2] = run[1], run[2], word
		s |= inGroups(run)
		before = word
	}
	return s
}

// piece reports whether a character is one of which numbers, postcodes and addresses
// with @ are made.
func piece(c byte) bool {
	return letter(c) || digit(c) || c >= 0x80 || c == '@' || c == '.' || c == '-' || c == '+' || c == '_'
}

func space(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

func inWord(word, before []byte) (s shape) {
	switch n := len(word); {
	case n > 5 && bytes.IndexByte(word, '@') > 0 && email(word):
		s |= hasEmail
	case n >= 10 && len(number(word)) == 10:
		s |= ten(number(word))
	case n == 12 && inThrees(word) != 0:
		s |= tenOf(inThrees(word))
	case n == 9 && nationalInsurance(word):
		s |= hasNationalInsurance
	case postcode(word):
		s |= hasPostcode
	case n == 3 && len(before) >= 2 && len(before) <= 4:
		var both [7]byte
		if postcode(append(append(both[:0], before...), word...)) {
			s |= hasPostcode
		}
	}
	if n := len(word); n >= 10 && n <= 13 && (word[0] == '0' || word[0] == '+') && telephone(word[:n])&isTelephone != 0 {
		s |= hasTelephone
	}
	return s
}

// ten are the shapes of ten digits inside a text.
func ten(word []byte) shape { return tenOf(healthNumber(word)) }

// number is a word without the label before it, as in NHS9434765919, and the noughts
// after it; nil where that is no number.
func number(word []byte) []byte {
	word = wholeNumber(bytes.TrimLeftFunc(word, func(r rune) bool { return r == '_' || r < 0x80 && letter(byte(r)) }))
	if !allDigits(word) {
		return nil
	}
	return word
}

func tenOf(s shape) shape {
	if s&(isNHS|isCHI|isHC) != 0 {
		return hasTen | hasNHS
	}
	return hasTen
}

// inGroups looks at the last groups of digits together: 943 476 5919, 01632 960 001.
func inGroups(run [3][]byte) (s shape) {
	var all [16]byte
	b := all[:0]
	for _, from := range []int{1, 0} {
		b = b[:0]
		for _, group := range run[from:] {
			if len(group) == 0 || len(group) > 6 || !allDigits(group) || len(b)+len(group) > len(all) {
				return s
			}
			b = append(b, group...)
		}
		if from == 0 && len(run[0]) == 3 && len(run[1]) == 3 && len(run[2]) == 4 {
			s |= ten(b)
		}
		if len(b) >= 10 && len(b) <= 11 && b[0] == '0' && telephone(b)&isTelephone != 0 {
			s |= hasTelephone
		}
	}
	return s
}
