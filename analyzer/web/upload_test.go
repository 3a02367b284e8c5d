package web

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/visible"
)

// What is uploaded is checked from the storage: a file or folder itself where there is
// one, so that the report has its name.
func TestAnUploadIsChecked(t *testing.T) {
	for _, c := range []struct{ body, name, path string }{
		{part("export.zip", "PK"), "export.zip", "/extract/export.zip"},
		{part("Export März/patients.csv", "a\n1\n") + part("Export März/events.csv", "b\n"), "Export März", "/extract/Export März"},
		{part(`Export\patients.csv`, "a\n1\n"), "Export", "/extract/Export"},
		{part("patients.csv", "a\n1\n") + part("events.csv", "") + part("", ""), "patients.csv and 1 more", "/extract"},
	} {
		w := opened(t).enter()
		scheme := "--edge\r\nContent-Disposition: form-data; name=\"scheme\"\r\n\r\nscr-2010\r\n--edge\r\nContent-Disposition: form-data; name=\"as_of\"\r\n\r\n2026-03-31\r\n"
		id := w.finished(w.post("/check", uploadKind, c.body+scheme+lastPart))
		asked := w.checks()[0]
		require.Equal(t, Checking{Paths: []string{filepath.Join(w.storage, id, filepath.FromSlash(c.path))}, Scheme: "scr-2010", AsOf: "2026-03-31", To: filepath.Join(w.storage, id, "outcome")}, asked)
		_, err := os.Stat(asked.Paths[0])
		require.NoError(t, err)
		require.Contains(t, w.ask("GET", "/check/"+id).text, c.name)
		w.stop()
		w.hasEnded()
	}
}

// A form is held to what there is, and says how to put it right.
func TestFormsThatAreWrongAreRefused(t *testing.T) {
	w := opened(t).enter()
	field := func(name, value string) string {
		return "--edge\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
	}
	for _, c := range []struct {
		path, kind, body string
		status           int
		says             string
	}{
		{"/here", formKind, "scheme=other", 400, "no such scheme"},
		{"/here", formKind, "scheme=../../etc/passwd", 400, "no such scheme"},
		{"/here", formKind, "as_of=--rules", 400, "must be a date"},
		{"/here", formKind, "as_of=2026-02-30", 400, "must be a date"},
		{"/here", formKind, "as_of=%zz", 400, "not sent as it should be"},
		{"/here", formKind, "as_of=" + strings.Repeat("2", formSize), 413, "too large"},
		{"/here", formKind, strings.Repeat("x", 2<<20+1), 413, "too large"},
		{"/check", formKind, "scheme=scr-2010", 400, "not sent as it should be"},
		{"/check", "multipart/form-data", "", 400, "not sent as it should be"},
		{"/check", uploadKind, "", 400, "No file was chosen"},
		{"/check", uploadKind, lastPart, 400, "No file was chosen"},
		{"/check", uploadKind, part("", "") + lastPart, 400, "No file was chosen"},
		{"/check", uploadKind, part("a.csv", "1") + field("scheme", "other") + lastPart, 400, "no such scheme"},
		{"/check", uploadKind, part("a.csv", "1") + field("scheme", strings.Repeat("s", 300)) + lastPart, 400, "too long"},
		{"/check", uploadKind, part("a.csv", "1") + field("as_of", "yesterday") + lastPart, 400, "must be a date"},
		{"/check", uploadKind, part("a.csv", "1") + field("other", "1") + lastPart, 400, "not known"},
		{"/check", uploadKind, part("a.csv", "1") + part("A.CSV", "1") + lastPart, 400, "two of one name"},
		{"/check", uploadKind, part("a.csv", "1") + part("a.csv/b.csv", "1") + lastPart, 400, "name that cannot be used"},
		{"/check", uploadKind, part("a/b.csv", "1") + part("a", "1") + lastPart, 400, "name that cannot be used"},
		{"/check", uploadKind, part("a.csv", "1"), 400, "did not arrive whole"},
	} {
		a := w.post(c.path, c.kind, c.body)
		require.Equal(t, c.status, a.status, "%s %.300q: %s", c.path, c.body, a.text)
		require.Contains(t, a.text, c.says, "%.80q", c.body)
		requireSecure(t, a)
		require.Empty(t, w.inside(), "%.80q", c.body)
	}
	require.Empty(t, w.checks())

	w.server.Paths = nil
	require.Equal(t, http.StatusNotFound, w.post("/here", formKind, "").status)
}

