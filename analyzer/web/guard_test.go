package web

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A name of the server is one of three; any other is of a site that made its name lead
// here.
func TestOtherHostsAreRefused(t *testing.T) {
	w := opened(t).enter()
	_, port, err := net.SplitHostPort(w.at)
	require.NoError(t, err)
	for _, host := range []string{"127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port, "LocalHost:" + port, "LOCALHOST:" + port} {
		require.Equal(t, http.StatusOK, w.raw("GET "+w.server.guard.base+"/ HTTP/1.1\r\nHost: "+host+"\r\nCookie: "+w.cookie+"\r\n\r\n").status, host)
	}
	for _, host := range []string{
		"evil.example", "evil.example:" + port, "127.0.0.1.evil.example:" + port, "localhost.evil.example:" + port, // foreign
		"localhost.:" + port, "127.0.0.1.:" + port, // a trailing dot
		"127.0.0.1", "localhost", "127.0.0.1:", "127.0.0.1:1", "127.0.0.1:0" + port, // other ports
		"0.0.0.0:" + port, "[::]:" + port, "127.0.0.2:" + port, "[::ffff:127.0.0.1]:" + port, "127.1:" + port, "2130706433:" + port, "0x7f000001:" + port, // other ways to write it
		"user@127.0.0.1:" + port, "127.0.0.1:" + port + "@evil.example", "127.0.0.1:" + port + ",evil.example", // two in one
		"loc\u0430lhost:" + port, "\uff11\uff12\uff17.0.0.1:" + port, "xn--loclhost-8ig:" + port, "\u212aocalhost:" + port, // unicode
		"localhost:" + port + "\x00", " ", "",
	} {
		requireRefused(t, w.raw("GET "+w.server.guard.base+"/ HTTP/1.1\r\nHost: "+host+"\r\nCookie: "+w.cookie+"\r\n\r\n"), "Host: %q", host)
		requireRefused(t, w.raw("POST "+w.server.guard.base+"/stop HTTP/1.1\r\nHost: "+host+"\r\nCookie: "+w.cookie+"\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 0\r\n\r\n"), "Host: %q", host)
	}
	for name, request := range map[string]string{
		"none":                          "GET / HTTP/1.1\r\n",
		"none, in the old protocol":     "GET / HTTP/1.0\r\n",
		"two":                           "GET / HTTP/1.1\r\nHost: " + w.at + "\r\nHost: evil.example\r\n",
		"two, the other way":            "GET / HTTP/1.1\r\nHost: evil.example\r\nHost: " + w.at + "\r\n",
		"another in the first line":     "GET http://evil.example/ HTTP/1.1\r\nHost: " + w.at + "\r\n",
		"another beside the first line": "GET http://" + w.at + "/ HTTP/1.1\r\nHost: evil.example\r\n",
		"another scheme":                "GET https://" + w.at + "/ HTTP/1.1\r\nHost: " + w.at + "\r\n",
		"a tunnel":                      "CONNECT evil.example:443 HTTP/1.1\r\nHost: " + w.at + "\r\n",
		"a tunnel to here":              "CONNECT " + w.at + " HTTP/1.1\r\nHost: " + w.at + "\r\n",
		"folded":                        "GET / HTTP/1.1\r\nHost:\r\n evil.example\r\n",
	} {
		requireRefused(t, w.raw(request+"Cookie: "+w.cookie+"\r\n\r\n"), "%s", name)
	}
	require.Equal(t, http.StatusOK, w.ask("GET", "/").status, "it is still there")
}

// requireRefused holds that a request got nowhere. Where its header is not one at all,
// the library answers before us, with 400.
func requireRefused(t *testing.T, a answer, says string, of ...any) {
	t.Helper()
	of = append([]any{says}, of...)
	require.Contains(t, []int{http.StatusForbidden, http.StatusBadRequest}, a.status, of...)
	if a.status == http.StatusForbidden {
		requireSecure(t, a)
	}
	require.NotContains(t, a.text, "<html", of...)
}

