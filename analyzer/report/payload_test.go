package report

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"paperlight/analyzer/junit"
	"paperlight/analyzer/visible"
)

// formulas are 80 ways to start a formula in a cell.
func formulas() []string {
	var out []string
	for _, start := range []string{"=", "+", "-", "@", "\t=", "\r=", "\x00=", "＝", "＋", "－", "＠", " =", "\n=", "\u00a0=", "x;=",
		"\u200b=", "\ufeff+", "\u202e@", "\u2028-", "x;\u2060="} {
		for _, rest := range []string{`1+1`, `HYPERLINK("http://x.invalid","y")`, `cmd|' /C calc'!A0`, `SUM(A1:A9)*"a,b"`} {
			out = append(out, start+rest)
		}
	}
	return out
}

func TestCSVCannotStartAFormula(t *testing.T) {
	require.Len(t, formulas(), 80)
	for _, payload := range formulas() {
		for _, form := range []func(string) string{func(s string) string { return s }, visible.Line} {
			cell := form(payload)
			require.False(t, startsFormula(FormulaSafe(cell)), "%q", payload)
			for _, piece := range strings.Split(FormulaSafe(cell), ";") {
				require.False(t, startsFormula(piece), "%q", payload)
			}
			require.Equal(t, FormulaSafe(cell), FormulaSafe(FormulaSafe(cell)), "once is enough")
		}
		r := notReadySample()
		spread(r, payload)
		var out bytes.Buffer
		require.NoError(t, WriteCSV(&out, Release(r), Options{}))
		records, err := csv.NewReader(&out).ReadAll()
		require.NoError(t, err)
		require.Len(t, records, 1+len(r.Practices[0].Accreditations[0].Criteria))
		for _, record := range records {
			require.Len(t, record, len(criteriaColumns))
			for _, cell := range record {
				require.False(t, startsFormula(cell), "%q", cell)
			}
		}
	}
}

func startsFormula(cell string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(cell, func(r rune) bool {
		return (unicode.IsSpace(r) || visible.Hidden(r)) && !strings.ContainsRune("\t\r\x00", r)
	}))
	return strings.ContainsRune("=+-@\t\r\x00＝＋－＠", r) && cell != ""
}

func TestFormulaSafeLeavesOtherTextAlone(t *testing.T) {
	for _, s := range []string{"", "Willow Street", "80% - our own default", "a=b", "<= 5%", "O'Neill, J", "2026-03-31", "1+1"} {
		require.Equal(t, s, FormulaSafe(s))
	}
	require.Equal(t, "'  =1", FormulaSafe("  =1"))
	require.Equal(t, "a; '=1", FormulaSafe("a; =1"))
	require.Equal(t, "{94AFD57A-3830}", FormulaSafe("{94AFD57A-3830}"))
	require.Equal(t, "'-94AFD57A-3830", FormulaSafe("-94AFD57A-3830"))
	require.Equal(t, "'\u00a0＝1-2", FormulaSafe("\u00a0＝1-2"))
	require.Equal(t, "a\ufffd-b", FormulaSafe("a\xff-b"))
	require.Equal(t, `"say ""'=1"""`, QuotedCell(`say "=1"`))
}

func FuzzFormulaSafe(f *testing.F) {
	for _, s := range formulas() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			t.Skip("texts are made visible first")
		}
		require.False(t, startsFormula(FormulaSafe(s)), "%q", s)
	})
}

var injections = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `" style="position:fixed`, `</style><script>`,
	`</title><script>alert(1)</script>`, `javascript:alert(1)`, `<a href="javascript:alert(1)">x</a>`, `<!--`, `-->`, `]]>`, `<svg onload=alert(1)>`,
	`{{.}}`, `${x}`, `&lt;b&gt;`, `<base href=//x.invalid>`, `<meta http-equiv=refresh content=0>`, "<b\x00>", `<form action=//x.invalid>`, "`onload=1",
}

// A text of the sender adds no element and no attribute to the page.
func TestHTMLKeepsItsShape(t *testing.T) {
	for _, sample := range []func() *Report{notReadySample, readySample, severalSample, damagedSample, publishedSample} {
		clean := sample()
		spread(clean, "clean text")
		want := shape(t, clean, "clean text")
		for _, payload := range injections {
			r := sample()
			spread(r, payload)
			require.Equal(t, want, shape(t, r, payload), payload)
		}
	}
}

