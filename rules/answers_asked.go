package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"paperlight/analyzer/calendar"
)

// An Ask is one answer that can settle a rule, or that its conditions read.
type Ask struct {
	Key string
	// Count: the answer gives a number. Read: conditions read the answer, so
	// only yes says anything, with its date.
	Count, Read bool
}

// declaredForm finds what conditions read of declarations.
var declaredForm = regexp.MustCompile(`declared\(\s*["']([^"']*)["']\s*\)\.(\w+)`)

// declaredParts are the keys and parts of declarations that a text reads.
func declaredParts(text string) [][]string {
	if !strings.Contains(text, "declared") { // most do not
		return nil
	}
	return declaredForm.FindAllStringSubmatch(text, -1)
}

// Asks returns the answers that can settle the rule, in the order of the page.
func (r *Rule) Asks() []Ask {
	var out []Ask
	if r.Declares != "" {
		out = append(out, Ask{Key: r.Declares, Count: r.CountOf != ""})
	}
	for _, text := range r.conditions() {
		for _, found := range declaredParts(text) {
			i := slices.IndexFunc(out, func(a Ask) bool { return a.Key == found[1] })
			if i < 0 {
				out, i = append(out, Ask{Key: found[1]}), len(out)
			}
			out[i].Read = out[i].Read || found[1] != r.Declares
			out[i].Count = out[i].Count || found[2] == "count"
		}
	}
	return out
}

// AnswerKeys returns the keys of all answers that rules and definitions of the
// catalogue ask for, sorted.
func (c *Catalogue) AnswerKeys() []string {
	var out []string
	for _, r := range c.Rules {
		for _, a := range r.Asks() {
			out = append(out, a.Key)
		}
	}
	for _, d := range c.Definitions {
		for _, alternative := range d.Alternatives {
			for _, found := range declaredParts(alternative.Text) {
				out = append(out, found[1])
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Standing says how long an answer to the rule stands, for people.
func (r *Rule) Standing() string {
	switch {
	case r.AnswerStands == UntilWithdrawn:
		return "until it is withdrawn"
	case r.AnswerStands == 1:
		return "1 month"
	case r.AnswerStands > 1:
		return fmt.Sprintf("%d months", r.AnswerStands)
	}
	return "12 months, or 3 months for a count"
}

// A Question is an answer asked of a practice.
type Question struct {
	Ask
	// Rules are what the answer bears on; the first words the question.
	Rules []*Rule
	// Practice is the id of the practice asked; empty where there is only one.
	Practice string
	// Why says what the extract or an earlier answer lacks.
	Why []string
}

// WriteQuestions appends the questions to b as YAML that ParseAnswers reads,
// each unanswered, with what to look at as comments.
func WriteQuestions(b *strings.Builder, questions []Question) {
	for _, q := range questions {
		r := q.Rules[0]
		b.WriteString("\n")
		comment(b, r.Question()+" ("+r.ID+")")
		for _, other := range q.Rules[1:] {
			comment(b, "Also for: "+other.Question()+" ("+other.ID+")")
		}
		if r.WhereToLook != "" {
			comment(b, "Where to look: "+r.WhereToLook)
		}
		for _, why := range q.Why {
			comment(b, "Why we ask: "+why)
		}
		comment(b, q.howToAnswer())
		fmt.Fprintf(b, "- key: %s\n", q.Key)
		if q.Practice != "" {
			fmt.Fprintf(b, "  practice: %s\n", quoted(q.Practice))
		}
		b.WriteString("  answer:\n")
		if q.Count {
			b.WriteString("  count:")
			if r.CountOf != "" {
				b.WriteString(" # " + oneLine(r.CountOf))
			}
			b.WriteString("\n")
		}
		b.WriteString("  date:\n  evidence:\n  role:\n")
	}
}

// howToAnswer says what may be answered, and how long it stands.
func (q *Question) howToAnswer() string {
	switch {
	case q.Read && q.Count:
		return "Answer yes, with the count and the date. Both are needed."
	case q.Read:
		return "Answer yes, with the date. The date is needed."
	}
	terms := q.Rules[0].AnswerTerms()
	words := "Answer " + terms.Words()
	if q.Count {
		words += ", or just give the count: 0 means yes"
	}
	return words + ". " + q.Valid()
}

// Takes are the answers that the question takes.
func (q *Question) Takes() []string {
	if q.Read {
		return []string{Yes}
	}
	return q.Rules[0].AnswerTerms().Answers
}

// Valid says how long an answer stands: "Valid for 12 months."; empty where conditions
// alone read it.
func (q *Question) Valid() string {
	r := q.Rules[0]
	standing := r.Standing()
	switch {
	case q.Read:
		return ""
	case r.AnswerStands == 0 && !q.Count:
		standing = "12 months"
	}
	return "Valid " + validFor(standing) + "."
}

func validFor(standing string) string {
	if strings.HasPrefix(standing, "until") {
		return standing
	}
	return "for " + standing
}

// commentWidth is where comments are folded.
const commentWidth = 100

// comment writes text as lines of a YAML comment.
func comment(b *strings.Builder, text string) {
	line := "#"
	for _, word := range strings.Fields(oneLine(text)) {
		if len(line)+1+len(word) > commentWidth && line != "#" {
			b.WriteString(line + "\n")
			line = "#  "
		}
		line += " " + word
	}
	b.WriteString(line + "\n")
}

// oneLine keeps control characters, which the pages of others and the cells of
// an extract may hold, out of a comment.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))
}

// quoted is s as a quoted scalar of YAML.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r >= 0x7f && r < 0xa0:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// WriteAnswers appends answers to b as YAML that ParseAnswers reads as they are.
func WriteAnswers(b *strings.Builder, answers []Declaration) {
	for i := range answers {
		a := &answers[i]
		fmt.Fprintf(b, "\n- key: %s\n", a.Key)
		for _, f := range []struct{ name, text string }{{"practice", a.Practice}, {"answer", a.Answer}, {"date", dayWritten(a.Date, a.HasDate)},
			{"count", countWritten(a)}, {"evidence", a.Evidence}, {"role", a.Role}, {"verified_by", a.VerifiedBy}, {"verified_date", dayWritten(a.VerifiedDate, a.HasVerifiedDate)}} {
			if f.text != "" {
				fmt.Fprintf(b, "  %s: %s\n", f.name, quoted(f.text))
			}
		}
	}
}

func dayWritten(d calendar.Day, has bool) string {
	if !has {
		return ""
	}
	return d.String()
}

func countWritten(a *Declaration) string {
	if !a.HasCount {
		return ""
	}
	return strconv.FormatInt(a.Count, 10)
}
