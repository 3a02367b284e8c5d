package rules

import (
	"cmp"
	"fmt"
	"paperlight/analyzer/calendar"
	"slices"
	"strconv"
	"strings"
)

// A Standing is what the answers to one question come to in one practice.
type Standing struct {
	// Answer is the one that counts; nil leaves the question open.
	Answer *Declaration
	// Flaw says what a no lacks that counts all the same; Why, where the question
	// is open, what is wrong with the answers given.
	Flaw Flaw
	Why  []Flaw
}

// Flaws are what is wrong with the answers given, be the question open or not.
func (s *Standing) Flaws() []Flaw {
	return slices.DeleteFunc(append(slices.Clone(s.Why), s.Flaw), func(f Flaw) bool { return f.Says == "" })
}

// A Flaw is what is wrong with an answer, and where it stands. No value is in it.
type Flaw struct {
	At, Says string
}

// Text is the flaw for people, with its place where that may be shown.
func (f Flaw) Text(placed bool) string {
	if f.Says == "" || f.At == "" || !placed {
		return f.Says
	}
	return f.At + ": " + f.Says
}

// Stand weighs the answers to a question in a practice as of a day. What an answer
// lacks takes away only what it would help: a no counts without date or evidence,
// and one that nobody can read, or that has no date, leaves the question open.
// Both beat each answer that is not known to be later. Of the others the latest
// counts, and of two of one day the less favourable.
func (t *AnswerTerms) Stand(key, practice string, given []Declaration, asOf calendar.Day) Standing {
	var helps, against *Declaration
	var noes, unclear, fallen []*Declaration
	for i := range given {
		d := &given[i]
		if d.Key != key || d.Practice != "" && d.Practice != practice {
			continue
		}
		switch {
		case t.refuses(d):
			noes = append(noes, d)
		case t.unclear(d, asOf):
			unclear = append(unclear, d)
		case t.Unfit(d, asOf) != "":
			fallen = append(fallen, d)
		case helps == nil || t.outranks(d, helps):
			helps = d
		}
	}
	replaced := func(d *Declaration) bool { return helps != nil && d.HasDate && d.Date < helps.Date }
	for _, d := range noes {
		if !replaced(d) && (against == nil || t.beats(d, against)) {
			against = d
		}
	}
	if against != nil {
		return Standing{Answer: against, Flaw: t.flaw(against, asOf)}
	}
	unclear = slices.DeleteFunc(unclear, replaced)
	if helps != nil && len(unclear) == 0 {
		return Standing{Answer: helps}
	}
	var out Standing
	if helps == nil {
		unclear = append(unclear, fallen...)
	}
	for _, d := range unclear {
		f := t.flaw(d, asOf)
		if helps != nil {
			f.Says += ". The older answer does not count either. Put this one right, or take it out"
		}
		out.Why = append(out.Why, f)
	}
	slices.SortFunc(out.Why, func(a, b Flaw) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Says, b.Says)) })
	out.Why = slices.Compact(out.Why)
	return out
}

// beats reports whether a is shown, of two that say no: the later, an undated one
// last.
func (t *AnswerTerms) beats(a, b *Declaration) bool {
	if a.HasDate != b.HasDate {
		return a.HasDate
	}
	return t.outranks(a, b)
}

// outranks reports whether a is the answer that counts, of two that are fit. Of
// two that say the same, the one that nobody verified does.
func (t *AnswerTerms) outranks(a, b *Declaration) bool {
	n := t.Compare(a, b)
	return n > 0 || n == 0 && b.HasVerifiedDate && !a.HasVerifiedDate
}

// refuses reports whether an answer says no, in a word that the question takes or
// by its count.
func (t *AnswerTerms) refuses(a *Declaration) bool {
	return t.Settle(a) == No && !t.contradicts(a) && a.Count >= 0 && (a.Answer != No || slices.Contains(t.Answers, No))
}

// unclear reports whether nobody can tell what an answer says, or of which day it
// is. Only a plain yes is sure to help: a count that conditions read, and a
// not_applicable, that is no evidence is unclear too.
func (t *AnswerTerms) unclear(a *Declaration, asOf calendar.Day) bool {
	_, nonsense := t.nonsense(a)
	return !a.HasDate || t.unread(a) != "" || nonsense != "" || (t.Counted || t.Settle(a) != Yes) && t.Unfit(a, asOf) != ""
}

// unread is the first column of an answer that the question needs and that could
// not be read.
func (t *AnswerTerms) unread(a *Declaration) string {
	for _, column := range []string{"answer", "date", "count"} {
		if slices.Contains(a.Unread, column) && (column != "count" || t.Left || t.Counted) {
			return column
		}
	}
	return ""
}

// wants is what a column of an answer must hold.
func (t *AnswerTerms) wants(column string) string {
	switch column {
	case "date":
		return "want a date YYYY-MM-DD, or day/month/year"
	case "count":
		return "want a whole number"
	}
	return "want " + t.Words()
}

// flaw says what is wrong with an answer, and which column of which record shows
// it.
func (t *AnswerTerms) flaw(a *Declaration, asOf calendar.Day) Flaw {
	column, says := t.fault(a, asOf)
	at := a.Place()
	if column != "" && at != "" {
		at += ", " + column
	}
	return Flaw{At: at, Says: says}
}

// Place is the file of an answer and its record or line there; empty where nobody
// knows.
func (d *Declaration) Place() string {
	switch {
	case d.File == "":
		return ""
	case d.Record > 0:
		return fmt.Sprintf("%s record %d", d.File, d.Record)
	}
	return fmt.Sprintf("%s line %d", d.File, d.Line)
}

// placesShown bounds the places that Places lists.
const placesShown = 5

// Places lists where answers stand: each file with its records or lines.
func Places(given []Declaration) string {
	type file struct {
		name    string
		records bool
	}
	var files []file
	numbers := map[file][]int64{}
	for i := range given {
		d := &given[i]
		f := file{cmp.Or(d.File, "answers"), d.Record > 0}
		if numbers[f] == nil {
			files = append(files, f)
		}
		numbers[f] = append(numbers[f], cmp.Or(d.Record, int64(d.Line)))
	}
	var out []string
	for _, f := range files {
		what := "line"
		if f.records {
			what = "record"
		}
		list := numbers[f]
		slices.Sort(list)
		if len(list) > 1 {
			what += "s"
		}
		var words []string
		for _, n := range list[:min(len(list), placesShown)] {
			words = append(words, strconv.FormatInt(n, 10))
		}
		if more := len(list) - placesShown; more > 0 {
			words = append(words, fmt.Sprintf("and %d more", more))
		}
		out = append(out, f.name+" "+what+" "+strings.Join(words, ", "))
	}
	return strings.Join(out, "; ")
}

// blank reports whether nothing is written but the question: nobody has answered
// yet, and that counts neither for nor against.
func (d *Declaration) blank() bool {
	return d.Answer == "" && !d.HasCount && !d.HasDate && len(d.Unread) == 0 &&
		strings.TrimSpace(d.Evidence+d.Role+d.VerifiedBy) == "" && !d.HasVerifiedDate
}

// Answered leaves out the questions that nobody has answered yet.
func Answered(given []Declaration) []Declaration {
	return slices.DeleteFunc(given, func(d Declaration) bool { return d.blank() })
}