// What changes something is asked by a form of our own page.
func TestOtherPagesAreRefused(t *testing.T) {
	for _, c := range []struct {
		lines     []string
		get, post bool // are let in
	}{
		{[]string{"Sec-Fetch-Site: same-origin", "Origin: http://HOST"}, true, true},
		{[]string{"Sec-Fetch-Site: same-origin", "Origin: null"}, true, true},
		{[]string{"Sec-Fetch-Site: same-origin"}, true, true},
		{[]string{"Origin: http://HOST"}, true, true},   // an older browser
		{[]string{"Sec-Fetch-Site: none"}, true, false}, // typed by the user
		{nil, true, false},                                     // no browser sends a form so
		{[]string{"Origin: null"}, false, false},               // a page in a box
		{[]string{"Origin: "}, true, false},                    // nothing said
		{[]string{"Origin: https://HOST"}, false, false},       // another scheme
		{[]string{"Origin: http://127.0.0.1:1"}, false, false}, // another port
		{[]string{"Origin: http://127.0.0.1"}, false, false},
		{[]string{"Origin: http://evil.example"}, false, false},
		{[]string{"Origin: http://HOST.evil.example"}, false, false},
		{[]string{"Origin: http://HOST/"}, false, false},
		{[]string{"Sec-Fetch-Site: cross-site"}, false, false},
		{[]string{"Sec-Fetch-Site: cross-site", "Origin: http://HOST"}, false, false},
		{[]string{"Sec-Fetch-Site: same-site", "Origin: http://127.0.0.1:1"}, false, false},
		{[]string{"Sec-Fetch-Site: same-site"}, false, false},
		{[]string{"Sec-Fetch-Site: same-origin", "Origin: http://evil.example"}, false, false},
		{[]string{"Sec-Fetch-Site: none", "Origin: http://evil.example"}, false, false},
		{[]string{"Sec-Fetch-Site: something"}, false, false},
	} {
		w := opened(t).enter()
		lines := strings.Split(strings.ReplaceAll(strings.Join(c.lines, "\n"), "HOST", w.at), "\n")
		if c.lines == nil {
			lines = nil
		}
		a := w.ask("GET", "/", lines...)
		require.Equal(t, letIn(c.get, http.StatusOK), a.status, "GET %q", lines)
		requireSecure(t, a)
		a = w.ask("POST", "/here", append(lines, "Content-Length: 0")...)
		require.Equal(t, letIn(c.post, http.StatusSeeOther), a.status, "POST %q", lines)
		requireSecure(t, a)
		require.Equal(t, c.post, len(w.inside()) > 0, "POST %q", lines)
		w.stop()
		w.hasEnded()
	}
}

func letIn(in bool, status int) int {
	if in {
		return status
	}
	return http.StatusForbidden
}

// A link that another page has to the first address does not use it up.
func TestALinkElsewhereDoesNotUseTheTokenUp(t *testing.T) {
	w := opened(t)
	require.Equal(t, http.StatusForbidden, w.ask("GET", "/?token="+w.server.guard.token, "Sec-Fetch-Site: cross-site").status)
	w.enter()
}

// GET and its like change nothing, whoever asks.
func TestGetChangesNothing(t *testing.T) {
	w := opened(t).enter()
	id := w.here()
	before := w.inside()
	for _, method := range []string{"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "PATCH"} {
		for _, path := range []string{"/check", "/here", "/stop", "/check/" + id + "/stop", "/?_method=POST&scheme=scr-2010"} {
			w.ask(method, path, "Content-Length: 0", "X-HTTP-Method-Override: POST", ours[0], ours[1])
		}
	}
	require.Equal(t, before, w.inside())
	require.Len(t, w.checks(), 1)
	require.Equal(t, http.StatusOK, w.ask("GET", "/check/"+id).status)
}

// Of the library's own answers none is given to who is not let in.
func TestEveryMethodIsGuarded(t *testing.T) {
	w := opened(t)
	for _, line := range []string{"OPTIONS *", "OPTIONS /", "HEAD /", "TRACE /", "PRI *", "BREW /", "get /"} {
		a := w.raw(line + " HTTP/1.1\r\nHost: " + w.at + "\r\n\r\n")
		require.Contains(t, []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusBadRequest}, a.status, line)
		if a.status != http.StatusBadRequest {
			requireSecure(t, a)
		}
	}
}

