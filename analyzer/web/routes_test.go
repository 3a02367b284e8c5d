package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"golang.org/x/net/html"
	"paperlight/internal/fixture"
)

// No path leads to a file but those of a check, by the numbers that we gave.
func TestNoPathLeadsElsewhere(t *testing.T) {
	w := opened(t).enter()
	id := w.here()
	require.NoError(t, os.WriteFile(filepath.Join(w.storage, "secret.csv"), []byte("telltale"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(w.storage, id, "secret.csv"), []byte("telltale"), 0o600))
	up := "/check/" + id
	for _, path := range []string{
		"/../etc/passwd", "/../../../../etc/passwd", "/%2e%2e/etc/passwd", "/%2e%2e%2fetc%2fpasswd", "/..%2f..%2fetc%2fpasswd", `/..\..\etc\passwd`, "/..%5c..%5cetc%5cpasswd",
		"/%252e%252e%252fetc%252fpasswd", "/....//etc/passwd", "/..;/etc/passwd", "/%c0%ae%c0%ae/etc/passwd", "//etc/passwd", "///etc/passwd", "/etc/passwd", "/%00", "/style.css%00", "/style.css/../../etc/passwd",
		"/file:///etc/passwd", "/C:/Windows/win.ini", "/secret.csv", "/" + id + "/secret.csv", "/pages.tmpl", "/.git/config",
		"/check", "/check/", "/check/..", "/check/../../secret.csv", "/check/%2e%2e/report", "/check/..%2f/report", "/check/%2e/report", "/check/00000000000000000000000000000000", "/check/00000000000000000000000000000000/report",
		"/check/00000000000000000000000000000000/list/0", "/check/" + strings.ToUpper(id) + "A", "/check/" + id[:31], "/check/" + id + "0", "/check/" + id + "%00", "/check/" + id + "%2freport", "/check/" + strings.Repeat("a", 9000),
		up + "/../../secret.csv", up + "/secret.csv", up + "/outcome/report.json", up + "/report/../../secret.csv", up + "/report/", up + "/report.json", up + "/extract",
		up + "/records", up + "/records?rule=no/rule", up + "/records?rule=..%2f..%2fsecret", up + "/records?rule=..--..--secret", up + "/records.csv?rule=../../secret", up + "/records.csv", up + "/records.xlsx?rule=", up + "/why/1", up + "/why/0", up + "/why/-1", up + "/why/..%2f1", up + "/declarations.yaml", up + "/workbook.csv", up + "/list", up + "/list/", up + "/list/-1", up + "/list/2", up + "/list/999999999999999999999", up + "/list/0x0", up + "/list/+1", up + "/list/ 1", up + "/list/1e0", up + "/list/0/", up + "/list/..%2freport.json",
		up + "/list/..%2f..%2fsecret.csv", up + "/list/allergy-severity-recorded.csv", up + "/list/%2e%2e", up + "/list/0%00", up + `/list/..\..\secret.csv`, up + "/list/00",
	} {
		for _, method := range []string{"GET", "HEAD"} {
			a := w.ask(method, path)
			require.Contains(t, []int{301, 307, 400, 404}, a.status, "%s %q", method, path)
			if a.status != http.StatusBadRequest || a.header.Get("Referrer-Policy") != "" {
				requireSecure(t, a)
			}
			for _, text := range []string{"telltale", "root:", "\"practices\"", "patient_id"} {
				require.NotContains(t, a.text, text, path)
			}
			if to := a.header.Get("Location"); to != "" {
				require.Equal(t, "/", to[:1])
				require.NotEqual(t, "//", to[:min(2, len(to))], "no way to another host")
				require.True(t, to == "/" || to == w.server.guard.base+"/" || w.ask(method, to).status == http.StatusNotFound, to)
			}
		}
	}
}

// A link in the storage that leads out of it is not followed.
func TestLinksOutOfTheStorageAreNotFollowed(t *testing.T) {
	w := opened(t).enter()
	id := w.here()
	out := filepath.Join(t.TempDir(), "out.html")
	require.NoError(t, os.WriteFile(out, []byte("telltale"), 0o600))
	page := filepath.Join(w.storage, id, "outcome", ReportPage)
	require.NoError(t, os.Remove(page))
	if !fixture.Link(t, out, page) {
		t.Skip("links need a right that most people lack there")
	}
	require.Equal(t, http.StatusNotFound, w.ask("GET", "/check/"+id+"/report").status)
}

// Every route answers with the headers that all have, whatever comes of it.
func TestEveryAnswerIsSecure(t *testing.T) {
	w := opened(t).enter()
	id := w.here()
	w.server.Check = func(context.Context, Checking, func(string)) error { return errors.New("broken") }
	failed := w.here()
	records := "/check/" + id + "/records?rule=allergy/reaction-recorded"
	list := strings.Replace(records, "records", "records.csv", 1)
	for _, c := range []struct {
		method, path string
		status       int
		kind         string // of what comes back
		lines        []string
	}{
		{"GET", "/", 200, "text/html", nil}, {"GET", "/style.css", 200, "text/css", nil}, {"GET", "/check/" + id, 200, "text/html", nil}, {"GET", "/check/" + failed, 200, "text/html", nil},
		{"GET", "/check/" + id + "/report", 200, "text/html", nil}, {"GET", records, 200, "text/html", nil}, {"GET", list, 200, "text/csv", nil}, {"GET", strings.Replace(list, ".csv", ".xlsx", 1), 200, "application/vnd.openxmlformats", nil},
		{"GET", "/check/" + id + "/checks.csv", 200, "text/csv", nil}, {"GET", "/check/" + id + "/checks.xlsx?kind=stops", 200, "application/vnd.openxmlformats", nil}, {"GET", "/check/" + id + "/workbook.xlsx", 200, "application/vnd.openxmlformats", nil},
		{"GET", "/script.js", 200, "text/javascript", nil}, {"GET", "/check/" + id + "/all", 200, "text/html", nil}, {"GET", "/check/" + id + "/questions", 200, "text/html", nil}, {"GET", "/check/" + id + "/events", 200, "text/event-stream", nil},
		{"POST", "/check/" + id + "/why", 404, "text/html", ours}, {"POST", "/check/" + failed + "/why", 404, "text/html", ours}, {"POST", "/check/" + id + "/questions", 303, "", ours}, {"POST", "/check/" + failed + "/questions", 404, "text/html", ours},
		{"GET", "/check/" + id + "/declarations.yaml", 200, "application/yaml", nil}, {"POST", "/check/" + id + "/again", 303, "", ours}, {"POST", "/check/0/again", 404, "text/html", ours},
		{"GET", "/check/" + failed + "/report", 404, "text/html", nil}, {"GET", strings.Replace(list, id, failed, 1), 404, "text/html", nil}, {"GET", "/favicon.ico", 404, "text/html", nil},
		{"GET", "/check/" + id + "/workbook.xlsx", 200, "application/vnd", []string{"Range: bytes=900-"}}, {"GET", "/check/" + id + "/workbook.xlsx", 200, "application/vnd", []string{"Range: bytes=0-1"}},
		{"GET", "/check/" + id + "/workbook.xlsx", 200, "application/vnd", []string{"If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"}}, {"GET", "/check/" + id + "/workbook.xlsx", 200, "application/vnd", []string{"If-Match: x"}},
		{"HEAD", "/check/" + id + "/report", 200, "text/html", nil}, {"GET", "/check//" + id, 307, "", nil},
		{"POST", "/", 405, "text/", ours}, {"POST", "/check/" + id, 405, "text/", ours}, {"DELETE", "/check/" + id, 405, "text/", ours}, {"POST", "/check/" + failed + "/stop", 303, "", ours},
		{"POST", "/check/0/stop", 404, "text/html", ours}, {"POST", "/here", 303, "", ours}, {"POST", "/check", 400, "text/html", ours},
	} {
		lines := c.lines
		if c.method == "POST" {
			lines = append(lines[:2:2], "Content-Length: 0")
		}
		a := w.ask(c.method, c.path, lines...)
		require.Equal(t, c.status, a.status, "%s %s: %s", c.method, c.path, a.text)
		requireSecure(t, a)
		if c.kind != "" {
			require.Contains(t, a.header.Get("Content-Type"), c.kind, "%s %s", c.method, c.path)
		}
		loose := strings.HasSuffix(c.path, "/report") && a.status == http.StatusOK
		require.Equal(t, loose, strings.Contains(a.header.Get("Content-Security-Policy"), "unsafe-inline"), "%s %s", c.method, c.path)
		require.NotContains(t, a.text, w.storage, "no path of this computer")
	}
	book := w.ask("GET", "/check/"+id+"/workbook.xlsx")
	require.Equal(t, `attachment; filename=worklist.xlsx`, book.header.Get("Content-Disposition"))
	require.Equal(t, "PK", book.text)
	require.Equal(t, "2", book.header.Get("Content-Length"))
}

// A page needs nothing from elsewhere, runs nothing and has no style of its own; and what
// a file is called is text on it.
func TestPagesLoadNothingFromElsewhere(t *testing.T) {
	w := opened(t).enter()
	hold := make(chan struct{})
	defer close(hold)
	const hostile = `<script>alert(1)</script>" onload="x()`
	pages := map[string]string{"start, before": "/"}
	pages["done"] = "/check/" + w.here()
	w.server.Check = func(context.Context, Checking, func(string)) error { return errors.New(hostile) }
	pages["failed"] = "/check/" + w.here()
	w.server.Check = func(ctx context.Context, c Checking, progress func(string)) error {
		progress(hostile)
		select {
		case <-hold:
		case <-ctx.Done():
		}
		return ctx.Err()
	}
	a := w.post("/here", formKind, "")
	pages["running"] = a.header.Get("Location")
	w.within(func() bool { return strings.Contains(w.ask("GET", pages["running"]).text, "alert(1)") }, "it says how far it is")
	a = w.post("/check", uploadKind, part(`%22'&amp;<i>x`, "1")+lastPart)
	require.Equal(t, http.StatusBadRequest, a.status)
	answers := map[string]answer{"refused": a, "missing": w.ask("GET", "/no")}
	for name, path := range pages {
		answers[name] = w.ask("GET", path)
	}
	answers["start, after"] = w.ask("GET", "/")
	for name, a := range answers {
		requireSelfContained(t, name, a.text)
		require.LessOrEqual(t, strings.Count(a.text, "<script"), 1, name)
		require.NotContains(t, a.text, "<b>", name)
	}
	require.Contains(t, answers["failed"].text, "&lt;script&gt;alert(1)&lt;/script&gt;")
	require.Contains(t, answers["done"].text, "The &lt;b&gt;Surgery&lt;/b&gt;")
	require.Contains(t, answers["start, after"].text, "could not be checked")
	require.NotContains(t, w.ask("GET", "/style.css").text, "url(")
	require.NotContains(t, w.ask("GET", "/style.css").text, "@import")
}

func requireSelfContained(t *testing.T, name, text string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	require.NoError(t, err)
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		require.NotContains(t, []string{"style", "img", "iframe", "object", "embed", "base", "video", "audio"}, n.Data, name)
		if n.Data == "script" {
			require.Nil(t, n.FirstChild, "%s: a script of its own", name)
		}
		for _, a := range n.Attr {
			require.False(t, strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc", "%s: <%s %s>", name, n.Data, a.Key)
			switch a.Key {
			case "href", "src", "action", "formaction", "srcset", "data", "poster", "ping":
				to, err := url.Parse(a.Val)
				require.NoError(t, err)
				require.False(t, to.IsAbs() || to.Host != "", "%s: %s", name, a.Val)
				require.Contains(t, "/?#", a.Val[:1], "%s: %s", name, a.Val)
			}
		}
	}
}

// What is read of the answer of a check that went wrong in itself names no path.
func TestAnOutcomeThatIsNotThereIsSaid(t *testing.T) {
	for name, check := range map[string]func(to string) error{
		"no report": func(string) error { return nil },
		"half a report": func(to string) error {
			return os.WriteFile(filepath.Join(to, ReportData), []byte(`{"practices": [`), 0o600)
		},
		"another report": func(to string) error {
			return os.WriteFile(filepath.Join(to, ReportData), []byte(`{"practices": 7}`), 0o600)
		},
		"a panic":   func(string) error { panic("943 476 5919") },
		"no folder": os.RemoveAll,
	} {
		w := opened(t).enter()
		w.server.Check = func(_ context.Context, c Checking, _ func(string)) error { return check(c.To) }
		id := w.here()
		a := w.ask("GET", "/check/"+id)
		require.Equal(t, http.StatusOK, a.status, name)
		require.Contains(t, a.text, "could not be checked", name)
		require.NotContains(t, a.text, w.storage, name)
		require.NotContains(t, a.text, "943 476", name) // an id of ours may hold 943
		require.Equal(t, http.StatusNotFound, w.ask("GET", "/check/"+id+"/report").status, name)
		w.stop()
		w.hasEnded()
	}
}

// A report that is not whole is not shown while the check runs.
func TestTheReportIsShownWhenTheCheckIsDone(t *testing.T) {
	w := opened(t).enter()
	hold := make(chan struct{})
	w.server.Check = func(_ context.Context, c Checking, progress func(string)) error {
		err := w.check(c, progress)
		<-hold
		return err
	}
	page := w.post("/here", formKind, "").header.Get("Location")
	w.within(func() bool { return len(w.checks()) == 1 && len(w.inside()) > 5 }, "it is written")
	require.Equal(t, http.StatusNotFound, w.ask("GET", page+"/report").status)
	require.Equal(t, http.StatusNotFound, w.ask("GET", page+"/workbook.xlsx").status)
	require.Contains(t, w.ask("GET", page).text, `http-equiv="refresh"`)
	close(hold)
	w.within(func() bool { return w.ask("GET", page+"/report").status == http.StatusOK }, "it is shown")
	require.NotContains(t, w.ask("GET", page).text, `http-equiv="refresh"`)
}
