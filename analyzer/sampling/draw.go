package sampling

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"

	"paperlight/analyzer/report"
	"paperlight/analyzer/visible"
)

// Each is how many records of a rule are drawn of those that meet it, and how many of
// those that do not.
const Each = 20

// About is what was judged. None of it names a record.
type About struct {
	Practice string `json:"practice_id"`
	AsOf     string `json:"as_of"` // YYYY-MM-DD
	// Extract, Rules and Scheme are SHA-256 digests, in hex.
	Extract string `json:"extract_sha256"`
	Rules   string `json:"rules_sha256"`
	Scheme  string `json:"scheme_sha256"`
	// Tool is the version of the program that drew.
	Tool string `json:"tool_version"`
}

// A Rule is one that is checked by hand.
type Rule struct {
	ID       string `json:"rule"`
	Code     string `json:"code"`
	Question string `json:"question"` // what the reader of a record is asked
	// Met and Failing are all records of the extract that meet the rule, and that do not.
	Met     int64 `json:"met"`
	Failing int64 `json:"failing"`
}

// A Record is one that was drawn.
type Record struct {
	Rule              string
	Patient, ID, Date string // Date is YYYY-MM-DD or empty, as is an ID that there is not
	Kind, Code        string // what kind of entry, in words, and its code
	Met               bool   // the program found that it meets the rule
}

// A Line is a record on the tick sheets.
type Line struct {
	Number int // from 1, over all rules
	Record
	// Mark is made of all that the line says, of the draw and of the seed.
	Mark string
	rule *Rule
}

// A Draw is the lines of the sheets, rule by rule. Lines of a rule are in an order that
// tells nothing of what was found.
type Draw struct {
	// ID names the draw on every sheet.
	ID string
	About
	Rules []Rule
	Lines []Line
	seed  Seed
}

// New puts records that were drawn on lines. Rules without a record are left out.
// It takes the slices.
func New(about About, seed Seed, rules []Rule, records []Record) *Draw {
	d := &Draw{About: about, seed: seed}
	slices.SortFunc(rules, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	for i := range records {
		r := &records[i]
		for _, cell := range []*string{&r.Patient, &r.ID, &r.Date, &r.Kind, &r.Code} {
			*cell = visible.Line(*cell)
		}
	}
	for _, rule := range rules {
		if slices.ContainsFunc(records, func(r Record) bool { return r.Rule == rule.ID }) {
			d.Rules = append(d.Rules, rule)
		}
	}
	d.ID = seed.draw(&d.About, ids(d.Rules))
	for i := range d.Rules {
		rule := &d.Rules[i]
		own := slices.DeleteFunc(slices.Clone(records), func(r Record) bool { return r.Rule != rule.ID })
		slices.SortFunc(own, func(a, b Record) int {
			return cmp.Or(bytes.Compare(d.order(&a), d.order(&b)), strings.Compare(strings.Join(a.keys(), "\x00"), strings.Join(b.keys(), "\x00")), cmp.Compare(side(a.Met), side(b.Met)))
		})
		for _, r := range own {
			l := Line{Number: len(d.Lines) + 1, Record: r, rule: rule}
			l.Mark = d.seed.mark(d.ID, l.Number, l.keys())
			d.Lines = append(d.Lines, l)
		}
	}
	return d
}

func side(met bool) int {
	if met {
		return 0
	}
	return 1
}

// draw names the draw of some rules.
func (s Seed) draw(of *About, rules []string) string {
	return code(s.sum(append([]string{"sheets", of.Practice, of.AsOf, of.Extract, of.Rules, of.Scheme}, rules...)...))
}

func ids(rules []Rule) (out []string) {
	for _, r := range rules {
		out = append(out, r.ID)
	}
	return out
}

// keys are the cells by which people find a record, and the rule, as a CSV file has
// them: those of a workbook become so, and not the other way round.
func (r *Record) keys() []string {
	keys := []string{r.Rule, r.Kind, r.Patient, r.ID, r.Date, r.Code}
	for i, key := range keys {
		keys[i] = report.FormulaSafe(key)
	}
	return keys
}

func (d *Draw) order(r *Record) []byte {
	return d.seed.sum(append([]string{"order"}, r.keys()...)...)
}

// mark is that of a line of a draw with these keys.
func (s Seed) mark(draw string, number int, keys []string) string {
	return code(s.sum(append([]string{"line", draw, strconv.Itoa(number)}, keys...)...))
}

// Counts are how many lines a rule has of records that meet it, and of those that do not.
func (d *Draw) Counts(rule string) (met, failing int) {
	for _, l := range d.Lines {
		switch {
		case l.Rule != rule:
		case l.Met:
			met++
		default:
			failing++
		}
	}
	return met, failing
}
