package web

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"paperlight/rules"
)

// A site is a server on this computer, with a check that reads nothing.
type site struct {
	t       *testing.T
	server  *Server
	at      string // host:port
	cookie  string // as a browser sends it
	storage string
	stop    context.CancelFunc
	ended   chan error

	mu      sync.Mutex
	asked   []Checking
	answers kept
}

// kept are answers in memory.
type kept struct {
	text  []byte
	fails error
}

func (k *kept) Read() ([]byte, error) { return k.text, k.fails }

func (k *kept) Write(text []byte) error {
	if k.fails == nil {
		k.text = text
	}
	return k.fails
}

func (k *kept) Where() string { return "this page" }

// catalogue is the rules of the product, read once.
func catalogue(t *testing.T) *rules.Catalogue {
	c, err := builtIn()
	require.NoError(t, err)
	return c
}

var builtIn = sync.OnceValues(func() (*rules.Catalogue, error) { return rules.Embedded() })

// much is the room on the disk, where a test does not say otherwise.
const much = 10 << 30

// opened starts a site; change may change what it is started with.
func opened(t *testing.T, change ...func(*Server)) *site {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	w := &site{t: t, at: l.Addr().String(), storage: t.TempDir(), ended: make(chan error, 1)}
	w.server, err = New(l, Options{
		Storage: w.storage, Paths: []string{"/data/<b>export</b>.zip"}, Schemes: []Scheme{{"england-2026", "England"}, {"scr-2010", "SCR"}}, Catalogue: catalogue(t), Answers: &w.answers, Idle: time.Hour, Now: time.Now,
		Free:  func(string) (int64, error) { return much, nil },
		Check: func(_ context.Context, c Checking, progress func(string)) error { return w.check(c, progress) },
	})
	require.NoError(t, err)
	for _, c := range change {
		c(w.server)
	}
	ctx, stop := context.WithCancel(t.Context())
	w.stop = stop
	go func() { w.ended <- w.server.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		requireNoneLeft(t)
	})
	return w
}