func TestTheTokenIsGoodOnce(t *testing.T) {
	w := opened(t)
	token, host := w.server.guard.token, "Host: "+w.at+"\r\n"
	require.Regexp(t, "^[0-9a-f]{32}$", token, "128 bits")
	require.NotEqual(t, token, w.server.guard.session)
	for name, request := range map[string]string{
		"none":             "GET / HTTP/1.1\r\n" + host,
		"empty":            "GET /?token= HTTP/1.1\r\n" + host,
		"wrong":            "GET /?token=" + strings.Repeat("0", 32) + " HTTP/1.1\r\n" + host,
		"a part":           "GET /?token=" + token[:31] + " HTTP/1.1\r\n" + host,
		"upper case":       "GET /?token=G" + strings.ToUpper(token) + " HTTP/1.1\r\n" + host,
		"another name":     "GET /?TOKEN=" + token + " HTTP/1.1\r\n" + host,
		"a second one":     "GET /?token=wrong&token=" + token + " HTTP/1.1\r\n" + host,
		"in another path":  "GET /style.css?token=" + token + " HTTP/1.1\r\n" + host,
		"in a path":        "GET /" + token + " HTTP/1.1\r\n" + host,
		"as the cookie":    "GET / HTTP/1.1\r\nCookie: " + w.server.guard.cookie + "=" + token + "\r\n" + host,
		"an empty cookie":  "GET / HTTP/1.1\r\nCookie: " + w.server.guard.cookie + "=\r\n" + host,
		"a wrong cookie":   "GET / HTTP/1.1\r\nCookie: " + w.server.guard.cookie + "=" + strings.Repeat("0", 32) + "\r\n" + host,
		"in a header":      "GET / HTTP/1.1\r\nAuthorization: token " + token + "\r\n" + host,
		"asked for a head": "HEAD /?token=" + token + " HTTP/1.1\r\n" + host,
	} {
		a := w.raw(request + "\r\n")
		require.Equal(t, http.StatusUnauthorized, a.status, name)
		require.Empty(t, a.header.Values("Set-Cookie"), name)
		requireSecure(t, a)
	}
	body := "token=" + token
	for _, path := range []string{"/", "/?" + body, "/check?" + body} {
		a := w.raw("POST " + path + " HTTP/1.1\r\n" + host + "Origin: http://" + w.at + "\r\nContent-Type: " + formKind + "\r\nContent-Length: 38\r\n\r\n" + body)
		require.Equal(t, http.StatusUnauthorized, a.status, "POST %s", path)
	}

	a := w.raw("GET /?token=" + token + " HTTP/1.1\r\n" + host + "\r\n")
	require.Equal(t, http.StatusSeeOther, a.status)
	require.Equal(t, w.server.guard.base+"/", a.header.Get("Location"), "the token leaves the address")
	requireSecure(t, a)
	set, err := http.ParseSetCookie(a.header.Get("Set-Cookie"))
	require.NoError(t, err)
	require.True(t, set.HttpOnly)
	require.Equal(t, http.SameSiteStrictMode, set.SameSite)
	require.Empty(t, set.Domain)
	require.Equal(t, w.server.guard.base+"/", set.Path, "other servers of this computer are not sent it")
	require.Zero(t, set.MaxAge, "it lasts as long as the browser")
	require.Equal(t, w.server.guard.session, set.Value)

	for range 3 {
		require.Equal(t, http.StatusUnauthorized, w.raw("GET /?token="+token+" HTTP/1.1\r\n"+host+"\r\n").status, "used twice")
	}
	w.cookie = set.Name + "=" + set.Value
	require.Equal(t, http.StatusOK, w.ask("GET", "/").status)
	require.Equal(t, http.StatusOK, w.ask("GET", "/", "Cookie: "+set.Name+"=stale").status, "beside one that something else left behind")
}

// One browser may have the pages of two runs open: cookies know no ports.
func TestTwoPagesDoNotShareACookie(t *testing.T) {
	one, two := opened(t).enter(), opened(t).enter()
	one.cookie += "; " + two.cookie
	two.cookie = one.cookie
	require.Equal(t, http.StatusOK, one.ask("GET", "/").status)
	require.Equal(t, http.StatusOK, two.ask("GET", "/").status)
	require.NotEqual(t, one.server.guard.cookie, two.server.guard.cookie)
}

// Of two that come with the token at once, one is let in.
func TestTheTokenLetsInOne(t *testing.T) {
	w := opened(t)
	statuses := make(chan int, 20)
	for range cap(statuses) {
		go func() {
			a := w.raw("GET /?token=" + w.server.guard.token + " HTTP/1.1\r\nHost: " + w.at + "\r\n\r\n")
			statuses <- a.status
		}()
	}
	let := 0
	for range cap(statuses) {
		if <-statuses == http.StatusSeeOther {
			let++
		}
	}
	require.Equal(t, 1, let)
}

// What is not of this computer is not listened to.
func TestItListensToThisComputerAlone(t *testing.T) {
	l, err := net.Listen("tcp", "0.0.0.0:0")
	require.NoError(t, err)
	defer l.Close()
	_, err = New(l, Options{Storage: t.TempDir()})
	require.ErrorContains(t, err, "this computer alone")
}

// requireSecure holds that an answer has the headers that all have.
func requireSecure(t *testing.T, a answer) {
	t.Helper()
	for name, want := range map[string]string{
		"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
	} {
		require.Equal(t, []string{want}, a.header.Values(name), "%d: %s", a.status, name)
	}
	policy := a.header.Values("Content-Security-Policy")
	require.Len(t, policy, 1)
	for _, part := range []string{"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action '"} {
		require.Contains(t, policy[0], part)
	}
	require.NotContains(t, policy[0], "unsafe-eval")
	require.True(t, strings.Contains(policy[0], "script-src 'self'") || !strings.Contains(policy[0], "script-src"), policy[0])
	require.Empty(t, a.header.Values("Access-Control-Allow-Origin"))
}

// Browsers leave the port 80 out of what they ask.
func TestPort80IsNotNamedByBrowsers(t *testing.T) {
	usual, other := newGuard(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80}), newGuard(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080})
	for _, host := range []string{"127.0.0.1", "[::1]", "localhost"} {
		require.True(t, usual.named(&http.Request{URL: &url.URL{}, Host: host}))
		require.False(t, other.named(&http.Request{URL: &url.URL{}, Host: host}))
	}
	require.False(t, usual.named(&http.Request{URL: &url.URL{}, Host: "evil.example"}))
}
