package browsertests

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// tabTo presses Tab until what has the focus is found by a selector and its text begins
// with some words. What has the focus can be seen on the way.
func (p *tab) tabTo(selector, words string) {
	p.Helper()
	for range 400 {
		p.keys(kb.Tab)
		if ask[bool](p, "document.activeElement.matches("+quoted(selector)+") && (document.activeElement.innerText || '').trim().startsWith("+quoted(words)+")") {
			p.focusSeen()
			return
		}
	}
	p.Fatalf("Tab never came to %s, %q, on the page:\n%s", selector, words, p.begins())
}

// focusSeen holds that what has the focus is in the window and has a line round it.
func (p *tab) focusSeen() {
	p.Helper()
	require.Empty(p, ask[string](p, `(() => {
		const e = document.activeElement, style = getComputedStyle(e), r = e.getBoundingClientRect();
		if (e === document.body) return 'nothing has the focus';
		if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) return 'no line round ' + e.outerHTML.slice(0, 120);
		if (r.bottom < 0 || r.top > innerHeight || r.right < 0 || r.left > innerWidth) return 'not in the window: ' + e.outerHTML.slice(0, 120);
		return '';
	})()`))
}

// enter presses Return, and waits for the page that it leads to.
func (p *tab) enter() {
	p.Helper()
	p.arrive(key(kb.Enter))
}

// A slash goes to what is searched by, wherever the page is, and is typed where somebody
// types.
func TestASlashSearches(t *testing.T) {
	t.Parallel()
	p := checked(t, made(t))
	searching := "document.activeElement.matches('[type=search]')"
	for _, back := range []string{"Show all checks", "Show all records"} {
		require.False(p, ask[bool](p, searching))
		p.keys("/")
		require.True(p, ask[bool](p, searching))
		p.focusSeen()
		require.Empty(p, ask[string](p, "document.activeElement.value"))
		p.keys("a", "/", "b")
		require.Equal(p, "a/b", ask[string](p, "document.activeElement.value"))
		p.enter()
		require.Contains(p, p.address(), "find=a%2Fb")
		p.follow("a", back)
		if back == "Show all checks" {
			p.list(onRepeat)
		}
	}
}

// Tab and Return alone put tables in another order.
func TestTablesAreSortedByKeyboard(t *testing.T) {
	t.Parallel()
	p := checked(t, made(t))
	before := p.texts(titles)
	p.tabTo(".sorts a", "records")
	p.enter()
	require.NotEqual(p, before, p.texts(titles))
	require.Contains(p, p.address(), "sort=records")
	p.list(onRepeat)
	p.tabTo("thead a", "What is wrong")
	p.enter()
	require.Contains(p, p.address(), "sort=why")
	require.Equal(p, "What is wrong", p.text("[aria-sort]"))
}

// The heads of long tables stay where they can be read.
func TestHeadsOfTablesStay(t *testing.T) {
	t.Parallel()
	p := checked(t, made(t))
	work := p.address()
	p.list(onRepeat)
	records := p.address()
	for _, address := range []string{work + "/all", records} {
		p.visit(address)
		require.True(p, ask[bool](p, `(() => {
			const wide = document.querySelector('.wide'), head = wide.querySelector('thead th');
			wide.scrollTop = 600;
			return wide.scrollTop > 300 && Math.abs(head.getBoundingClientRect().top - wide.getBoundingClientRect().top) < 3;
		})()`), address)
	}
}

// With the keyboard alone: from the first page to an answer that is saved.
func TestTheKeyboardIsEnough(t *testing.T) {
	t.Parallel()
	p := open(t, serve(t, made(t, "--as-of", today())))
	p.tabTo("summary", "Settings")
	p.keys(kb.Enter)
	p.tabTo("[name=test_numbers]", "")
	p.keys(" ")
	p.tabTo(hereForm+" button", "Check it")
	p.enter()
	p.found()
	p.tabTo(".next a", "Answer 29 questions")
	p.enter()
	p.tabTo("[name=role]", "")
	p.keys("n", "u", "r", "s", "e")
	p.tabTo("[type=radio]", "")
	p.keys(kb.ArrowRight)
	require.Equal(p, "yes", ask[string](p, "document.activeElement.value"))
	p.tabTo("[name^=evidence]", "")
	p.keys("s", "e", "e", "n")
	p.tabTo("button", "Save, and check again")
	p.enter()
	p.found()
	require.Equal(p, "Answer 28 questions", p.text(".next a"))
	p.tabTo(".task summary", "")
	p.keys(kb.Enter)
	require.Equal(p, 1, p.count(".task details[open]"))
}
