package browsertests

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/stretchr/testify/require"
)

// All checks print from one page: every row is there, and nothing that only a screen can
// do.
func TestAllChecksPrintFromOnePage(t *testing.T) {
	t.Parallel()
	p := checked(t, made(t))
	all := p.count(titles)
	p.follow("a", "All checks in one table")
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	require.Equal(p, all, p.rowsSeen())
	require.True(p, ask[bool](p, "(e => e.scrollHeight <= e.clientHeight + 1 && e.scrollWidth <= e.clientWidth + 1)(document.querySelector('.wide'))"), "no row is in a part that scrolls")
	p.printsNothingToPress()
}

func TestTheResultPrints(t *testing.T) {
	t.Parallel()
	p := checked(t, made(t))
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	require.NotEmpty(p, p.text(".verdict"))
	p.printsNothingToPress()
	p.list(onRepeat)
	require.Equal(p, 55, p.rowsSeen())
	p.printsNothingToPress()
}

// rowsSeen is how many rows of tables are shown.
func (p *tab) rowsSeen() int {
	p.Helper()
	return ask[int](p, "[...document.querySelectorAll('tbody tr')].filter(e => e.checkVisibility()).length")
}

// printsNothingToPress holds that what is printed has nothing to press, to fill in or to
// choose.
func (p *tab) printsNothingToPress() {
	p.Helper()
	require.Empty(p, ask[[]string](p, "[...document.querySelectorAll('button, input, select, nav, .kinds, .filters, .sorts, .take, .skip, footer')].filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 80))"))
}