// shape is the tree of a page: its elements and the names of their
// attributes, and the values of those that could load or run something.
func shape(t *testing.T, r *Report, worklist string) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, WriteHTML(&out, Release(r), Options{Worklists: map[string]string{"nhs-number/unique": worklist}}))
	doc, err := html.Parse(&out)
	require.NoError(t, err)
	var b strings.Builder
	for n := range doc.Descendants() {
		switch n.Type {
		case html.ElementNode:
			b.WriteString("<" + n.Data)
			for _, a := range n.Attr {
				b.WriteString(" " + a.Key)
				if a.Key == "href" || a.Key == "id" || a.Key == "class" {
					b.WriteString("=" + a.Val)
				}
			}
			b.WriteString(">\n")
		case html.CommentNode:
			b.WriteString("<!-- -->\n")
		}
	}
	return b.String()
}

func TestMarkdownHasNoHTMLOrLinks(t *testing.T) {
	for _, payload := range append([]string{"[x](http://x.invalid)", "![x](y)", "| a | b |", "# top", "@everyone", "www.x.invalid", "https://x.invalid"}, injections...) {
		for _, write := range []writer{WriteMarkdown, WriteSummary} {
			r := notReadySample()
			spread(r, payload)
			var out bytes.Buffer
			require.NoError(t, write(&out, Release(r), Options{}))
			text := out.String()
			for _, bad := range []string{"<", "@", "://", "www.", "\n# top"} {
				require.NotContains(t, text, bad, payload)
			}
			require.NotRegexp(t, `[^\\][\[\]]`, text)
		}
	}
}

// A text of the sender starts no command of a build server, and ends none.
func TestAnnotationsKeepTheirShape(t *testing.T) {
	lines := func(payload string) int {
		r := severalSample()
		spread(r, payload)
		var out bytes.Buffer
		require.NoError(t, WriteGitHub(&out, Release(r), Options{}))
		for line := range strings.Lines(out.String()) {
			require.Regexp(t, `^::(error|warning|notice) title=[^:,]*::[^\r\n]*\n$`, line)
		}
		return strings.Count(out.String(), "\n")
	}
	want := lines("plain")
	for _, payload := range append([]string{"a\n::error::b", "\r::stop-commands::x", "x,file=a::b", "%0A::set-output name=a::b"}, injections...) {
		require.Equal(t, want, lines(payload), payload)
	}
}

// GitHub refuses a summary that is too long: what has no room is counted.
func TestASummaryFitsAndSaysWhatItLeavesOut(t *testing.T) {
	r := presentable(Release(severalSample()))
	whole := func(most int) string {
		var out bytes.Buffer
		require.NoError(t, writeSummary(&out, r, Options{}, most))
		return out.String()
	}
	all := whole(summaryBytes)
	require.NotContains(t, all, "no room")
	require.Equal(t, len(r.Practices), strings.Count(all, "### "))
	least := len(whole(0))
	seen := map[int]bool{}
	for most := least; most <= len(all)+200; most += 50 {
		text := whole(most)
		require.LessOrEqual(t, len(text), most)
		shown := strings.Count(text, "### ")
		seen[shown] = true
		if left := len(r.Practices) - shown; left > 0 {
			require.Contains(t, text, leftOut(left))
		} else {
			require.Equal(t, all, text)
		}
	}
	require.Len(t, seen, len(r.Practices)+1, "from none to all")
}

func TestJUnitIsWellFormed(t *testing.T) {
	for _, payload := range append([]string{"\x00\x01\x1b", "\ufffe\uffff", "\xff"}, injections...) {
		r := severalSample()
		spread(r, payload)
		var out bytes.Buffer
		require.NoError(t, WriteJUnit(&out, Release(r), Options{}))
		require.NotRegexp(t, "[\x00-\x08\x0b-\x1f]", out.String())
		decoder := xml.NewDecoder(&out)
		elements := make(map[string]bool)
		for {
			token, err := decoder.Token()
			if err == io.EOF {
				break
			}
			require.NoError(t, err, payload)
			if start, ok := token.(xml.StartElement); ok {
				elements[start.Name.Local] = true
			}
		}
		require.Len(t, elements, 7, fmt.Sprint(elements))
	}
}

func TestJUnitCounts(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, WriteJUnit(&out, Release(severalSample()), Options{}))
	var got junit.Suites
	require.NoError(t, xml.Unmarshal(out.Bytes(), &got))
	require.Len(t, got.Suites, 5, "a suite for each practice and accreditation")
	var tests, failures, skipped int
	for _, s := range got.Suites {
		for _, c := range s.Cases {
			tests++
			if c.Failure != nil {
				failures++
			}
			if c.Skipped != nil {
				skipped++
			}
		}
	}
	require.Equal(t, []int{80, 7, 11}, []int{tests, failures, skipped})
	require.Equal(t, []int{got.Tests, got.Failures, got.Skipped}, []int{tests, failures, skipped})
}
