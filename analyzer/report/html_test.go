package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

func parsed(t *testing.T, r *Report) *html.Node {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, WriteHTML(&out, Release(r), Options{Worklists: worklists}))
	doc, err := html.Parse(&out)
	require.NoError(t, err)
	return doc
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func said(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func TestThePolicyAllowsItsStyleAndNothingElse(t *testing.T) {
	for name, r := range samples() {
		var policy, style string
		for n := range parsed(t, r).Descendants() {
			if n.Data == "meta" && attribute(n, "http-equiv") == "Content-Security-Policy" {
				policy = attribute(n, "content")
			}
			if n.Data == "style" {
				style = n.FirstChild.Data
			}
			require.NotContains(t, []string{"script", "link", "iframe", "object", "embed", "form", "img", "base"}, n.Data, name)
			for _, a := range n.Attr {
				require.NotContains(t, []string{"style", "src"}, a.Key, name)
				require.False(t, strings.HasPrefix(a.Key, "on"), name)
				require.False(t, a.Key == "href" && !strings.HasPrefix(a.Val, "#"), name)
			}
		}
		sum := sha256.Sum256([]byte(style))
		require.Equal(t, "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+
			"'; img-src data:; base-uri 'none'; form-action 'none'", policy, name)
		require.NotContains(t, style, "url(", name)
		require.NotContains(t, style, "@import", name)
	}
}

func TestThePageCanBeReadWithoutSeeingIt(t *testing.T) {
	for name, r := range samples() {
		ids := make(map[string]bool)
		var refs []string
		var headings []int
		count := make(map[string]int)
		for n := range parsed(t, r).Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			count[n.Data]++
			if id := attribute(n, "id"); id != "" {
				require.False(t, ids[id], "%s: two elements are called %s", name, id)
				ids[id] = true
			}
			refs = append(refs, strings.Fields(attribute(n, "aria-labelledby"))...)
			if href := attribute(n, "href"); href != "" {
				refs = append(refs, href[1:])
			}
			if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
				headings = append(headings, int(n.Data[1]-'0'))
			}
			switch n.Data {
			case "html":
				require.Equal(t, "en-GB", attribute(n, "lang"))
			case "table":
				require.Equal(t, "caption", firstElement(n).Data, name)
			case "th":
				require.NotEmpty(t, attribute(n, "scope"), name)
			case "svg":
				require.Equal(t, "img", attribute(n, "role"))
				require.Equal(t, "title", firstElement(n).Data, name)
			}
		}
		for _, ref := range refs {
			require.True(t, ids[ref], "%s: nothing is called %s", name, ref)
		}
		for _, landmark := range []string{"header", "main", "footer", "h1", "title"} {
			require.GreaterOrEqual(t, count[landmark], 1, "%s: %s", name, landmark)
		}
		require.Equal(t, 1, count["h1"])
		require.Equal(t, count["svg"], count["desc"])
		for i := 1; i < len(headings); i++ {
			require.LessOrEqual(t, headings[i], headings[i-1]+1, "%s: headings go down step by step", name)
		}
	}
}

func firstElement(n *html.Node) *html.Node {
	for c := range n.ChildNodes() {
		if c.Type == html.ElementNode {
			return c
		}
	}
	return &html.Node{}
}

func TestThePageSaysItsLevelAndItsLimits(t *testing.T) {
	for name, r := range samples() {
		text := said(parsed(t, r))
		require.GreaterOrEqual(t, strings.Count(text, levelWords[r.Level]), 3, "%s: at the top, at the foot and on every sheet", name)
		require.GreaterOrEqual(t, strings.Count(text, careLine), 3, name)
		for _, claim := range []string{"accredited", "approved", "certified"} {
			require.NotContains(t, strings.ToLower(text), claim, name)
		}
	}
}

func TestJobsAreNumberedOnFromGroupToGroup(t *testing.T) {
	var starts []string
	for n := range parsed(t, notReadySample()).Descendants() {
		if s := attribute(n, "start"); s != "" {
			starts = append(starts, s)
		}
	}
	require.Equal(t, []string{"1", "3"}, starts)
}

func TestChartsAreDrawnWhereTheyHelp(t *testing.T) {
	charts := func(r *Report) int {
		n := 0
		for d := range parsed(t, r).Descendants() {
			if d.Type == html.ElementNode && d.Data == "svg" {
				n++
			}
		}
		return n
	}
	require.Equal(t, 1, charts(readySample()))
	require.Equal(t, 5, charts(severalSample()))
	require.Equal(t, 0, charts(damagedSample()), "nothing is scored")
	many := readySample()
	for len(many.Practices) <= chartPractices {
		many.Practices = append(many.Practices, many.Practices[0])
	}
	require.Equal(t, len(many.Practices), charts(many), "no chart of all")
}

// Two sheets of paper are for people: what stops them, what is asked and the
// jobs. The rest is printed after them, as an annex.
func TestWhatIsNotForEverybodyIsAnAnnex(t *testing.T) {
	for name, r := range samples() {
		annexes := 0
		for n := range parsed(t, r).Descendants() {
			inside := false
			for up := n; up != nil; up = up.Parent {
				inside = inside || attribute(up, "class") == "annex"
			}
			switch attribute(n, "class") {
			case "annex":
				annexes++
			case "verdict", "work", "asked", "required", "jobs stops":
				require.False(t, inside, "%s: %s", name, attribute(n, "class"))
			case "sheet", "good":
				require.True(t, inside, "%s: %s", name, attribute(n, "class"))
			}
		}
		require.Equal(t, len(r.Practices), annexes, name)
	}
}

// A flag is not broken between its hyphens, or it could not be typed as it stands; and
// nothing is added to the text.
func TestFlagsStayWhole(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, WriteHTML(&out, Release(notReadySample()), Options{}))
	require.Contains(t, out.String(), `check again with <span class="flag">--declarations</span>.`)
}

// The value of a bar is a figure and nothing else: what there is to say of it stands
// below.
func TestChartValuesAreFigures(t *testing.T) {
	for name, r := range samples() {
		r.Practices[0].Accreditations = append([]Accreditation{}, r.Practices[0].Accreditations...)
		for i := range r.Practices[0].Accreditations {
			r.Practices[0].Accreditations[i].Coverage = ptr(int64(4060))
		}
		for _, b := range scoreChart("c", "t", pages(r, Options{})[0].Standings).Bars {
			require.Regexp(t, `^(none|[0-9.]*[0-9])$`, b.Value, name)
			require.Equal(t, b.Scored, b.Caveat != "")
		}
	}
}