// check writes what a check writes: a report, its page and two worklists.
func (w *site) check(c Checking, progress func(string)) error {
	w.mu.Lock()
	w.asked = append(w.asked, c)
	w.mu.Unlock()
	progress("reading patients.csv: 40 %")
	files := map[string]string{
		ReportData: foundReport, ReportPage: "<!DOCTYPE html><title>Report</title>",
		Lists + "/allergy--reaction-recorded.csv": foundList, Lists + "/worklist.xlsx": "PK", Lists + "/.hidden.csv": "no", Lists + "/notes.txt": "no",
	}
	for name, text := range files {
		name = filepath.Join(c.To, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// What a check of the tests finds: one check is not met by two records, one is met, and
// one waits for an answer.
const (
	foundReport = `{"level": "practice", "practices": [{"practice_id": "A81001", "ods_code": "B85001", "name": "The <b>Surgery</b>", "as_of": "2026-03-31",
 "results": [{"rule": "allergy/reaction-recorded", "code": "ALG-007", "numerator": 3, "denominator": 5, "excluded": 0, "undetermined": 0, "unknown": 0, "rate": 0.6},
  {"rule": "allergy/coded", "code": "ALG-003", "numerator": 5, "denominator": 5, "excluded": 0, "undetermined": 0, "unknown": 0, "rate": 1},
  {"rule": "medication/four-repeats-reviewed", "code": "MED-008", "missing": ["an answer of the practice: four-repeats-reviewed"]}],
 "accreditations": [{"id": "scr", "title": "Summary Care Record", "verdict": "not_ready", "blockers_failed": ["allergy/reaction-recorded"], "answers_needed": ["medication/four-repeats-reviewed"], "criteria": [
  {"rule": "allergy/coded", "severity": "minor", "status": "passed", "basis": "measured", "threshold": "80%", "owner": "practice", "failing": 0, "to_fix": 0},
  {"rule": "allergy/reaction-recorded", "severity": "blocker", "status": "failed", "basis": "measured", "threshold": "95%", "owner": "clinician", "failing": 2, "to_fix": 2},
  {"rule": "medication/four-repeats-reviewed", "severity": "major", "status": "not_assessable", "threshold": "yes", "owner": "practice"}]}],
 "questions": [{"key": "four-repeats-reviewed", "rules": ["medication/four-repeats-reviewed"], "needed": true}]}],
 "rule_texts": [{"rule": "allergy/reaction-recorded", "code": "ALG-007", "title": "Each allergy has a severity", "table": "allergies", "fix": "Open each listed allergy.", "minutes_each": 2}, {"rule": "allergy/coded", "code": "ALG-003", "title": "Allergies are coded"}]}`
	foundList = `"practice_id","patient_id","record_id","date","what","why","table","code"` + "\r\n" +
		`"A81001","p1","r1","2026-01-02","not met","has <i>no</i> severity","allergies","91936005"` + "\r\n" +
		`"A81001","'=p2","r2","","cannot be told","has no severity","allergies",""` + "\r\n"
)

// checks are what was asked of the check.
func (w *site) checks() []Checking {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.asked)
}

// An answer is what came back.
type answer struct {
	status int
	header http.Header
	text   string
}

// enter exchanges the token of the first address for the cookie.
func (w *site) enter() *site {
	a := w.raw("GET /?token=" + w.server.guard.token + " HTTP/1.1\r\nHost: " + w.at + "\r\n\r\n")
	require.Equal(w.t, http.StatusSeeOther, a.status)
	w.cookie, _, _ = strings.Cut(a.header.Get("Set-Cookie"), ";")
	return w
}

// raw sends a request as it is written, and reads one answer. The status is 0 where
// the connection was closed without one.
func (w *site) raw(text string) answer {
	w.t.Helper()
	c, err := net.Dial("tcp", w.at)
	require.NoError(w.t, err)
	defer c.Close()
	require.NoError(w.t, c.SetDeadline(time.Now().Add(20*time.Second)))
	_, _ = io.WriteString(c, text) // it may be refused before it is sent
	method, _, _ := strings.Cut(text, " ")
	return w.answered(c, method)
}

// answered reads the answer to a method.
func (w *site) answered(c io.Reader, method string) answer {
	w.t.Helper()
	r, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		require.NotContains(w.t, err.Error(), "timeout", "the server must not let a client wait")
		return answer{}
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	require.NoError(w.t, err)
	return answer{r.StatusCode, r.Header, string(body)}
}

// ask sends a request with the cookie, and with lines of the header besides.
func (w *site) ask(method, path string, lines ...string) answer {
	w.t.Helper()
	return w.raw(w.head(method, path, lines...) + "\r\n")
}

func (w *site) head(method, path string, lines ...string) string {
	if base := w.server.guard.base; !strings.HasPrefix(path, base) {
		path = base + path
	}
	head := method + " " + path + " HTTP/1.1\r\nHost: " + w.at + "\r\nCookie: " + w.cookie + "\r\n"
	for _, line := range lines {
		head += line + "\r\n"
	}
	return head
}

// ours is what a browser adds to a form of our own page. It does not name the page,
// since the page asks for no referrers.
var ours = []string{"Origin: null", "Sec-Fetch-Site: same-origin"}

// post sends a form of the page.
func (w *site) post(path, kind, body string) answer {
	w.t.Helper()
	return w.raw(w.head("POST", path, append(ours[:2:2], "Content-Type: "+kind, fmt.Sprint("Content-Length: ", len(body)))...) + "\r\n" + body)
}

const (
	formKind   = "application/x-www-form-urlencoded"
	uploadKind = "multipart/form-data; boundary=edge"
)

// here checks what the site was started with, and waits for the check to end.
func (w *site) here() (id string) {
	w.t.Helper()
	return w.finished(w.post("/here", formKind, "scheme=scr-2010&as_of=2026-03-31"))
}

// finished waits until the check that an answer leads to has ended, and returns its id.
func (w *site) finished(a answer) (id string) {
	w.t.Helper()
	id, ok := strings.CutPrefix(a.header.Get("Location"), w.server.guard.base+"/check/")
	require.True(w.t, ok, "%d %s", a.status, a.text)
	require.Regexp(w.t, regexp.MustCompile("^[0-9a-f]{32}$"), id)
	w.within(func() bool { return !w.server.find(id).running() }, "the check ends")
	return id
}

// within waits for something to become so.
func (w *site) within(so func() bool, what string) {
	w.t.Helper()
	require.Eventually(w.t, so, 10*time.Second, 2*time.Millisecond, what)
}

// part is a file of an upload, or the end of it.
func part(name, text string) string {
	return `--edge` + "\r\n" + `Content-Disposition: form-data; name="files"; filename="` + name + `"` + "\r\nContent-Type: text/csv\r\n\r\n" + text + "\r\n"
}

const lastPart = "--edge--\r\n"

// inside lists what is in the storage, as paths below it.
func (w *site) inside() (names []string) {
	w.t.Helper()
	require.NoError(w.t, filepath.WalkDir(w.storage, func(name string, e os.DirEntry, err error) error {
		if os.IsNotExist(err) { // it was just removed
			return nil
		}
		if err != nil && runtime.GOOS == "windows" { // it is being removed
			names = append(names, "being removed")
			return nil
		}
		if err == nil && name != w.storage {
			below, _ := filepath.Rel(w.storage, name)
			names = append(names, filepath.ToSlash(below))
		}
		return err
	}))
	return names
}

// hasEnded waits for the server to end.
func (w *site) hasEnded() {
	w.t.Helper()
	select {
	case err := <-w.ended:
		require.NoError(w.t, err)
	case <-time.After(10 * time.Second):
		w.t.Fatal("the server does not end")
	}
	_, err := net.Dial("tcp", w.at)
	require.Error(w.t, err, "nobody listens any more")
}

// requireNoneLeft holds that no goroutine of a server is left.
func requireNoneLeft(t *testing.T) {
	t.Helper()
	stacks := make([]byte, 1<<20)
	for range 1000 {
		all := string(stacks[:runtime.Stack(stacks, true)])
		if !regexp.MustCompile(`analyzer/web\.\(\*(Server|fewer|check|guard)|net/http\.\(\*(conn|Server)\)`).MatchString(all) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("goroutines are left:\n%s", stacks[:runtime.Stack(stacks, true)])
}

// write writes a file below the storage.
func (w *site) write(name, text string) {
	w.t.Helper()
	require.NoError(w.t, os.WriteFile(filepath.Join(w.storage, name), []byte(text), 0o600))
}
