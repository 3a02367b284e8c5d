package inspection

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"paperlight/analyzer/report"
	"paperlight/analyzer/state"
)

const hostile = "a\u202eb</td><script>alert(1)</script>\x1b[31m"

// steered is an inspection whose texts of others are all hostile.
func steered(t *testing.T) *Inspection {
	n := inspected(t, sample("emis-web"), Options{})
	n.Extract, n.Judging.Scheme, n.Slips, n.Notes = hostile, hostile, []string{hostile}, []string{hostile}
	n.Judging.Refused, n.Judging.Cure = hostile, hostile
	n.Practices[0].Name, n.Practices[0].ID, n.Practices[0].ODSCode = hostile, hostile, hostile
	n.Mapping.Recognised = []string{hostile}
	for i := range n.Mapping.Files {
		n.Mapping.Files[i].Name = hostile
		for j := range n.Mapping.Files[i].Columns {
			n.Mapping.Files[i].Columns[j].Column = hostile
		}
	}
	for i := range n.Mapping.Forms {
		n.Mapping.Forms[i].File, n.Mapping.Forms[i].Column, n.Mapping.Forms[i].Form = hostile, hostile, hostile
	}
	n.Reading[0].Faults = append(n.Reading[0].Faults, Fault{Column: hostile, Want: hostile, Count: 1, First: []state.Position{{File: hostile, Record: 1}}})
	return n
}

func pagesOf(t *testing.T) map[string]*All {
	two := []*Inspection{inspected(t, sample("omop"), Options{}), inspected(t, sample("fhir-r4"), Options{})}
	return map[string]*All{
		"one": {Found: two[:1]}, "quick": {Found: []*Inspection{inspected(t, sample("systmone"), Options{Quick: true})}},
		"several": {Found: two, Several: true, NotRead: []report.NotRead{{Name: "third", Says: "no known system", Hint: "give\nfiles"}}, Beside: []string{"notes.txt is of no extract"}},
		"hostile": {Found: []*Inspection{steered(t), steered(t)}, Several: true, NotRead: []report.NotRead{{Name: hostile, Says: hostile, Hint: hostile}}, Beside: []string{hostile}, ToolVersion: hostile},
	}
}

func parsed(t *testing.T, all *All) *html.Node {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, WriteHTML(&out, all))
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

// Nothing that others wrote is markup, or hides, in any place of the page.
func TestThePageShowsWhatOthersWrote(t *testing.T) {
	for name, all := range pagesOf(t) {
		for n := range parsed(t, all).Descendants() {
			require.NotContains(t, []string{"script", "link", "iframe", "object", "embed", "form", "img", "base"}, n.Data, name)
			if n.Type == html.TextNode {
				require.NotContains(t, n.Data, "\u202e", name)
				require.NotContains(t, n.Data, "\x1b", name)
			}
			for _, a := range n.Attr {
				require.NotContains(t, []string{"style", "src"}, a.Key, name)
				require.False(t, strings.HasPrefix(a.Key, "on"), name)
				require.False(t, a.Key == "href" && !strings.HasPrefix(a.Val, "#"), name)
			}
		}
	}
}

// Headings go down step by step, tables say what they are of, and links lead somewhere.
func TestThePageCanBeReadWithoutSeeingIt(t *testing.T) {
	for name, all := range pagesOf(t) {
		ids, count, refs, headings := map[string]bool{}, map[string]int{}, []string{}, []int{}
		for n := range parsed(t, all).Descendants() {
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
			if at := slices.Index([]string{"h1", "h2", "h3", "h4"}, n.Data); at >= 0 {
				headings = append(headings, at)
			}
			switch n.Data {
			case "table":
				first := n.FirstChild
				for first.Type != html.ElementNode {
					first = first.NextSibling
				}
				require.Equal(t, "caption", first.Data, name)
			case "th":
				require.NotEmpty(t, attribute(n, "scope"), name)
			case "ul", "ol":
				require.NotNil(t, n.FirstChild, "%s: an empty list", name)
			}
		}
		for _, ref := range refs {
			require.True(t, ids[ref], "%s: nothing is called %s", name, ref)
		}
		for _, landmark := range []string{"header", "main", "footer", "title"} {
			require.Equal(t, 1, count[landmark], "%s: %s", name, landmark)
		}
		require.Equal(t, 1, count["h1"])
		for i := 1; i < len(headings); i++ {
			require.LessOrEqual(t, headings[i], headings[i-1]+1, "%s: headings go down step by step", name)
		}
	}
}

// What the extract is and what to do come first.
func TestThePageIsInOrder(t *testing.T) {
	var headings []string
	for n := range parsed(t, pagesOf(t)["one"]).Descendants() {
		if n.Data == "h3" {
			headings = append(headings, n.FirstChild.Data)
		}
	}
	require.Equal(t, []string{doHeading, tablesHeading, columnsHeading, formsHeading, lostHeading, judgedHeading, filesHeading, report.IdentifyingHeading}, headings)
}

// The same extracts give the same page.
func TestThePageIsTheSameTwice(t *testing.T) {
	var first, second bytes.Buffer
	require.NoError(t, WriteHTML(&first, pagesOf(t)["several"]))
	require.NoError(t, WriteHTML(&second, pagesOf(t)["several"]))
	require.Equal(t, first.String(), second.String())
}
