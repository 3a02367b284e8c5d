package rules

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

// placeholders are what a draft says until its author does. The first that a line
// holds is named by what ought to stand there.
var placeholders = []struct{ text, want string }{
	{draftFrom, "where the threshold comes from"},
	{draftFix, "what to do about what fails"},
	{draftMeasures, "what the rule counts and leaves out"},
	{draftMatters, "why it matters"},
	{draftRight, "how to put it right"},
	{draftCase, "cases of your own"},
}

const (
	draftFrom     = "Say here why, or name the published requirement."
	draftFix      = "Say in one or two sentences what to do about what fails."
	draftMeasures = "Say what is counted, what is left out, and what a good record has."
	draftMatters  = "Say what happens to a patient when the record is not good."
	draftRight    = "Say where to look and what to change, for each kind of fault."
	draftCase     = "Replace this case by your own:"
)

// unwritten are the marks that people leave where they have still to write.
var unwritten = regexp.MustCompile(`\b(TODO|FIXME|TBC|TBD|XXX)\b`)

// draftNumber is the number of a code that nobody gave yet.
const draftNumber = "-000"

// unfilled names what is left of a draft: texts that nobody replaced, and a code that
// is missing or none.
func (l *linter) unfilled(r *Rule) {
	switch {
	case r.Code == "":
		l.fault(r.File, 2, 1, "such as code: MED-008; paperlight rules new proposes one that is free", "the rule has no code")
	case strings.HasSuffix(r.Code, draftNumber):
		l.fault(r.File, 2, 1, "take the next number that is free", "the code is still that of a draft")
	}
	l.placeholders(r.File, l.catalogue.lines[r.File])
	for _, one := range r.Whole() {
		l.placeholders(one.CasesFile, strings.Split(string(one.Cases), "\n"))
	}
}

func (l *linter) placeholders(file string, lines []string) {
	for i, line := range lines {
		if at := unwritten.FindStringIndex(line); at != nil {
			l.fault(file, i+1, len([]rune(line[:at[0]]))+1, "write it, and remove the mark", "something is still to be written here")
			continue
		}
		for _, p := range placeholders {
			if before, _, found := strings.Cut(line, p.text); found {
				l.fault(file, i+1, len([]rune(before))+1, "write "+p.want, "the text of the draft stands here still")
				break
			}
		}
	}
}

func (l *linter) fault(file string, line, column int, hint, format string, args ...any) {
	l.warnings = append(l.warnings, Warning{Check: checkDraft.ID, Fault: true, File: file, Line: line, Column: column, Message: fmt.Sprintf(format, args...), Hint: hint})
}

var (
	codeLine   = regexp.MustCompile(`(?m)^code:[ \t]*["']?([A-Z]{2,4})-([0-9]{3})`)
	notLetters = regexp.MustCompile(`[^A-Z]`)
)

// FreeCode proposes a code for the rule called id: the prefix that most rules of its
// set have, or else the first letters of the set, and the number after the highest of
// that prefix. Pages that do not load count too.
func FreeCode(id string, folders ...fs.FS) string {
	set, _, _ := strings.Cut(id, "/")
	prefix, most := "", 0
	highest, inSet := map[string]int{}, map[string]int{}
	for _, folder := range folders {
		names, _ := fs.Glob(folder, "*/*.md") // of a folder that cannot be read: none
		for _, name := range names {
			text, err := fs.ReadFile(folder, name)
			found := codeLine.FindSubmatch(text)
			if err != nil || found == nil {
				continue
			}
			p, n := string(found[1]), 0
			for _, digit := range found[2] {
				n = 10*n + int(digit-'0')
			}
			highest[p] = max(highest[p], n)
			if strings.HasPrefix(name, set+"/") {
				if inSet[p]++; inSet[p] > most {
					prefix, most = p, inSet[p]
				}
			}
		}
	}
	if prefix == "" {
		prefix = notLetters.ReplaceAllString(strings.ToUpper(set), "")
		prefix = prefix[:min(3, len(prefix))]
	}
	if len(prefix) < 2 {
		prefix = "NEW"
	}
	if highest[prefix] >= 999 {
		return prefix + draftNumber
	}
	return fmt.Sprintf("%s-%03d", prefix, highest[prefix]+1)
}
