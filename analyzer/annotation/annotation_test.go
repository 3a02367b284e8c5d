package annotation

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func written(t *testing.T, all ...Annotation) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, Write(&b, all))
	return b.String()
}

func TestOneCommandALine(t *testing.T) {
	require.Equal(t, "", written(t))
	require.Equal(t, `::error file=rules/a.md,line=10,col=3,title=rules lint%3A draft::write it%0Ahint: 100%25 of it
::warning file=rules/a.md::the whole file
::notice title=Ready%2C nearly::Willow Street: ready, 1 of 2
::error::no more
`, written(t,
		Annotation{Level: Error, File: "rules/a.md", Line: 10, Column: 3, Title: "rules lint: draft", Text: "write it\nhint: 100% of it"},
		Annotation{Level: Warning, File: "rules/a.md", Column: 9, Text: "the whole file"},
		Annotation{Level: Notice, Line: 4, Title: "Ready, nearly", Text: "Willow Street: ready, 1 of 2"},
		Annotation{Level: Error, Text: "no more"}))
}

// runner reads a command as GitHub's runner does.
func runner(t *testing.T, line string) Annotation {
	t.Helper()
	rest, ok := strings.CutPrefix(line, "::")
	require.True(t, ok, line)
	command, text, ok := strings.Cut(rest, "::")
	require.True(t, ok, line)
	name, properties, _ := strings.Cut(command, " ")
	a := Annotation{Level: Level(name), Text: strings.NewReplacer("%0D", "\r", "%0A", "\n", "%25", "%").Replace(text)}
	plain := strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")
	for one := range strings.SplitSeq(properties, ",") {
		key, value, _ := strings.Cut(one, "=")
		value = plain.Replace(value)
		switch key {
		case "file":
			a.File = value
		case "title":
			a.Title = value
		case "line":
			a.Line, _ = strconv.Atoi(value)
		case "col":
			a.Column, _ = strconv.Atoi(value)
		}
	}
	return a
}

func FuzzNoTextStartsACommand(f *testing.F) {
	for _, s := range []string{"plain", "a\n::error::b", "%0A::set-env name=x::y", "::add-mask::x", "a,file=b,line=1::c", "%25", "\r\n", "100%", "\u2028::stop-commands::x", "\x1b[2J", "::"} {
		f.Add(s, s, s)
	}
	f.Fuzz(func(t *testing.T, file, title, text string) {
		out := written(t, Annotation{Level: Error, File: "f" + file, Line: 7, Column: 2, Title: "t" + title, Text: text})
		require.Equal(t, 1, strings.Count(out, "\n"), "one line: %q", out)
		require.NotContains(t, out, "\r")
		got := runner(t, strings.TrimSuffix(out, "\n"))
		require.Equal(t, Error, got.Level)
		require.Equal(t, 7, got.Line, out)
		require.Equal(t, 2, got.Column, out)
		again := written(t, got)
		require.Equal(t, out, again, "what is read is what was written")
	})
}
