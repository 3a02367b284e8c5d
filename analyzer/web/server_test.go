package web

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Who sends nothing more is not waited for.
func TestSlowRequestsAreClosed(t *testing.T) {
	w := opened(t, func(s *Server) { s.pace.header, s.pace.request = 100*time.Millisecond, time.Hour }).enter()
	full := w.head("GET", "/")
	for _, sent := range []int{0, 1, 10, len(full)} {
		a := w.raw(full[:sent])
		require.Contains(t, []int{0, http.StatusRequestTimeout, http.StatusBadRequest}, a.status, "a header of %d bytes", sent)
	}

	w = opened(t, func(s *Server) { s.pace.request = 300 * time.Millisecond }).enter()
	for _, path := range []string{"/here", "/stop", "/check/0/stop", "/no"} {
		a := w.raw("POST " + path + " HTTP/1.1\r\nHost: " + w.at + "\r\nContent-Length: 1000\r\n\r\nscheme=")
		require.Equal(t, http.StatusForbidden, a.status, path)
	}
	a := w.raw(w.head("POST", "/here", ours[0], ours[1], "Content-Type: "+formKind, "Content-Length: 1000") + "\r\nscheme=")
	require.Equal(t, http.StatusBadRequest, a.status, "a body that does not come")
	require.Contains(t, a.text, "not sent as it should be")
	require.Empty(t, w.inside())
}

// A header has a bound.
func TestLargeHeadersAreRefused(t *testing.T) {
	w := opened(t).enter()
	c, err := net.Dial("tcp", w.at)
	require.NoError(t, err)
	defer c.Close()
	_, _ = io.WriteString(c, w.head("GET", "/", fmt.Sprintf("X-Long: %0*d", 4*headerSize, 0))+"\r\n")
	line, err := bufio.NewReader(c).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.1 431 Request Header Fields Too Large\r\n", line)
}

// So many connections are answered at a time; who comes after waits, and is not lost.
func TestMoreConnectionsWait(t *testing.T) {
	w := opened(t).enter()
	var open []net.Conn
	for range mostOpen {
		c, err := net.Dial("tcp", w.at)
		require.NoError(t, err)
		defer c.Close()
		open = append(open, c)
	}
	late := make(chan int, 10)
	var asking sync.WaitGroup
	for range cap(late) {
		asking.Go(func() { late <- w.ask("GET", "/").status })
	}
	for _, c := range open[:mostOpen/2] { // those that are in are answered
		_, err := io.WriteString(c, w.head("GET", "/")+"\r\n")
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, w.answered(c, "GET").status)
	}
	require.Empty(t, late, "the others wait")
	for _, c := range open {
		require.NoError(t, c.Close())
	}
	asking.Wait()
	for range cap(late) {
		require.Equal(t, http.StatusOK, <-late)
	}
}

// Who is not let in keeps no connection.
func TestWhoIsRefusedKeepsNoConnection(t *testing.T) {
	w := opened(t)
	c, err := net.Dial("tcp", w.at)
	require.NoError(t, err)
	defer c.Close()
	require.NoError(t, c.SetDeadline(time.Now().Add(20*time.Second)))
	_, err = io.WriteString(c, "GET / HTTP/1.1\r\nHost: "+w.at+"\r\n\r\n")
	require.NoError(t, err)
	_, err = io.ReadAll(c)
	require.NoError(t, err, "closed by the server")
}

// held is a check that runs until its context ends.
func (w *site) held() (began, ended chan struct{}) {
	began, ended = make(chan struct{}, 100), make(chan struct{}, 100)
	w.server.Check = func(ctx context.Context, _ Checking, _ func(string)) error {
		began <- struct{}{}
		<-ctx.Done()
		time.Sleep(20 * time.Millisecond) // a worker takes a moment
		ended <- struct{}{}
		return ctx.Err()
	}
	return began, ended
}

