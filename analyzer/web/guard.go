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

// cookieName is the cookie that the token of the first address is exchanged for.
const cookieName = "paperlight"

// A guard lets in who came by the first address, from this computer.
type guard struct {
	hosts []string // as a request may name this server
	// token is in the first address, and good once; session is in the cookie.
	token, session string
	used           chan struct{} // holds one while the token is good
	cross          *http.CrossOriginProtection
}

// newGuard makes a guard for the server at an address.
func newGuard(at net.Addr) *guard {
	_, port, _ := net.SplitHostPort(at.String())
	g := &guard{token: random(), session: random(), used: make(chan struct{}, 1), cross: http.NewCrossOriginProtection()}
	g.hosts = []string{"127.0.0.1:" + port, "[::1]:" + port, "localhost:" + port}
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
		case !slices.Contains(g.hosts, strings.ToLower(r.Host)) || r.URL.Host != "" && !slices.Contains(g.hosts, strings.ToLower(r.URL.Host)):
			refuse(w, http.StatusForbidden, "This page is only for the computer that it runs on.")
		case g.cross.Check(r) != nil || nobodys(r):
			refuse(w, http.StatusForbidden, "Another page asked for this. Use the page of paperlight itself.")
		case g.knows(r):
			next.ServeHTTP(w, r)
		case r.Method == http.MethodGet && r.URL.Path == "/" && g.exchange(w, r):
			http.Redirect(w, r, "/", http.StatusSeeOther)
		default:
			refuse(w, http.StatusUnauthorized, "Open the page by the address that paperlight printed when it started. It can be used once: if it was, stop paperlight and start it again.")
		}
	})
}

// nobodys reports whether a request comes from a page that does not say which. Without
// referrers a browser says so of our own forms too, and then that they are ours.
func nobodys(r *http.Request) bool {
	return r.Header.Get("Origin") == "null" && r.Header.Get("Sec-Fetch-Site") != "same-origin"
}

// knows reports whether the request has the cookie.
func (g *guard) knows(r *http.Request) bool {
	c, err := r.Cookie(cookieName)
	return err == nil && same(c.Value, g.session)
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
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: g.session, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	return true
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// secure sets the headers of every answer.
func secure(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}
