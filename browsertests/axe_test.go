package browsertests

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// axeFile is what npm ci installs.
const axeFile = "node_modules/axe-core/axe.min.js"

// aside is the value of an expression in a world of its own beside the page's scripts, so
// that the policy of the page stays in force; it is waited for.
func aside[V any](p *tab, expressions ...string) (v V) {
	p.Helper()
	frame := call(p, page.GetFrameTree, cdp.Empty{}).FrameTree.Frame.ID
	world := call(p, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: frame}).ExecutionContextID
	for i, one := range expressions {
		options := []chromedp.EvaluateOption{func(e *runtime.EvaluateParams) { e.ContextID = world }, chromedp.EvalAwaitPromise}
		if i < len(expressions)-1 {
			p.do(chromedp.Evaluate[chromedp.Void](one, options...))
			continue
		}
		ctx, stop := context.WithTimeout(p.ctx, patience)
		defer stop()
		var err error
		v, err = chromedp.Run(ctx, chromedp.Evaluate[V](one, options...))
		require.NoError(p, err)
	}
	return v
}

// A violation is what axe finds wrong.
type violation struct {
	Rule, Where string
}

// violations are what axe finds on the page as it is now.
func (p *tab) violations() []violation {
	p.Helper()
	source, err := os.ReadFile(axeFile)
	require.NoError(p, err)
	return aside[[]violation](p, string(source), `axe.run().then(r => r.violations.flatMap(v => v.nodes.map(n => ({Rule: v.id + ': ' + v.help, Where: n.html.slice(0, 200)}))))`)
}

// sidewards is what makes the page wider than the window; empty where nothing does.
func (p *tab) sidewards() []string {
	p.Helper()
	return ask[[]string](p, `document.documentElement.scrollWidth <= innerWidth ? [] :
		[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.wide')).map(e => e.outerHTML.slice(0, 150)).slice(0, 5).concat('wider than the window')`)
}

// looked holds a page to what all people need: nothing that axe finds, nothing to scroll
// sidewards, at both widths, light and dark, and with letters twice as large.
func (p *tab) looked(name string) {
	p.Helper()
	for _, width := range []int64{1280, 320} {
		for _, scheme := range []string{"light", "dark"} {
			p.wide(width)
			call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
			where := fmt.Sprintf("%s, %d wide, %s", name, width, scheme)
			if found := p.violations(); len(found) > 0 {
				p.Errorf("%s: axe finds %d faults, such as %s\n%s", where, len(found), found[0].Rule, found[0].Where)
			}
			if wide := p.sidewards(); len(wide) > 0 {
				p.Errorf("%s: scrolls sidewards: %q", where, wide)
			}
			p.picture(fmt.Sprintf("%s-%d-%s.png", name, width, scheme))
		}
	}
	p.wide(1280)
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{})
	p.letters(32)
	if wide := p.sidewards(); len(wide) > 0 {
		p.Errorf("%s with letters twice as large scrolls sidewards: %q", name, wide)
	}
	p.letters(16)
}

// letters makes the letters so large, as the settings of a browser do.
func (p *tab) letters(size int64) {
	p.Helper()
	call(p, page.SetFontSizes, page.SetFontSizesParams{FontSizes: &page.FontSizes{Standard: size, Fixed: size * 13 / 16}})
	p.until(fmt.Sprintf("parseFloat(getComputedStyle(document.documentElement).fontSize) === %d", size))
}

// picture takes a picture of the page, where pictures are asked for.
func (p *tab) picture(name string) {
	p.Helper()
	if *pictures == "" {
		return
	}
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	image, err := chromedp.Run(ctx, chromedp.FullScreenshot(100)) // as long as the page is
	require.NoError(p, err)
	require.NoError(p, os.WriteFile(filepath.Join(*pictures, name), image, 0o600))
}

// focusesSeen holds that Tab shows where it is, for as many as one page of things.
func (p *tab) focusesSeen() {
	p.Helper()
	p.do(chromedp.Evaluate[chromedp.Void]("document.activeElement.blur()"))
	for range min(40, p.count("a, button, input, select, summary, [tabindex]")) {
		p.keys(kb.Tab)
		if ask[bool](p, "document.activeElement === document.body") {
			return
		}
		p.focusSeen()
	}
}

// Every page can be used by everybody.
func TestEverybodyCanUseEveryPage(t *testing.T) {
	t.Parallel()
	p := open(t, serve(t, made(t)))
	seen := func(name string) { p.Helper(); p.looked(name); p.focusesSeen() }
	p.acceptTestNumbers(hereForm)
	seen("start")
	p.follow(hereForm+" button", "Check it")
	p.found()
	work := p.address()
	seen("result")
	p.click("summary", onRepeat)
	seen("row-open")
	p.follow("a", "Answer 29 questions")
	seen("questions")
	p.write("[name^=count]", "many")
	p.follow("button", "Save")
	require.NotEmpty(p, p.text(".warn"))
	p.told()
	seen("questions-wrong")
	p.visit(work + "?find=nothing+has+this")
	seen("nothing-found")
	p.visit(work)
	p.list(onRepeat)
	p.click("[name=record]", "")
	p.click("[name=to][value=done]", "")
	p.follow("#mark button", "Save")
	seen("records")
	p.follow("tbody button", "Why?")
	p.until("document.querySelector('pre.said')")
	seen("explanation")
	p.visit(work + "/all")
	seen("all")
	p.visit(work + "/report")
	seen("report")
	p.visit(work + "/no-such-page")
	p.told()
	seen("message")
}

// And every page of what was found before, of what goes on and of what went wrong.
func TestEverybodyCanUseThePagesOfThePast(t *testing.T) {
	t.Parallel()
	p := open(t, serve(t, made(t, "--patients", "60000")))
	p.upload(zipped(t, made(t, "--as-of", "2026-03-31"), "march.zip"))
	p.upload(zipped(t, made(t, "--as-of", "2026-04-30", "--fault", "allergy/repeat-patient-status-recorded=0.02"), "april.zip"))
	p.looked("result-again")
	p.visit(p.home + "history")
	p.looked("history")
	p.focusesSeen()
	p.follow("a", "What changed")
	p.looked("compare")
	p.visit(p.home + "history")
	p.follow("tbody a", "")
	p.looked("run-of-the-history")
	p.focusesSeen()

	p.visit(p.home)
	p.looked("start-again")
	p.follow(hereForm+" button", "Check it")
	p.looked("running")
	if p.count("#progress") > 0 {
		p.follow("main form button", "Stop this")
	}
	p.until("document.querySelector('h1').textContent === 'You stopped it'")
	p.looked("stopped")
	p.served.stopped = true
	p.follow("footer button", "Stop paperlight")
	p.looked("stopped")
}
