package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// turned are the beginnings of titles that become a question by themselves.
var turned = [][2]string{{"It is ", "Is it "}, {"There is ", "Is there "}, {"There are ", "Are there "}}

// Question is the title as a question. A title says the good state, and where
// nobody knows yet whether it is so, it would pass for a finding.
func (r *Rule) Question() string {
	title := strings.TrimSpace(r.Title)
	if title == "" {
		return ""
	}
	for _, t := range turned {
		if rest, ok := strings.CutPrefix(title, t[0]); ok {
			return t[1] + rest + "?"
		}
	}
	return "Is it true that " + continued(title) + "?"
}

// continued is a title within a sentence: its first letter is small, unless the
// word is a name or a short form, such as NHS, HbA1c and Caldicott.
func continued(title string) string {
	first, size := utf8.DecodeRuneInString(title)
	word, _, _ := strings.Cut(title, " ")
	if strings.ToLower(word[size:]) != word[size:] || names[word] {
		return title
	}
	return string(unicode.ToLower(first)) + title[size:]
}

// names are words that keep their capital wherever they stand.
var names = map[string]bool{"Caldicott": true, "England": true, "English": true, "Read": true}
