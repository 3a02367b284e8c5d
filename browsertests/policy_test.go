package browsertests

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// What a page smuggled in would do is refused by the page's policy: a script or a look of
// its own, a picture or a request elsewhere, and a form that leads away. It also shows
// that a tab of these tests notices such a thing.
func TestThePolicyIsInForce(t *testing.T) {
	t.Parallel()
	reached := make(chan string, 10)
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { reached <- r.URL.Path }))
	defer other.Close()
	p := checked(t, made(t))
	for name, attack := range map[string]string{
		"a script":           "e = document.createElement('script'); e.textContent = 'window.ran = true'",
		"a script of others": "e = document.createElement('script'); e.src = at + '/script.js'",
		"a handler":          "e = document.createElement('p'); e.innerHTML = '<img src=x onerror=\"window.ran = true\">'",
		"a look":             "e = document.createElement('style'); e.textContent = 'body{display:none}'",
		"a picture":          "e = document.createElement('img'); e.src = at + '/picture.png'",
		"a frame":            "e = document.createElement('iframe'); e.src = at + '/frame'",
		"a request":          "fetch(at + '/request').catch(() => 0)",
	} {
		p.do(chromedp.Evaluate[chromedp.Void]("{const at = " + quoted(other.URL) + "; let e; " + attack + "; if (e) document.body.append(e)}"))
		p.until("true")
		require.False(p, ask[bool](p, "!!window.ran || getComputedStyle(document.body).display === 'none'"), name)
		var faults []string
		require.Eventually(p, func() bool { faults = append(faults, p.told()...); return len(faults) > 0 }, patience, 1e7, "%s: nothing was refused", name)
		require.Contains(p, faults[0], "Content Security Policy", name)
	}
	p.click("summary", "")
	p.do(chromedp.Evaluate[chromedp.Void]("{const f = document.createElement('form'); f.action = " + quoted(other.URL+"/form") + "; document.body.append(f); f.submit()}"))
	require.Eventually(p, func() bool { return len(p.told()) > 0 }, patience, 1e7)
	require.Empty(p, reached)
	p.told()
	p.asked()
}

// The first address is good once, and what is copied out of the tab shows nothing to
// another browser.
func TestAnotherBrowserSeesNothing(t *testing.T) {
	t.Parallel()
	p := checked(t, made(t))
	stranger := newTab(t, p.served, chromedp.WithNewBrowserContext())
	for _, address := range []string{p.served.address, p.home, p.address()} {
		stranger.visit(address)
		require.Contains(stranger, ask[string](stranger, "document.body.innerText"), "It can be used once")
		require.NotContains(stranger, ask[string](stranger, "document.body.innerText"), "Made-up Surgery")
	}
	require.NotEmpty(stranger, stranger.told(), "each was refused")
}

// A page of another site can neither show this one nor send it a form.
func TestAnotherSiteCanDoNothing(t *testing.T) {
	t.Parallel()
	p := checked(t, made(t))
	work := p.address()
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(`<!DOCTYPE html><title>Evil</title><link rel="icon" href="data:,"><iframe src="` + work + `"></iframe><form method="post" action="` + p.home + `stop"><button>Win a prize</button></form>`))
	}))
	defer evil.Close()
	p.visit(evil.URL)
	p.follow("button", "Win a prize")
	require.Contains(p, ask[string](p, "document.body.innerText"), "Another page asked for this.")
	p.visit(work)
	require.NotEmpty(p, p.text(".verdict"), "it goes on")
	require.NotEmpty(p, p.told(), "refusals are noticed")
	require.NotEmpty(p, p.asked(), "and requests of another host")
}
