package rules

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
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

// ParseAnswers reads a list of answers:
//
//   - key: commissioner-consent
//     answer: yes
//     date: 2026-02-01
//     evidence: letter of 1 February 2026, shared drive
//     role: practice manager
//
// A key that is none of keys is a fault. The error is every fault, with line and
// column.
func ParseAnswers(file string, text []byte, keys []string) ([]Declaration, error) {
	if len(text) > maxPage {
		return nil, &Error{File: file, Line: 1, Column: 1, Message: fmt.Sprintf("is larger than %d KiB", maxPage>>10)}
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
	var out []Declaration
	for _, item := range tree.items {
		a := Declaration{File: file, Line: item.line}
		d.object(item, "an answer", []key{
			{"key", true, func(v *value) {
				if a.Key = d.plain(v); !contains(keys, a.Key) {
					d.fault(v, cmp.Or(schema.DidYouMean(a.Key, keys), "paperlight declare new lists what is asked"), "no rule asks for an answer of this name")
				}
			}},
			{"practice", false, func(v *value) { a.Practice = d.plain(v) }},
			{"answer", false, func(v *value) {
				if a.Answer = cmp.Or(schema.AnswerWords()[strings.ToLower(strings.TrimSpace(d.plain(v)))], d.plain(v)); a.Answer != "" && !contains(answers, a.Answer) {
					d.fault(v, "", "want one of %s", strings.Join(answers, ", "))
				}
			}},
			{"count", false, func(v *value) {
				if v.kind == null {
					return
				}
				n, err := strconv.ParseInt(d.plain(v), 10, 64)
				if err != nil || n < 0 {
					d.fault(v, "", "want a whole number")
					return
				}
				a.Count, a.HasCount = n, true
			}},
			{"date", false, func(v *value) { a.Date, a.HasDate = d.day(v) }},
			{"evidence", false, func(v *value) { a.Evidence = d.plain(v) }},
			{"role", false, func(v *value) { a.Role = d.plain(v) }},
			{"verified_by", false, func(v *value) { a.VerifiedBy = d.plain(v) }},
			{"verified_date", false, func(v *value) { a.VerifiedDate, a.HasVerifiedDate = d.day(v) }},
		})
		out = append(out, a)
	}
	return Answered(out), f.err()
}

// quotedPart is what a message quotes.
var quotedPart = regexp.MustCompile("[\"'`].*[\"'`] ?")

func contains(list []string, s string) bool {
	for _, one := range list {
		if one == s {
			return true
		}
	}
	return false
}

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

// day reads a date; nothing is no date. People write the day first here.
func (d *document) day(v *value) (calendar.Day, bool) {
	text := d.plain(v)
	if text == "" {
		return 0, false
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t, err = time.Parse("2/1/2006", text)
	}
	if err != nil {
		d.fault(v, "", "want a date YYYY-MM-DD, or day/month/year")
		return 0, false
	}
	return calendar.DayOf(t), true
}
