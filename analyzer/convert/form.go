package convert

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/rules/identifier"
)

// withheld stands for what has not the form of its column: it is no code of any system
// and no organisation's, as what stood there was not.
const withheld = "withheld"

// A form is what the texts of a column may look like in a copy that leaves.
type form uint8

const (
	anyForm form = iota
	codeForm
	organisationForm
	periodForm
	// commonWord: words that enough people have in common.
	commonWord
	// knownWord: words of a list that is worked out for the extract.
	knownWord
)

var (
	codeLetters  = regexp.MustCompile(`^[A-Za-z0-9.^_-]{1,24}$`)
	postcode     = regexp.MustCompile(`^[A-Za-z]{1,2}[0-9][0-9A-Za-z]?[0-9][A-Za-z]{2}$`)
	organisation = regexp.MustCompile(`^[A-Z0-9]{3,8}$`)
	writtenDate  = regexp.MustCompile(`^[0-9]{1,4}[-.][0-9]{1,2}[-.][0-9]{1,4}$`)
	period       = regexp.MustCompile(`^[0-9]{4}-(Q[1-4]|[0-9]{2})$`)
)

// looksLikeCode reports whether a text may be a clinical code. A word, a full postcode
// and a number that is an NHS number, or a telephone's, are none.
func looksLikeCode(text []byte) bool {
	if !codeLetters.Match(text) {
		return false
	}
	switch {
	case len(text) >= 10 && isNHSNumber(text):
		return identifier.SCTIDValid(text)
	case writtenDate.Match(text):
		return false
	case digits(text) && len(text) == 11 && text[0] == '0':
		return false
	case len(text) >= 6 && postcode.Match(text):
		return false
	case len(text) > 7 && !bytes.ContainsAny(text, "0123456789"):
		return false
	}
	return true
}

// isNHSNumber reports whether a text is ten digits, with dots or hyphens between them or
// without. Only SNOMED CT has codes that are, and these have a check digit of their own.
func isNHSNumber(text []byte) bool {
	bare := bytes.Map(func(r rune) rune {
		if r == '-' || r == '.' {
			return -1
		}
		return r
	}, text)
	return len(bare) == 10 && digits(bare)
}

// fits reports whether a text has the form. words are those that may stand, where a list
// decides.
func (f form) fits(text []byte, words map[string]bool) bool {
	switch f {
	case codeForm:
		return looksLikeCode(text)
	case organisationForm:
		return organisation.Match(text) && !postcode.Match(text) && !digits(text)
	case periodForm:
		return period.Match(text)
	case commonWord, knownWord:
		return words[string(text)]
	}
	return true
}

// most is a number that nothing in a record is counted or measured as, and that an NHS
// number or a telephone's is above.
const most = 1e9

// few is how many people at most have a word in common for it to lead to one of them;
// fewRows how many rows of a list of staff.
const few, fewRows = 7, 2

// mostWords bounds the different words of a column: no list of units has more.
const mostWords = 1 << 16

// longestWord bounds a word that can be common.
const longestWord = 40

// commonWords are the words of a column that more than few patients have, or more than
// fewRows rows where the table has no patients.
func commonWords(ctx context.Context, t *extract.Table, c *schema.Column) (map[string]bool, error) {
	columns := []*schema.Column{c}
	if p := t.Schema.Patient; p != nil && t.Supplied[p.Index] {
		columns = append(columns, p)
	}
	who := map[string][]uint64{}
	rows := uint64(0)
	for _, part := range t.Parts {
		for b, err := range part.Scan(ctx, columns) {
			var word, patient extract.Vector
			if err == nil {
				word, err = b.View(0)
			}
			if err == nil && len(columns) > 1 {
				patient, err = b.View(1)
			}
			if err != nil {
				return nil, err
			}
			for i := range b.Rows() {
				if rows++; !bitmap.Known(word.Known, i) {
					continue
				}
				text := textOf(&word, i)
				have, known := who[string(text)]
				one := rows
				if len(columns) > 1 {
					if !bitmap.Known(patient.Known, i) {
						continue
					}
					one = xxh3.Hash(textOf(&patient, i))
				}
				if len(text) > longestWord || len(have) > few || slices.Contains(have, one) || !known && len(who) >= mostWords {
					continue
				}
				who[string(text)] = append(have, one)
			}
		}
	}
	out := map[string]bool{}
	for word, of := range who {
		if len(of) > few || len(columns) == 1 && len(of) > fewRows {
			out[word] = true
		}
	}
	return out, nil
}

// tablesNamed are the tables that a text names, of those that there are.
func tablesNamed(text string) string {
	var names []string
	for _, name := range strings.Fields(text) {
		if schema.Lookup(name) != nil {
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}
