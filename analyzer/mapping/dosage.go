package mapping

import "bytes"

// The words by which a dosage is judged: every phrase as the text reads in
// lower case with one blank for whatever is neither letter nor digit. A dose
// (a number, or how often) makes it stated, whatever else it says; else a
// phrase of asNeeded makes it when_required and one of asDirected as_directed;
// any other words count as a statement.
var (
	asNeeded = phrases(
		"prn", "p r n", "when required", "as required", "if required", "when needed", "as needed", "if needed",
		"when necessary", "if necessary", "as necessary", "sos", "when reqd", "as reqd", "if reqd",
	)
	asDirected = phrases(
		"as directed", "mdu", "m d u", "ud", "as dir", "use as prescribed", "as prescribed", "as advised", "as instructed",
		"as indicated", "per instructions", "see instructions", "as per protocol", "asd", "directed",
	)
	doses = phrases(
		"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "half", "once", "twice", "thrice",
		"daily", "od", "bd", "bid", "tds", "tid", "qds", "qid", "nocte", "mane", "om", "weekly", "monthly",
		"every", "each", "hourly", "morning", "night", "bedtime",
	)
)

func phrases(words ...string) [][]byte {
	out := make([][]byte, len(words))
	for i, w := range words {
		out[i] = []byte(" " + w + " ")
	}
	return out
}

var (
	dosageStated     = []byte("stated")
	dosageDirected   = []byte("as_directed")
	dosageWhenNeeded = []byte("when_required")
	dosageEmpty      = []byte("empty")
)

// longestDosage bounds the text that is looked at: what is longer states
// something.
const longestDosage = 512

// dosageState turns a dosage as written into what it says. Texts that come
// again are judged once.
func dosageState() step {
	var seen memo
	var judged [][]byte
	var plain []byte
	return func(cell []byte) ([]byte, state) {
		e, ok := seen.number(cell)
		if ok && int(e) < len(judged) {
			return judged[e], present
		}
		var says []byte
		says, plain = judgeDosage(cell, plain[:0])
		if ok {
			judged = append(judged, says)
		}
		return says, present
	}
}

// judgeDosage uses plain as scratch and returns it, grown.
func judgeDosage(cell, plain []byte) (says, scratch []byte) {
	if len(cell) > longestDosage {
		return dosageStated, plain
	}
	plain = append(plain, ' ')
	for _, c := range cell {
		switch {
		case c-'0' <= 9:
			return dosageStated, plain
		case c-'A' <= 'Z'-'A':
			c |= 0x20
		case c-'a' <= 'z'-'a' || c >= 0x80:
		default:
			if plain[len(plain)-1] == ' ' {
				continue
			}
			c = ' '
		}
		plain = append(plain, c)
	}
	if plain[len(plain)-1] != ' ' {
		plain = append(plain, ' ')
	}
	switch {
	case len(plain) == 1:
		return dosageEmpty, plain
	case saysAny(plain, doses):
		return dosageStated, plain
	case saysAny(plain, asNeeded):
		return dosageWhenNeeded, plain
	case saysAny(plain, asDirected):
		return dosageDirected, plain
	}
	return dosageStated, plain
}

func saysAny(plain []byte, phrases [][]byte) bool {
	for _, p := range phrases {
		if bytes.Contains(plain, p) {
			return true
		}
	}
	return false
}
