package browsertests

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// parts are the numbers of "3 new, 12 fixed, 1 came back, 40 still open", by their words.
func parts(p *tab, said string) map[string]int {
	p.Helper()
	found := map[string]int{}
	for _, one := range regexp.MustCompile(`([0-9,]+) (new|fixed|came back|still open)`).FindAllStringSubmatch(said, -1) {
		found[one[2]] = leading(p, one[1])
	}
	return found
}

// Beside each number stands what became of the records since the check before, and the
// sums are those of the whole.
func TestWhatMovedStandsBesideEachNumber(t *testing.T) {
	t.Parallel()
	p := open(t, serve(t))
	p.upload(zipped(t, made(t), "march.zip"))
	require.Empty(p, p.text(".moved"))
	require.Empty(p, p.texts(".beside small"), "the first check has nothing before it")
	work := p.texts(".task:is(.stops, .to_do) .title")
	const codes, record = "Every SNOMED CT code is well formed", "tbody td:nth-child(5)"
	p.list(codes)
	before := p.texts(record)

	p.upload(zipped(t, made(t, "--fault", "allergy/repeat-patient-status-recorded=0.03", "--fault", "coding/sctid-valid=0.001"), "april.zip"))
	whole, sums := parts(p, p.text(".moved")), map[string]int{}
	for _, one := range each[[]string](p, ".task", "[e.querySelector('.title').innerText, e.querySelector('.beside a')?.innerText ?? '', e.querySelector('.beside small')?.innerText ?? '', e.className]") {
		moved := parts(p, one[2])
		for words, n := range moved {
			if listed := slices.Contains([]string{"task stops", "task to_do", "task open"}, one[3]); listed || words == "fixed" && slices.Contains(work, one[0]) {
				sums[words] += n
			}
		}
		if one[1] != "" {
			require.Equal(p, leading(p, one[1]), moved["new"]+moved["still open"]+moved["came back"], "what is listed is new, came back or is still open: %q", one)
		}
	}
	require.Equal(p, whole, sums)
	require.Equal(p, p.records(), whole["new"]+whole["still open"]+whole["came back"], "what is to look at now is what is new, came back or is still open")
	require.NotZero(p, whole["new"])
	require.NotZero(p, whole["fixed"])
	p.list(codes)
	after := p.texts(record)
	p.follow("a", "Back to the check")
	gone := slices.DeleteFunc(slices.Clone(before), func(record string) bool { return slices.Contains(after, record) })
	require.NotEmpty(p, gone)
	require.Contains(p, p.text(".task:has(details[open]) .beside small"), fmt.Sprintf("%d fixed", len(gone)))

	beside := p.texts(".beside small")
	p.follow("a", "All checks in one table")
	require.ElementsMatch(p, beside, p.texts("td.figure small"), "in the table of all checks too")

	p.visit(p.home + "history")
	require.Equal(p, 2, p.count("tbody tr"))
	require.Equal(p, whole, parts(p, p.text("tbody tr:first-child td:last-child")))
	p.follow("a", "What changed")
	require.Equal(p, whole, parts(p, p.text(".moved")))
	p.visit(p.home + "history")
	p.follow("tbody tr:last-child a", "")
	require.Contains(p, p.text(".verdict"), "Not ready yet", "a run of the past is shown")
	require.Zero(p, p.count(".beside a, form[action$='/why'], form[action$='/again']"), "and nothing that needs its extract")
}

// What cannot be linked to the last check is never called fixed.
func TestOtherKeysAreNotCalledFixed(t *testing.T) {
	t.Parallel()
	p := open(t, serve(t))
	p.upload(zipped(t, made(t), "march.zip"))
	p.upload(zipped(t, made(t, "--seed", "8"), "april.zip"))
	require.Contains(p, p.text(".moved"), "cannot be linked to those of the last check")
	require.NotContains(p, strings.Join(p.texts(".task"), "\n"), "fixed")
}

// What was kept is erased only where somebody is sure.
func TestWhatIsKeptIsErased(t *testing.T) {
	t.Parallel()
	p := open(t, serve(t))
	p.upload(zipped(t, made(t), "march.zip"))
	p.visit(p.home + "history")
	p.follow("button", "Erase all that is kept")
	require.Contains(p, p.text("main"), "Nothing was erased.")
	p.told()
	p.visit(p.home + "history")
	require.Equal(p, 1, p.count("tbody tr"))
	p.click("main > form [name=sure]", "")
	p.follow("button", "Erase all that is kept")
	require.Contains(p, p.text("main"), "Nothing is kept yet.")
}