// A name lands below the storage or is refused with words; nowhere does one end in 500.
func TestHostileNamesOfFiles(t *testing.T) {
	outside := t.TempDir()
	for _, name := range []string{
		`C:\Windows\win.ini`, "C:patients.csv", "c:/x.csv", `\\server\share\x.csv`, "//server/share/x.csv", `\\?\C:\x.csv`, "/etc/passwd", outside + "/x.csv", // absolute
		"..", ".", "../x.csv", "../../x.csv", `..\x.csv`, "a/../../x.csv", "a/./b.csv", "a//b.csv", "a/", "./x.csv", "....//x.csv", // up
		"CON", "con.csv", "NUL.csv", "COM1", "a/AUX/b.csv", "LPT9.txt", "CONIN$", // names that Windows keeps
		"x.csv:stream", "x.csv::$DATA", "x.csv.", "x.csv ", "a. /b.csv", " x.csv", // names that Windows changes
		"x\x00.csv", "x\x07.csv", "x\x7f.csv", "x\u0085.csv", "x\u202evsc.exe", "\u2066x.csv", "x\u200b.csv", "\ufeffx.csv", // not seen
		"x\xff.csv", "x<y>.csv", "x|y.csv", "x?.csv", "x*.csv", // not names everywhere
		strings.Repeat("x", 300), strings.Repeat("x", 199) + ".csv", strings.Repeat("d/", 200) + "x.csv", strings.Repeat("d/", 600) + "x.csv", strings.Repeat("ü", 120), // long
		"%2e%2e%2fx.csv", "~/x.csv", "$HOME/x.csv", "-rf", "--scheme=x", "|calc", "x.csv;y.csv", `x\"y.csv`, "<script>alert(1)</script>.csv", ".paperlight", "outcome/report.html",
	} {
		w := opened(t).enter()
		a := w.post("/check", uploadKind, part(name, "1\n")+lastPart)
		requireSecure(t, a)
		switch a.status {
		case http.StatusSeeOther:
			require.False(t, strings.ContainsFunc(name, visible.Hidden), "%q", name)
			id := w.finished(a)
			path := w.checks()[0].Paths[0]
			require.True(t, strings.HasPrefix(path, filepath.Join(w.storage, id, "extract")+string(filepath.Separator)), "%q: %s", name, path)
			require.NotContains(t, w.ask("GET", "/").text, "<script>")
		case http.StatusBadRequest:
			if !strings.ContainsAny(name, "\x00\x07\x7f") { // with these it is no header of a part
				require.Contains(t, a.text, "A file has a name that cannot be used here", "%q", name)
			}
			require.Contains(t, a.text, "That did not work", "%q", name)
			require.Empty(t, w.inside(), "%q", name)
			require.Empty(t, w.checks(), "%q", name)
		default:
			require.Fail(t, "neither taken nor refused", "%q: %d %s", name, a.status, a.text)
		}
		left, err := os.ReadDir(filepath.Dir(w.storage))
		require.NoError(t, err)
		for _, e := range left {
			require.True(t, e.IsDir(), "%q wrote %s beside the storage", name, e.Name())
		}
		w.stop()
		w.hasEnded()
	}
	left, err := os.ReadDir(outside)
	require.NoError(t, err)
	require.Empty(t, left)
}

