package browsertests

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Records are found, put in order, and chosen by what was said of them; the address holds
// all of it.
func TestRecordsAreFoundAndPutInOrder(t *testing.T) {
	t.Parallel()
	p := checked(t, made(t))
	p.list("No clinical entry is dated in the future")
	p.follow("a", "Back to the check")
	p.list(onRepeat)
	patients := p.texts("tbody th")
	require.False(p, slices.IsSorted(patients), "nothing is to sort")
	p.follow("thead a", "Patient")
	require.Equal(p, slices.Sorted(slices.Values(patients)), p.texts("tbody th"))
	require.Equal(p, "Patient", p.text("[aria-sort=ascending]"))

	p.write("[name=find]", patients[3])
	p.follow(".filters button", "Show")
	require.Equal(p, []string{patients[3]}, p.texts("tbody th"))
	require.Contains(p, p.text(".lead"), "1 record as asked for, of 55")
	p.click("[name=record]", "")
	p.click("[name=to][value=done]", "")
	p.follow("#mark button", "Save")
	p.follow("a", "Show all records")
	require.Len(p, p.texts("tbody th"), 55)
	p.choose(".filters [name=state]", "done")
	require.Equal(p, []string{patients[3]}, p.texts("tbody th"))
	p.visit(p.address())
	require.Equal(p, []string{patients[3]}, p.texts("tbody th"))
}

// The way in which a column is put in order is said as it is.
func TestOrderIsSaidAsItIs(t *testing.T) {
	t.Parallel()
	p := checked(t, made(t, "--fault", "chronology/event-not-after-extract=0.001"))
	p.list("No clinical entry is dated in the future")
	p.follow("thead a", "Date")
	dates := p.texts("tbody .day")
	require.Greater(p, len(slices.Compact(slices.Clone(dates))), 2)
	switch way := ask[string](p, "document.querySelector('[aria-sort]').getAttribute('aria-sort')"); way {
	case "ascending":
		require.True(p, slices.IsSorted(dates), "%s: %v", way, dates)
	case "descending":
		slices.Reverse(dates)
		require.True(p, slices.IsSorted(dates), "%s: %v", way, dates)
	default:
		p.Fatalf("aria-sort=%q", way)
	}
	p.follow("a", "Back to the check")
	p.follow("a", "All checks in one table")
	p.follow("thead a", "Check")
	require.Equal(p, "ascending", ask[string](p, "document.querySelector('[aria-sort]').getAttribute('aria-sort')"))
	p.follow("thead a", "Records")
	require.Equal(p, "descending", ask[string](p, "document.querySelector('[aria-sort]').getAttribute('aria-sort')"))
}

// What was said of a record can be taken back, or be that it stays, with a reason of the
// list; it changes no number.
func TestWhatIsDoneIsNotedAndTakenBack(t *testing.T) {
	t.Parallel()
	p := checked(t, made(t))
	before := p.texts(".task")
	p.list(onRepeat)
	said := func() string { return p.text("tbody tr:nth-child(1) td:nth-last-child(2)") }
	mark := func(state string) {
		p.Helper()
		p.click("tbody tr:nth-child(1) [name=record]", "")
		p.click("[name=to][value="+state+"]", "")
	}
	mark("done")
	p.follow("#mark button", "Save")
	require.True(p, strings.HasPrefix(said(), "done ("), said())
	mark("open")
	p.choose("[name=owner]", "clinician")
	p.follow("#mark button", "Save")
	require.True(p, strings.HasPrefix(said(), "to do, A clinician ("), said())
	mark("accepted")
	p.choose("[name=reason]", "declined")
	p.follow("#mark button", "Save")
	require.True(p, strings.HasPrefix(said(), "stays as it is: The patient was asked and does not want it."), said())
	mark("accepted")
	p.follow("#mark button", "Save")
	require.Contains(p, p.text("main"), "Say why it may stay as it is.")
	require.Len(p, p.told(), 1, "the page has a status of its own")
	p.visit(p.home)
	p.follow("td a", "practice")
	require.Equal(p, before[0], p.texts(".task")[0])
	require.Equal(p, before, p.texts(".task"))
}
