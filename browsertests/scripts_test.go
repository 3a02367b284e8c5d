package browsertests

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Where scripts are switched off everything works, with one press more.
func TestThePageWorksWithoutScripts(t *testing.T) {
	t.Parallel()
	p := newTab(t, serve(t), chromedp.WithNewBrowserContext())
	call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	p.visit(p.served.address)
	p.home = p.address()
	p.do(chromedp.KeyEvent("/"))
	require.False(p, ask[bool](p, "document.activeElement.matches('input')"), "scripts run")

	p.upload(zipped(t, made(t, "--as-of", today()), "march.zip"))
	require.Empty(p, p.events())
	work := p.address()
	all := p.count(titles)
	for _, c := range p.choices("who")[1:] {
		require.Equal(p, c.Value, ask[string](p, "(e => e.value = "+quoted(c.Value)+")(document.querySelector('.filters [name=who]'))"))
		p.follow(".filters button", "Show")
		require.Equal(p, c.Count, p.count(titles))
		require.Less(p, c.Count, all)
	}
	p.visit(work)
	p.click("summary", onRepeat)
	require.Contains(p, p.text("details[open]"), "How to put it right")
	p.follow(".next a", "Answer 29 questions")
	p.click("fieldset:has([value=yes]) [value=yes]", "")
	p.write("fieldset:has([value=yes]) [name^=evidence]", "the folder in the office")
	p.write("[name=role]", "practice manager")
	p.follow("button", "Save, and check again")
	p.found()
	require.Equal(p, "Answer 28 questions", p.text(".next a"))
	p.list(onRepeat)
	p.click("[name=record]", "")
	p.click("[name=to][value=done]", "")
	p.follow("#mark button", "Save")
	require.Contains(p, p.text(".good-news"), "That is saved.")
	p.follow("tbody button", "Why?")
	p.until("document.querySelector('pre.said')")
	require.Contains(p, p.text("pre.said"), "Condition by condition")

	p.upload(zipped(t, made(t, "--as-of", today(), "--fault", "allergy/repeat-patient-status-recorded=0.02"), "april.zip"))
	require.Contains(p, p.text(".moved"), "fixed")
	p.visit(p.home + "history")
	p.follow("a", "What changed")
	require.NotZero(p, p.count("tbody tr"))
}
