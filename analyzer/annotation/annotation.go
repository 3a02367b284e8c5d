// Package annotation writes findings as the workflow commands that GitHub shows beside
// the lines of a change, or at the top of a build. Equal findings are equal bytes.
package annotation

import (
	"io"
	"strconv"
	"strings"

	"paperlight/analyzer/visible"
)

// A Level says how an annotation is shown.
type Level string

// The levels.
const (
	Error   Level = "error"
	Warning Level = "warning"
	Notice  Level = "notice"
)

// An Annotation is one finding. File may be empty; Line and Column count from 1 and
// are 0 where the finding is of the whole file.
type Annotation struct {
	Level        Level
	File         string
	Line, Column int
	Title, Text  string
}

// Write writes one command a line.
func Write(w io.Writer, all []Annotation) error {
	var b strings.Builder
	for i := range all {
		all[i].write(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (a *Annotation) write(b *strings.Builder) {
	var properties []string
	add := func(name, value string) { properties = append(properties, name+"="+property(value)) }
	if a.File != "" {
		add("file", a.File)
		if a.Line > 0 {
			add("line", strconv.Itoa(a.Line))
			if a.Column > 0 {
				add("col", strconv.Itoa(a.Column))
			}
		}
	}
	if a.Title != "" {
		add("title", a.Title)
	}
	b.WriteString("::" + string(a.Level))
	if len(properties) > 0 {
		b.WriteString(" " + strings.Join(properties, ","))
	}
	b.WriteString("::" + data.Replace(visible.Text(a.Text)) + "\n")
}

// What would end a command, or one of its properties, is written as the runner
// decodes it: a text of others' can start no command of its own.
var (
	data       = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	properties = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func property(s string) string { return properties.Replace(visible.Line(s)) }