// However the server ends, its checks have ended before it.
func TestItEndsWithItsChecks(t *testing.T) {
	for name, end := range map[string]func(w *site){
		"by the page": func(w *site) {
			a := w.post("/stop", formKind, "")
			require.Equal(t, http.StatusOK, a.status)
			require.Contains(t, a.text, "paperlight has stopped")
			requireSecure(t, a)
			require.Equal(t, http.StatusOK, w.ask("GET", "/style.css").status, "the last page has its look")
		},
		"by its context": func(w *site) { w.stop() },
	} {
		w := opened(t).enter()
		began, ended := w.held()
		for range mostWorking + 1 { // one waits
			require.Equal(t, http.StatusSeeOther, w.post("/here", formKind, "").status)
		}
		for range mostWorking {
			<-began
		}
		end(w)
		w.hasEnded()
		require.Len(t, ended, mostWorking, name)
		requireNoneLeft(t)
	}
}

// A check is ended by its button, and the page says so.
func TestACheckIsStopped(t *testing.T) {
	w := opened(t).enter()
	began, ended := w.held()
	page := w.post("/here", formKind, "").header.Get("Location")
	<-began
	require.Equal(t, page, w.post(page+"/stop", formKind, "").header.Get("Location"))
	<-ended
	w.within(func() bool { return strings.Contains(w.ask("GET", page).text, "You stopped it") }, "it has stopped")
}

// Nobody asks, nothing runs: it ends. A check, an upload and a request keep it.
func TestItEndsWhenNobodyUsesIt(t *testing.T) {
	const idle = 150 * time.Millisecond
	open := func() *site { return opened(t, func(s *Server) { s.Idle = idle }).enter() }
	t.Run("nobody", func(t *testing.T) { open().hasEnded() })
	t.Run("strangers", func(t *testing.T) {
		w := open()
		done := make(chan struct{})
		go func() {
			defer close(done)
			for range 1000 {
				c, err := net.Dial("tcp", w.at)
				if err != nil {
					return
				}
				_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: "+w.at+"\r\n\r\n")
				_, _ = io.Copy(io.Discard, c)
				_ = c.Close()
			}
		}()
		w.hasEnded()
		<-done
	})
	t.Run("a check", func(t *testing.T) {
		w := open()
		began, ended := w.held()
		w.post("/here", formKind, "")
		<-began
		time.Sleep(3 * idle)
		require.Empty(t, w.ended)
		w.server.find(w.server.checks[0].id).stop()
		<-ended
		w.hasEnded()
	})
	t.Run("an upload", func(t *testing.T) {
		w := open()
		c, err := net.Dial("tcp", w.at)
		require.NoError(t, err)
		defer c.Close()
		body := part("a.csv", "1") + lastPart
		_, err = io.WriteString(c, w.head("POST", "/check", ours[0], ours[1], "Content-Type: "+uploadKind, fmt.Sprint("Content-Length: ", len(body)))+"\r\n"+body[:20])
		require.NoError(t, err)
		time.Sleep(3 * idle)
		require.Empty(t, w.ended)
		_, err = io.WriteString(c, body[20:])
		require.NoError(t, err)
		w.finished(w.answered(c, "POST"))
		w.hasEnded()
	})
}

// An upload that is on its way when the server ends leaves nothing, starts nothing, and
// is over when Serve returns: the storage is then removed.
func TestAnUploadDoesNotOutliveTheServer(t *testing.T) {
	w := opened(t, func(s *Server) { s.pace.last = 50 * time.Millisecond }).enter()
	c, err := net.Dial("tcp", w.at)
	require.NoError(t, err)
	defer c.Close()
	_, err = io.WriteString(c, w.head("POST", "/check", ours[0], ours[1], "Content-Type: "+uploadKind, "Content-Length: 100000")+"\r\n"+part("a.csv", "1"))
	require.NoError(t, err)
	w.within(func() bool { return len(w.inside()) > 0 }, "it has begun")
	w.stop()
	w.hasEnded()
	require.Empty(t, w.inside())
	require.Empty(t, w.checks())
}

// An upload that is whole when the server ends starts no check.
func TestNoCheckBeginsAfterTheEnd(t *testing.T) {
	w := opened(t).enter()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	_, err := w.server.add(ctx, random(), "a", Checking{})
	require.Error(t, err)
	require.Empty(t, w.checks())
	require.Empty(t, w.inside())
}

// Who listens for it may fail: then the checks end too.
func TestItEndsWithItsListener(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s, err := New(l, Options{Storage: t.TempDir(), Idle: time.Hour, Now: time.Now})
	require.NoError(t, err)
	require.NoError(t, l.Close())
	require.Error(t, s.Serve(t.Context(), l))
	requireNoneLeft(t)
}
