package web

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// titles are the checks that a page lists, in its order.
func titles(t *testing.T, page string) (out []string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	require.NoError(t, err)
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "span" && attribute(n, "class") == "title" {
			out = append(out, n.FirstChild.Data)
		}
	}
	return out
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// What stops the practice comes first, then what is open, then what is met; a filter
// leaves what it says, with a total of that.
func TestChecksAreFilteredByTheAddress(t *testing.T) {
	w := opened(t).enter()
	at := "/check/" + w.here()
	const severity, coded, repeats = "Each allergy has a severity", "Allergies are coded", "Not known yet: medication/four-repeats-reviewed"
	for _, c := range []struct {
		query, total string
		want         []string
	}{
		{"", "3 checks: 2 records are not as they should be, and the work takes about 5 minutes.", []string{severity, repeats, coded}},
		{"?kind=stops", "1 of 3 checks: 2 records", []string{severity}},
		{"?kind=met", "1 of 3 checks.", []string{coded}},
		{"?who=clinician", "1 of 3 checks: 2 records", []string{severity}},
		{"?who=practice", "2 of 3 checks.", []string{repeats, coded}},
		{"?who=practice&kind=open", "1 of 3 checks.", []string{repeats}},
		{"?for=scr", "3 checks: 2 records", []string{severity, repeats, coded}},
		{"?for=other", "0 of 3 checks.", nil},
		{"?find=SEVERITY+each", "1 of 3 checks: 2 records", []string{severity}},
		{"?find=no+such", "0 of 3 checks.", nil},
		{"?sort=title", "3 checks: 2 records", []string{coded, severity, repeats}},
		{"?sort=records", "3 checks: 2 records", []string{severity, repeats, coded}},
		{"?sort=no&practice=7&kind=&x=y", "3 checks: 2 records", []string{severity, repeats, coded}},
	} {
		page := w.ask("GET", at+c.query)
		require.Equal(t, http.StatusOK, page.status, c.query)
		require.Equal(t, c.want, titles(t, page.text), c.query)
		require.Contains(t, page.text, `<p class="total" role="status">`+c.total, c.query)
		lines, err := csv.NewReader(strings.NewReader(w.ask("GET", at+"/checks.csv"+c.query).text)).ReadAll()
		require.NoError(t, err)
		var taken []string
		for _, line := range lines[1:] {
			taken = append(taken, line[0])
		}
		require.Equal(t, c.want, taken, "what is taken away is what is shown: %s", c.query)
	}
	page := w.ask("GET", at+"?open=allergy/reaction-recorded").text
	require.Equal(t, 1, strings.Count(page, "<details open>"))
	for _, said := range []string{"2 of 5 allergy entries", "3 of 5, 60%", "at least 95%", "A clinician", "Open each listed allergy.", "What it measures", "Why it matters"} {
		require.Contains(t, page, said)
	}
}

// Every value that an address can have leaves a page that holds nothing of it unescaped.
func TestAddressesAreOnlyText(t *testing.T) {
	w := opened(t).enter()
	at := "/check/" + w.here()
	hostile := url.QueryEscape(`"><script>alert(1)</script>`)
	for _, part := range []string{"kind", "who", "for", "find", "sort", "open", "practice", "rule", "page", "state", "saved"} {
		for _, path := range []string{"", "/all", "/questions", "/records", "/checks.csv"} {
			a := w.ask("GET", at+path+"?rule=allergy/reaction-recorded&"+part+"="+hostile)
			require.Contains(t, []int{http.StatusOK, http.StatusNotFound}, a.status)
			require.NotContains(t, a.text, "<script>alert", "%s %s", path, part)
			if path != "/checks.csv" {
				requireSelfContained(t, path+" "+part, a.text)
			}
		}
	}
}

// A number leads to its records, as many as it says; what a spreadsheet must not run is
// shown as it is, and taken away safely.
func TestANumberLeadsToItsRecords(t *testing.T) {
	w := opened(t).enter()
	at := "/check/" + w.here()
	root, err := html.Parse(strings.NewReader(w.ask("GET", at).text))
	require.NoError(t, err)
	var links []string
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "a" && strings.Contains(attribute(n, "href"), "/records?") {
			require.Equal(t, "2 records", n.FirstChild.Data)
			links = append(links, attribute(n, "href"))
		}
	}
	require.Len(t, links, 1)
	page := w.ask("GET", links[0])
	require.Contains(t, page.text, "2 records.")
	for _, said := range []string{"p1", "=p2", "r1", "2026-01-02", "has &lt;i&gt;no&lt;/i&gt; severity", "cannot be told", "91936005"} {
		require.Contains(t, page.text, said)
	}
	require.NotContains(t, page.text, "&#39;=p2")
	found := w.ask("GET", links[0]+"&find=cannot")
	require.Contains(t, found.text, "1 record as asked for, of 2")
	require.NotContains(t, found.text, "r1")
	require.Contains(t, w.ask("GET", links[0]+"&find=nothing").text, "No record is as you asked")
	taken := w.ask("GET", strings.Replace(links[0], "/records?", "/records.csv?", 1))
	require.Contains(t, taken.text, `"'=p2"`)
	require.Equal(t, 3, strings.Count(taken.text, "\r\n"))
	require.Equal(t, "attachment; filename=allergy--reaction-recorded.csv", taken.header.Get("Content-Disposition"))
	require.Equal(t, http.StatusNotFound, w.ask("GET", at+"/records?rule=allergy/coded").status, "nothing is listed of it")
}