// What the disk does not take is refused before it is sent, or as soon as it is too
// much, where nobody said how much comes.
func TestUploadsLargerThanTheDiskAreRefused(t *testing.T) {
	const room = 4096
	w := opened(t, func(s *Server) { s.Free = func(string) (int64, error) { return spare + room, nil } }).enter()
	w.finished(w.post("/check", uploadKind, part("a.csv", strings.Repeat("1", room/2))+lastPart))
	before := w.inside()
	large := part("a.csv", strings.Repeat("1", room)) + lastPart
	a := w.post("/check", uploadKind, large)
	require.Equal(t, http.StatusRequestEntityTooLarge, a.status)
	require.Contains(t, a.text, "too little room")
	a = w.raw(w.head("POST", "/check", ours[0], ours[1], "Content-Type: "+uploadKind, "Transfer-Encoding: chunked") + fmt.Sprintf("\r\n%x\r\n%s\r\n0\r\n\r\n", len(large), large))
	require.Equal(t, http.StatusRequestEntityTooLarge, a.status)
	requireSecure(t, a)
	a = w.raw(w.head("POST", "/check", ours[0], ours[1], "Content-Type: "+uploadKind, "Content-Length: 100000000000") + "\r\n")
	require.Equal(t, http.StatusRequestEntityTooLarge, a.status, "before it is sent")
	require.Equal(t, before, w.inside())

	w.server.Free = func(string) (int64, error) { return spare, nil }
	require.Equal(t, http.StatusRequestEntityTooLarge, w.post("/check", uploadKind, part("a.csv", "1")+lastPart).status)
	w.server.Free = func(string) (int64, error) { return 0, os.ErrPermission }
	require.Equal(t, http.StatusInternalServerError, w.post("/check", uploadKind, part("a.csv", "1")+lastPart).status)
	require.Len(t, w.checks(), 1)
}

// An upload that ends too soon leaves nothing and starts nothing: the connection is cut,
// the page is closed, the network stands still.
func TestATornUploadLeavesNothing(t *testing.T) {
	w := opened(t, func(s *Server) { s.pace.move = 200 * time.Millisecond }).enter()
	body := part("export/patients.csv", strings.Repeat("1\n", 5000)) + part("export/events.csv", "1\n") + lastPart
	for name, torn := range map[string]func(c *net.TCPConn){
		"closed":  func(c *net.TCPConn) { require.NoError(t, c.CloseWrite()) },
		"cut":     func(c *net.TCPConn) { require.NoError(t, c.SetLinger(0)); require.NoError(t, c.Close()) },
		"stalled": func(*net.TCPConn) {},
	} {
		for _, sent := range []int{0, 1, 40, 150, 5000, len(body) - 60, len(body) - len(lastPart), len(body) - 5} {
			c, err := net.Dial("tcp", w.at)
			require.NoError(t, err)
			_, err = io.WriteString(c, w.head("POST", "/check", ours[0], ours[1], "Content-Type: "+uploadKind, fmt.Sprint("Content-Length: ", len(body)))+"\r\n"+body[:sent])
			require.NoError(t, err)
			if sent > 100 {
				w.within(func() bool { return len(w.inside()) > 0 }, "it has begun")
			}
			torn(c.(*net.TCPConn))
			if name == "stalled" {
				require.Equal(t, http.StatusBadRequest, w.answered(c, "POST").status, "%s after %d", name, sent)
			}
			w.within(func() bool { return len(w.inside()) == 0 }, name)
			_ = c.Close()
		}
	}
	require.Empty(t, w.checks())
	require.Equal(t, http.StatusOK, w.ask("GET", "/").status)
}

// An upload may take as long as it moves.
func TestASlowUploadThatMovesArrives(t *testing.T) {
	w := opened(t, func(s *Server) { s.pace.request, s.pace.move = 100*time.Millisecond, 2*time.Second }).enter()
	c, err := net.Dial("tcp", w.at)
	require.NoError(t, err)
	defer c.Close()
	body := part("a.csv", strings.Repeat("1", 100)) + lastPart
	_, err = io.WriteString(c, w.head("POST", "/check", ours[0], ours[1], "Content-Type: "+uploadKind, fmt.Sprint("Content-Length: ", len(body)))+"\r\n")
	require.NoError(t, err)
	for ; body != ""; body = body[min(40, len(body)):] {
		_, err = io.WriteString(c, body[:min(40, len(body))])
		require.NoError(t, err)
		time.Sleep(50 * time.Millisecond)
	}
	w.finished(w.answered(c, "POST"))
}
