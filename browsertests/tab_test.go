package browsertests

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// A tab is what a person sees of a served program, and does with it.
type tab struct {
	*testing.T
	ctx    context.Context
	served *served
	home   string // the first page, once the address was exchanged

	mu        sync.Mutex
	elsewhere []string // requests for other hosts
	faults    []string // what the console says is wrong
	sent      []string // the names of events that the server sent
}

// patience is how long a tab waits for what must come.
const patience = time.Minute

// open opens a tab at the first address of a served program.
func open(t *testing.T, s *served) *tab {
	t.Helper()
	p := newTab(t, s, chromedp.WithNewBrowserContext())
	p.visit(s.address)
	p.home = p.address()
	return p
}

// another is another tab of the same person, at an address.
func (p *tab) another(address string) *tab {
	p.Helper()
	other := newTab(p.T, p.served, chromedp.WithExistingBrowserContext(chromedp.FromContext(p.ctx).BrowserContextID))
	other.home = p.home
	other.visit(address)
	return other
}

// newTab opens a tab. When the test ends, nothing has asked another host, and the console
// has no fault, but for those that were expected.
func newTab(t *testing.T, s *served, option chromedp.ContextOption) *tab {
	t.Helper()
	ctx, closed := chromedp.NewContext(browser, option)
	p := &tab{T: t, ctx: ctx, served: s}
	require.NoError(t, chromedp.Listen(ctx, p.notice))
	t.Cleanup(func() {
		for _, fault := range p.told() {
			t.Error("the console says: " + fault)
		}
		for _, address := range p.asked() {
			t.Error("another host was asked: " + address)
		}
		closed()
	})
	call(p, network.Enable, network.EnableParams{})
	call(p, log.Enable, cdp.Empty{})
	call(p, runtime.Enable, cdp.Empty{})
	call(p, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	p.wide(1280)
	return p
}

// notice keeps what no page may do.
func (p *tab) notice(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if at, err := url.Parse(e.Request.URL); err != nil || at.Host != p.served.host && at.Scheme != "blob" && at.Scheme != "data" {
			p.elsewhere = append(p.elsewhere, e.Request.URL)
		}
	case *network.EventEventSourceMessageReceived:
		p.sent = append(p.sent, e.EventName)
	case *runtime.EventExceptionThrown:
		p.faults = append(p.faults, e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			said := e.Type.String() + ":"
			for _, a := range e.Args {
				said += fmt.Sprintf(" %s%s", a.Value, a.Description)
			}
			p.faults = append(p.faults, said)
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			p.faults = append(p.faults, e.Entry.Text)
		}
	}
}

// told takes the faults of the console so far, so that they are expected.
func (p *tab) told() (faults []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	faults, p.faults = p.faults, nil
	return faults
}

// events are the names of what the server sent by itself.
func (p *tab) events() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.sent)
}

// asked takes the requests for other hosts so far.
func (p *tab) asked() (addresses []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	addresses, p.elsewhere = p.elsewhere, nil
	return addresses
}

// A step is something that a person does.
type step = chromedp.Action[chromedp.Void]

func (p *tab) do(steps ...step) {
	p.Helper()
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	require.NoError(p, chromedp.Do(ctx, steps...))
}

// call asks the browser itself for something.
func call[P, R any](p *tab, command cdp.Command[P, R], of P) R {
	p.Helper()
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	got, err := chromedp.Call(ctx, command, of)
	require.NoError(p, err)
	return got
}

// arrive does what leads to another page, and waits for that.
func (p *tab) arrive(steps ...step) {
	p.Helper()
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	_, err := chromedp.RunResponse(ctx, steps...)
	require.NoError(p, err)
}

// wide makes the window so wide.
func (p *tab) wide(width int64) {
	p.Helper()
	p.do(chromedp.EmulateViewport(width, 900))
}

// visit goes to an address.
func (p *tab) visit(address string) {
	p.Helper()
	p.arrive(chromedp.Navigate(address))
}

// address is where the tab is.
func (p *tab) address() string { return ask[string](p, "location.href") }

// ask is the value of an expression in the page.
func ask[V any](p *tab, expression string) V {
	p.Helper()
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[V](expression))
	require.NoError(p, err, expression)
	return v
}

// each is the value of an expression of e, of every element that a selector finds.
func each[V any](p *tab, selector, expression string) []V {
	p.Helper()
	return ask[[]V](p, fmt.Sprintf("[...document.querySelectorAll(%s)].map(e => %s)", quoted(selector), expression))
}