// A list is shown a part at a time.
func TestALongListIsShownInParts(t *testing.T) {
	w := opened(t).enter()
	id := w.here()
	var list strings.Builder
	list.WriteString("h,h,h,h,h,h,h,h\r\n")
	const records = 2*recordsShown + 1
	for i := range records {
		fmt.Fprintf(&list, "A81001,p%03d,r%03d,,not met,why,allergies,\r\n", records-i, i)
	}
	w.write(filepath.Join(id, "outcome", Lists, "allergy--reaction-recorded.csv"), list.String())
	at := "/check/" + id + "/records?rule=allergy/reaction-recorded&sort=patient"
	first := w.ask("GET", at).text
	require.Contains(t, first, "401 records, of which you see 1 to 200")
	require.Contains(t, first, `<th scope="row">p001</th>`)
	require.NotContains(t, first, "Records before these")
	last := w.ask("GET", at+"&page=2").text
	require.Contains(t, last, "401 to 401")
	require.Contains(t, last, "p401")
	require.NotContains(t, last, "Records after these")
	beyond := w.ask("GET", at+"&page=99").text
	require.Contains(t, beyond, "No record is as you asked")
}

// Records of long ago are called old, and those of last week are not.
func TestOldRecordsAreCalledOld(t *testing.T) {
	for days, old := range map[int]bool{0: false, 31: false, 33: true, 400: true} {
		w := opened(t).enter()
		w.server.Check = func(_ context.Context, c Checking, progress func(string)) error {
			err := w.check(c, progress)
			asOf := time.Now().AddDate(0, 0, -days).Format(time.DateOnly)
			return errors.Join(err, os.WriteFile(filepath.Join(c.To, ReportData), []byte(strings.ReplaceAll(foundReport, "2026-03-31", asOf)), 0o600))
		}
		page := w.ask("GET", "/check/"+w.here()).text
		require.Equal(t, old, strings.Contains(page, "days old"), "after %d days", days)
		w.stop()
		w.hasEnded()
	}
}

// Of several extracts, a rule may be met in one and listed for another: no number leads to
// a list that holds nothing of its practice.
func TestNoNumberLeadsToTheListOfAnotherExtract(t *testing.T) {
	w := opened(t).enter()
	w.server.Check = func(_ context.Context, c Checking, progress func(string)) error {
		second := strings.NewReplacer("A81001", "B82002", `"failed"`, `"passed"`, `"practice_id"`, `"extract": 1, "practice_id"`).Replace(between(foundReport, `"practices": [`, `],
 "rule_texts"`))
		both := strings.Replace(foundReport, `],
 "rule_texts"`, ",\n"+second+`], "extracts": [{"name": "a"}, {"name": "b"}],
 "rule_texts"`, 1)
		return errors.Join(w.check(c, progress), os.WriteFile(filepath.Join(c.To, ReportData), []byte(both), 0o600))
	}
	id := w.here()
	first, second := w.ask("GET", "/check/"+id).text, w.ask("GET", "/check/"+id+"?practice=1").text
	require.Contains(t, first, "2 records</a>")
	require.NotContains(t, second, " records</a>")
	require.Contains(t, second, "Each allergy has a severity")
}

// between is what stands in a text between two others.
func between(text, before, after string) string {
	_, rest, _ := strings.Cut(text, before)
	inside, _, _ := strings.Cut(rest, after)
	return inside
}

// A list that is longer than a page can show says so, and is not taken for the whole.
func TestAListThatIsCutSaysSo(t *testing.T) {
	w := opened(t, func(s *Server) { s.most = 1 }).enter()
	id := w.here()
	require.Contains(t, w.ask("GET", "/check/"+id+"/records"+reactions).text, "The first 1 record, which is what a page can show")
	for _, form := range []string{"csv", "xlsx"} {
		require.Equal(t, http.StatusRequestEntityTooLarge, w.ask("GET", "/check/"+id+"/records."+form+reactions).status)
	}
}
