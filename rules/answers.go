package rules

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/schema"
)

// A Declaration is one dated answer of a practice about what data cannot show,
// as declarations.yaml and the table declarations hold it.
type Declaration struct {
	Key string
	// Practice is empty for an answer of every practice of the extract.
	Practice string
	// Answer is one of the answers below, or empty where the declaration is a
	// count alone.
	Answer         string
	Evidence, Role string
	Date           calendar.Day // where HasDate
	HasDate        bool
	// Count, where HasCount, is of things left undone. Without an Answer, 0 is
	// yes and anything above is no.
	Count    int64
	HasCount bool
	// VerifiedBy is the assessor who signed it, on VerifiedDate where
	// HasVerifiedDate.
	VerifiedBy      string
	VerifiedDate    calendar.Day
	HasVerifiedDate bool
	// File is where it was read, with the Record of a table or the Line of a page.
	File   string
	Record int64
	Line   int
	// Unread are the columns that hold something and could not be read.
	Unread []string
}

// The answers.
const (
	Yes            = "yes"
	No             = "no"
	NotApplicable  = "not_applicable"
	SupplierHosted = "supplier_hosted"
)

// answers are what may be answered.
var answers = []string{Yes, No, NotApplicable, SupplierHosted}

// MaxAnswers bounds the bytes of a file of answers, which may be those of many practices.
const MaxAnswers = 1 << 20

// ParseAnswers reads a list of answers:
//
//   - key: commissioner-consent
//     answer: yes
//     date: 2026-02-01
//     evidence: letter of 1 February 2026, shared drive
//     role: practice manager
//
// A key that terms lack is a fault. The error is every fault, with line and column,
// the question that it is about and what to write.
func ParseAnswers(file string, text []byte, terms map[string]AnswerTerms) ([]Declaration, error) {
	if len(text) > MaxAnswers {
		return nil, &Error{File: file, Line: 1, Column: 1, Message: fmt.Sprintf("is larger than %d KiB", MaxAnswers>>10)}
	}
	tree, err := parseYAML(file, text)
	if err != nil {
		var e *Error
		if errors.As(err, &e) { // what the parser quotes may be data of the practice
			e.Message = strings.TrimRight(quotedPart.ReplaceAllString(e.Message, ""), ": ")
		}
		return nil, err
	}
	f := &faults{}
	d := &document{file: file, faults: f, private: true}
	if tree.kind != list {
		d.fault(tree, "begin each answer with `- key: ...`", "want a list of answers")
		return nil, f.err()
	}
	keys := slices.Sorted(maps.Keys(terms))
	var out []Declaration
	for _, item := range tree.items {
		a := Declaration{File: file, Line: item.line}
		asked, about := item.at("key").text, "" // the key may stand anywhere
		t, known := terms[asked]
		if known = known && item.has("key"); known {
			about = " for the question " + asked
		} else {
			t = AnswerTerms{Answers: answers}
		}
		d.object(item, "an answer", []key{
			{"key", true, func(v *value) {
				if a.Key = d.plain(v); !known {
					d.fault(v, cmp.Or(schema.DidYouMean(a.Key, keys), "paperlight declare new lists what is asked"), "no rule asks for an answer of this name")
				}
			}},
			{"practice", false, func(v *value) { a.Practice = d.plain(v) }},
			{"answer", false, func(v *value) {
				if a.Answer = cmp.Or(schema.AnswerWords()[strings.ToLower(strings.TrimSpace(d.plain(v)))], d.plain(v)); a.Answer != "" && !slices.Contains(answers, a.Answer) {
					d.fault(v, "", "the answer%s is not one that can be read: write %s", about, t.Words())
				}
			}},
			{"count", false, func(v *value) {
				if v.kind == null {
					return
				}
				n, err := strconv.ParseInt(d.plain(v), 10, 64)
				if err != nil || n < 0 {
					d.fault(v, "", "the count%s is not one that can be read: write a whole number, such as 0 or 12", about)
					return
				}
				a.Count, a.HasCount = n, true
			}},
			{"date", false, func(v *value) { a.Date, a.HasDate = d.day(v, "the date"+about) }},
			{"evidence", false, func(v *value) { a.Evidence = d.plain(v) }},
			{"role", false, func(v *value) { a.Role = d.plain(v) }},
			{"verified_by", false, func(v *value) { a.VerifiedBy = d.plain(v) }},
			{"verified_date", false, func(v *value) { a.VerifiedDate, a.HasVerifiedDate = d.day(v, "the verified_date"+about) }},
		})
		out = append(out, a)
	}
	return Answered(out), f.err()
}

// quotedPart is what a message quotes.
var quotedPart = regexp.MustCompile("[\"'`].*[\"'`] ?")

// plain is a scalar as written; nothing is the empty text.
func (d *document) plain(v *value) string {
	if v.kind == null {
		return ""
	}
	if v.kind != scalar {
		d.fault(v, "", "want text")
		return ""
	}
	return v.text
}

// day reads a date; nothing is no date. People write the day first here. what names
// it.
func (d *document) day(v *value, what string) (calendar.Day, bool) {
	text := d.plain(v)
	if text == "" {
		return 0, false
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t, err = time.Parse("2/1/2006", text)
	}
	if err != nil {
		d.fault(v, "", "%s is not one that can be read: write it as 2026-03-31 or 31/3/2026", what)
		return 0, false
	}
	return calendar.DayOf(t), true
}