// text is what the first element that a selector finds says; empty where there is none.
func (p *tab) text(selector string) string {
	p.Helper()
	return ask[string](p, fmt.Sprintf("(document.querySelector(%s)?.innerText ?? '').trim()", quoted(selector)))
}

// texts are what all elements say that a selector finds.
func (p *tab) texts(selector string) []string {
	p.Helper()
	return each[string](p, selector, "e.innerText.replace(/\\s+/g, ' ').trim()")
}

// begins is how the page begins, to say where a test failed.
func (p *tab) begins() string { return fmt.Sprintf("%s\n%.500s", p.address(), p.text("main")) }

// count is how many elements a selector finds.
func (p *tab) count(selector string) int {
	p.Helper()
	return ask[int](p, fmt.Sprintf("document.querySelectorAll(%s).length", quoted(selector)))
}

func quoted(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}

// until waits until an expression is true, over the loading of other pages too.
func (p *tab) until(expression string) {
	p.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if ok, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool]("document.readyState === 'complete' && !!("+expression+")")); err == nil && ok {
			return
		}
	}
	p.Fatalf("never true: %s\nthe page says:\n%s", expression, p.begins())
}

// at is the middle of the first element seen that a selector finds and whose text begins
// with some words, moved to where it can be clicked.
func (p *tab) at(selector, words string) (x, y float64) {
	p.Helper()
	at := ask[[]float64](p, fmt.Sprintf(`(() => {
		const seen = [...document.querySelectorAll(%s)].filter(e => e.checkVisibility() && (e.innerText || '').trim().startsWith(%s));
		if (!seen.length) return null;
		seen[0].scrollIntoView({block: 'center', behavior: 'instant'});
		const r = seen[0].getClientRects()[0];
		return [r.x + r.width / 2, r.y + r.height / 2];
	})()`, quoted(selector), quoted(words)))
	require.Len(p, at, 2, "nothing to click: %s, %q, in the page:\n%s", selector, words, p.begins())
	return at[0], at[1]
}

// click clicks what a selector finds and whose text begins with some words.
func (p *tab) click(selector, words string) {
	p.Helper()
	x, y := p.at(selector, words)
	p.do(chromedp.MouseClickXY(x, y))
}

// follow clicks, and waits for the page that it leads to.
func (p *tab) follow(selector, words string) {
	p.Helper()
	x, y := p.at(selector, words)
	p.arrive(chromedp.MouseClickXY(x, y))
}

// write clicks a field and types into it, in place of what it holds.
func (p *tab) write(selector, text string) {
	p.Helper()
	p.click(selector, "")
	p.do(chromedp.Evaluate[chromedp.Void]("document.activeElement.select()"))
	call(p, input.InsertText, input.InsertTextParams{Text: text})
}

// choose takes a value of a list, as a person does, and waits for the page where the list
// leads to one.
func (p *tab) choose(selector, value string) {
	p.Helper()
	chosen := fmt.Sprintf(`(e => { e.value = %s; e.dispatchEvent(new Event('input', {bubbles: true})); e.dispatchEvent(new Event('change', {bubbles: true})); return e.value; })(document.querySelector(%s))`, quoted(value), quoted(selector))
	if strings.HasPrefix(selector, ".filters") {
		p.arrive(chromedp.Evaluate[chromedp.Void](chosen))
		return
	}
	require.Equal(p, value, ask[string](p, chosen))
}

// keys presses keys one after the other, each as a person does.
func (p *tab) keys(keys ...string) {
	p.Helper()
	for _, k := range keys {
		p.do(key(k))
	}
}

// key presses one key. What it types comes with it, as from a keyboard, so that a page
// can keep it from being typed.
func key(k string) step {
	return func(ctx context.Context, _ *chromedp.Target) (done chromedp.Void, err error) {
		typed := ""
		events := kb.Encode([]rune(k)[0])
		for _, e := range events {
			if e.Type == kb.KeyChar {
				typed = e.Text
			}
		}
		for _, e := range events {
			if e.Type == kb.KeyChar {
				continue
			}
			if e.Type != kb.KeyUp {
				e.Text, e.Type = typed, kb.KeyDown
			}
			if _, err = chromedp.Call(ctx, input.DispatchKeyEvent, *e); err != nil {
				return done, err
			}
		}
		return done, nil
	}
}
