package web

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"net"
	"net/http"
	"slices"
	"strings"
)

// A guard lets in who came by the first address, from this computer.
type guard struct {
	hosts []string // as a request may name this server
	// token is in the first address, and good once; session is in the cookie.
	token, session string
	cookie         string // its name
	// base is what all addresses of the pages begin with: a browser sends the cookie to
	// no other server of this computer, since none has such addresses.
	base string
	used chan struct{} // holds one while the token is good
}

// newGuard makes a guard for the server at an address.
func newGuard(at net.Addr) *guard {
	_, port, _ := net.SplitHostPort(at.String())
	// Cookies know no ports: with one name for all, a second server would take the cookie
	// of the first out of the browser.
	g := &guard{token: random(), session: random(), cookie: "paperlight-" + port, base: "/" + random()[:12], used: make(chan struct{}, 1)}
	g.hosts = []string{"127.0.0.1:" + port, "[::1]:" + port, "localhost:" + port}
	if port == "80" { // which browsers leave out
		g.hosts = append(g.hosts, "127.0.0.1", "[::1]", "localhost")
	}
	g.used <- struct{}{}
	return g
}

func random() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails
	return hex.EncodeToString(b[:])
}

// protect lets through what the guard lets in.
func (g *guard) protect(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure(w.Header())
		switch {
		case !g.named(r):
			refuse(w, http.StatusForbidden, "This page is only for the computer that it runs on.")
		case !g.ours(r):
			refuse(w, http.StatusForbidden, "Another page asked for this. Use the page of paperlight itself: paste its address into the bar of the browser.")
		case g.knows(r):
			next.ServeHTTP(w, r)
		case r.Method == http.MethodGet && r.URL.Path == "/" && g.exchange(w, r):
			http.Redirect(w, r, g.base+"/", http.StatusSeeOther)
		default:
			refuse(w, http.StatusUnauthorized, "Open the page by the address that paperlight printed when it started. It can be used once: if it was, stop paperlight and start it again.")
		}
	})
}

// named reports whether a request is for this server by its name. No browser names a
// server in the first line, and what does hides what the header says.
func (g *guard) named(r *http.Request) bool {
	return r.URL.Host == "" && slices.Contains(g.hosts, strings.ToLower(r.Host))
}

// ours reports whether our own page asks, or, for what changes nothing, the user. It is
// stricter than http.CrossOriginProtection: a page of another port is another page, and
// a form says that it is ours.
func (g *guard) ours(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	here := origin == "http://"+strings.ToLower(r.Host)
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin":
		// Our pages send no referrer, so that browsers call the origin of their forms null.
		return here || origin == "" || origin == "null"
	case "": // an older browser
		return here || origin == "" && safe(r.Method)
	case "none": // what a user typed
		return origin == "" && safe(r.Method)
	}
	return false
}

// safe reports whether a method changes nothing.
func safe(method string) bool { return method == http.MethodGet || method == http.MethodHead }

// knows reports whether the request has the cookie. A stale one may stand beside it.
func (g *guard) knows(r *http.Request) bool {
	return slices.ContainsFunc(r.CookiesNamed(g.cookie), func(c *http.Cookie) bool { return same(c.Value, g.session) })
}

// exchange gives the cookie for the token, the first time.
func (g *guard) exchange(w http.ResponseWriter, r *http.Request) bool {
	if !same(r.URL.Query().Get("token"), g.token) {
		return false
	}
	select {
	case <-g.used:
	default:
		return false
	}
	http.SetCookie(w, &http.Cookie{Name: g.cookie, Value: g.session, Path: g.base + "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	return true
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// secure sets the headers of every answer.
func secure(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// refuse answers who is not let in: with words alone, and the connection is closed,
// whatever is still to come of the request.
func refuse(w http.ResponseWriter, status int, says string) {
	w.Header().Set("Connection", "close")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(says + "\n"))
}
