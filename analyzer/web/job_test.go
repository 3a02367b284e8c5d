package web

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Progress comes as events, as it is said, and then that the job has ended.
func TestProgressComesAsEvents(t *testing.T) {
	w := opened(t).enter()
	said, hold := make(chan string), make(chan struct{})
	w.server.Check = func(ctx context.Context, c Checking, progress func(string)) error {
		for {
			select {
			case line := <-said:
				progress(line)
			case <-hold:
				return w.check(c, func(string) {})
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	page := w.post("/here", formKind, "").header.Get("Location")
	c, err := net.Dial("tcp", w.at)
	require.NoError(t, err)
	defer c.Close()
	require.NoError(t, c.SetDeadline(time.Now().Add(20*time.Second)))
	_, err = c.Write([]byte(w.head("GET", page+"/events") + "\r\n"))
	require.NoError(t, err)
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	defer r.Body.Close()
	require.Equal(t, "text/event-stream; charset=utf-8", r.Header.Get("Content-Type"))
	lines := bufio.NewScanner(r.Body)
	next := func(want string) {
		t.Helper()
		for lines.Scan() {
			if lines.Text() == want {
				return
			}
		}
		t.Fatalf("no line %q: %v", want, lines.Err())
	}
	said <- "reading patients: 40 %, about 3s left"
	next("data: reading patients: 40 %, about 3s left")
	said <- "a line\nevent: ended\n\nand\x1b[31m more"
	require.True(t, lines.Scan())
	for lines.Text() == "" || strings.HasPrefix(lines.Text(), "event: progress") {
		require.True(t, lines.Scan())
	}
	require.True(t, strings.HasPrefix(lines.Text(), "data: a line"), lines.Text())
	require.NotContains(t, lines.Text(), "\x1b")
	close(hold)
	next("event: ended")
	require.NotContains(t, w.ask("GET", page+"/events").text, "progress", "it has ended")
	require.Equal(t, http.StatusNotFound, w.ask("GET", "/check/no/events").status)
}

// So many checks read at a time; who comes after waits, is told so, and can be stopped.
func TestChecksWaitForEachOther(t *testing.T) {
	w := opened(t).enter()
	hold, running := make(chan struct{}), make(chan struct{}, 10)
	w.server.Check = func(ctx context.Context, c Checking, progress func(string)) error {
		running <- struct{}{}
		select {
		case <-hold:
			return w.check(c, progress)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	var pages []string
	for range mostWorking + 2 {
		pages = append(pages, w.post("/here", formKind, "").header.Get("Location"))
	}
	for range mostWorking {
		<-running
	}
	waiting := func(page string) bool {
		return strings.Contains(w.ask("GET", page).text, "Waiting for the checks before it")
	}
	var behind []string
	w.within(func() bool {
		behind = nil
		for _, p := range pages {
			if waiting(p) {
				behind = append(behind, p)
			}
		}
		return len(behind) == 2
	}, "two wait")
	require.Empty(t, running)
	require.Equal(t, http.StatusSeeOther, w.post(behind[0]+"/stop", formKind, "").status)
	w.within(func() bool { return strings.Contains(w.ask("GET", behind[0]).text, "stopped") }, "it is stopped")
	close(hold)
	for _, p := range pages {
		if p != behind[0] {
			w.within(func() bool { return strings.Contains(w.ask("GET", p).text, "Each allergy has a severity") }, "it is checked in its turn")
		}
	}
}

// A patient is looked up by a key that never stands in an address.
func TestAPatientIsLookedUp(t *testing.T) {
	w := opened(t).enter()
	id := w.here()
	var asked []string
	w.server.Explain = func(_ context.Context, c Checking, rule, patient string, progress func(string)) (string, error) {
		asked = append(asked, rule, patient, c.Paths[0])
		progress("looking")
		if patient == "nobody" {
			return "", errors.New("no patient of the extract has this key")
		}
		return "This patient counts <b>here</b>.\nCondition by condition:\n", nil
	}
	look := func(rule, patient string) answer {
		return w.post("/check/"+id+"/why", formKind, "rule="+rule+"&patient="+patient)
	}
	a := look("allergy/coded", "%20p1%20")
	require.Equal(t, http.StatusSeeOther, a.status)
	at := a.header.Get("Location")
	require.NotContains(t, at, "p1")
	w.within(func() bool { return strings.Contains(w.ask("GET", at).text, "This patient counts &lt;b&gt;here") }, "it is answered")
	require.Equal(t, []string{"allergy/coded", "p1", "/data/<b>export</b>.zip"}, asked)
	require.Contains(t, w.ask("GET", at+"/events").text, "event: ended")
	at = look("allergy/coded", "nobody").header.Get("Location")
	w.within(func() bool { return strings.Contains(w.ask("GET", at).text, "no patient of the extract has this key") }, "it is said")
	for _, patient := range []string{"", "%20", "-h", "--memory=1", strings.Repeat("x", longestKey+1)} {
		require.Equal(t, http.StatusBadRequest, look("allergy/coded", patient).status, patient)
	}
	require.Equal(t, http.StatusNotFound, look("no/rule", "p1").status)
	require.Equal(t, http.StatusNotFound, look("--help", "p1").status)
	require.Len(t, asked, 6)
	for _, n := range []string{"0", "3", "-1", "01", "x"} {
		require.Equal(t, http.StatusNotFound, w.ask("GET", "/check/"+id+"/why/"+n).status, n)
	}
}

// The made-up practice is made where uploads are, and its numbers are no real ones.
func TestAMadeUpPracticeIsChecked(t *testing.T) {
	w := opened(t).enter()
	id := w.finished(w.post("/example", formKind, ""))
	asked := w.checks()[0]
	require.True(t, asked.Example)
	require.True(t, asked.TestNumbers)
	require.Equal(t, "england-2026", asked.Scheme)
	require.True(t, strings.HasPrefix(asked.Paths[0], w.storage))
	require.Contains(t, w.ask("GET", "/check/"+id).text, "Made-up practice")
	w.finished(w.post("/check/"+id+"/again", formKind, ""))
	require.Equal(t, asked.Paths, w.checks()[1].Paths)
	w.finished(w.post("/check/"+id+"/again", formKind, "chosen=1&scheme=scr-2010&as_of=2026-01-31"))
	again := w.checks()[2]
	require.Equal(t, []string{"scr-2010", "2026-01-31"}, []string{again.Scheme, again.AsOf})
	require.False(t, again.TestNumbers)
	require.Equal(t, http.StatusBadRequest, w.post("/check/"+id+"/again", formKind, "chosen=1&scheme=no").status)
}
