package browsertests

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const titles = ".tasks .title"

// leading is the number that a text begins with.
func leading(p *tab, text string) int {
	p.Helper()
	digits := regexp.MustCompile(`^[0-9,]+`).FindString(text)
	n, err := strconv.Atoi(strings.ReplaceAll(digits, ",", ""))
	require.NoError(p, err, "%q begins with no number", text)
	return n
}

// A choice of a list, and how many checks it says that it leaves.
type choice struct {
	Value string
	Count int
}

func (p *tab) choices(name string) []choice {
	p.Helper()
	return each[choice](p, ".filters [name="+name+"] option", "({Value: e.value, Count: +e.text.match(/\\((\\d+)\\)$/)[1]})")
}

// records is how many records all checks have that are not as they should be.
func (p *tab) records() (n int) {
	p.Helper()
	for _, words := range p.texts(".task:is(.stops, .to_do, .open) .beside a") {
		n += leading(p, words)
	}
	return n
}

// The page has as many checks as each choice of each filter says, and the totals are
// those of the checks that are shown.
func TestTheTotalsFollowTheFilters(t *testing.T) {
	t.Parallel()
	p := checked(t, made(t))
	all := p.count(titles)
	agrees := func(left int) {
		p.Helper()
		require.Equal(p, left, p.count(titles))
		total := p.text(".total")
		if left < all {
			require.Contains(p, total, fmt.Sprintf("%d of %d checks", left, all))
		}
		if n := p.records(); n > 0 {
			require.Regexp(p, fmt.Sprintf(`: %d records? (is|are) not as`, n), strings.ReplaceAll(total, ",", ""))
		} else {
			require.NotContains(p, total, "record")
		}
	}
	agrees(all)
	for _, name := range []string{"who", "for"} {
		for _, c := range p.choices(name)[1:] {
			p.choose(".filters [name="+name+"]", c.Value)
			agrees(c.Count)
			require.Equal(p, strconv.Itoa(c.Count), p.text(".kinds [aria-current] .count"), "what the other filters say follows")
		}
		p.follow("a", "Show all checks")
		agrees(all)
	}
	sum := 0
	for _, kind := range p.texts(".kinds a")[1:] {
		words, count := kind[:strings.LastIndex(kind, " ")], kind[strings.LastIndex(kind, " ")+1:]
		p.follow(".kinds a", words)
		agrees(leading(p, count))
		require.Equal(p, []string{words}, slices.Compact(p.texts(".tasks .state")), "each check has its status")
		sum += leading(p, count)
	}
	require.Equal(p, all, sum)
	p.follow(".kinds a", "to put right")
	for _, c := range p.choices("who")[1:] {
		p.choose(".filters [name=who]", c.Value)
		agrees(c.Count)
	}
}

// Each word that is searched for stands in every check that is shown, and what nothing
// has says so.
func TestChecksAreSearched(t *testing.T) {
	t.Parallel()
	p := checked(t, made(t))
	p.write(".filters [name=find]", "Repeat allergy")
	p.follow(".filters button", "Show")
	require.NotZero(p, p.count(titles))
	for _, row := range each[string](p, ".task", "e.textContent.toLowerCase()") {
		require.Contains(p, row, "repeat")
		require.Contains(p, row, "allergy")
	}
	p.write(".filters [name=find]", "no such words")
	p.follow(".filters button", "Show")
	require.Zero(p, p.count(titles))
	require.Contains(p, p.text("main"), "No check is as you asked.")
}

// What stands in the address gives the same page again: once more, and in another tab.
func TestTheAddressHoldsEveryFilter(t *testing.T) {
	t.Parallel()
	p := checked(t, made(t))
	p.choose(".filters [name=who]", "practice")
	p.choose(".filters [name=for]", p.choices("for")[1].Value)
	p.follow(".kinds a", "to put right")
	p.write(".filters [name=find]", "a")
	p.follow(".filters button", "Show")
	p.follow(".sorts a", "records")
	state := func(p *tab) []string {
		p.Helper()
		return slices.Concat(p.texts(titles), each[string](p, ".filters [name]", "e.name + '=' + e.value"), p.texts("[aria-current=true]"), p.texts(".total"))
	}
	before := state(p)
	at, err := url.Parse(p.address())
	require.NoError(p, err)
	for _, part := range []string{"who", "for", "kind", "find", "sort"} {
		require.NotEmpty(p, at.Query().Get(part), part)
	}
	p.visit(p.address())
	require.Equal(p, before, state(p))
	require.Equal(p, before, state(p.another(p.address())))

	p.follow("a", "All checks in one table")
	require.Equal(p, before[:p.count("tbody tr")], each[string](p, "tbody th a", "e.innerText"))
	first := p.text("tbody th a")
	p.follow("tbody th a", "")
	require.Equal(p, []string{first}, p.texts(".tasks details[open] .title"), "a row that stands open is in the address too")
}

// A number is never wrongly empty: behind each stands a list of as many records.
func TestEveryNumberLeadsToAsManyRecords(t *testing.T) {
	t.Parallel()
	p := checked(t, made(t, "--fault", "allergy/repeat-patient-status-recorded=0.9", "--fault", "coding/entry-coded=0.02"))
	type number struct{ Title, Words, Href string }
	numbers := each[number](p, ".task:has(.beside a)", "({Title: e.querySelector('.title').innerText, Words: e.querySelector('.beside').innerText, Href: e.querySelector('.beside a').href})")
	require.Greater(p, len(numbers), 15)
	require.Empty(p, each[string](p, ".task:not(:has(.beside a)) .beside:not(:empty)", "e.innerText"), "numbers without a list")
	long := 0
	for _, n := range numbers {
		p.visit(n.Href)
		require.Equal(p, n.Title, p.text("h1"))
		want, rows := leading(p, n.Words), 0
		require.Contains(p, p.text(".lead"), n.Words)
		for {
			rows += p.count("tbody tr")
			if p.count("[rel=next]") == 0 {
				break
			}
			long++
			p.follow("[rel=next]", "")
		}
		require.Equal(p, want, rows, n.Title)
	}
	require.NotZero(p, long, "no list was longer than a page")
	p.visit(p.home)
	p.follow("td a", "practice")
	p.follow("a", "All checks in one table")
	found := map[string]string{}
	for _, n := range each[number](p, "tbody tr:has(td.figure a)", "({Title: e.querySelector('th a').innerText, Words: e.querySelector('td.figure a').innerText, Href: e.querySelector('td.figure a').href})") {
		found[n.Href] = n.Words
	}
	for _, n := range numbers {
		require.Equal(p, leading(p, n.Words), leading(p, found[n.Href]), n.Title)
	}
}
