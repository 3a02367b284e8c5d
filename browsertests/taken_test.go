package browsertests

import (
	"bytes"
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

// take clicks a link of what can be taken away, and returns the file that was saved.
func (p *tab) take(words string) []byte {
	p.Helper()
	folder, yes := p.TempDir(), true
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	_, err := chromedp.CallBrowser(ctx, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{
		Behavior: cdpbrowser.SetDownloadBehaviorBehaviorAllow, DownloadPath: folder, BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID, EventsEnabled: &yes,
	})
	require.NoError(p, err)
	p.click(".take a, main li a, main p a", words)
	var saved []string
	require.Eventually(p, func() bool {
		saved, _ = filepath.Glob(filepath.Join(folder, "*"))
		return len(saved) == 1 && filepath.Ext(saved[0]) != ".crdownload"
	}, patience, 20*time.Millisecond, "nothing was saved")
	b, err := os.ReadFile(saved[0])
	require.NoError(p, err)
	return b
}

// columns are some columns of the rows of a table that was taken away: as CSV, which the
// workbook must agree with.
func (p *tab) columns(names ...string) (rows [][]string) {
	p.Helper()
	all, err := csv.NewReader(bytes.NewReader(p.take("CSV"))).ReadAll()
	require.NoError(p, err)
	book, err := excelize.OpenReader(bytes.NewReader(p.take("XLSX")))
	require.NoError(p, err)
	defer book.Close()
	sheet, err := book.GetRows(book.GetSheetList()[0], excelize.Options{RawCellValue: true})
	require.NoError(p, err)
	require.Equal(p, len(all), len(sheet), "the workbook has the rows of the CSV")
	for i, line := range all {
		for len(sheet[i]) < len(line) { // cells at the end that are empty
			sheet[i] = append(sheet[i], "")
		}
		require.Equal(p, line, sheet[i])
		var row []string
		for _, name := range names {
			at := slices.Index(all[0], name)
			require.GreaterOrEqual(p, at, 0, "no column %q in %q", name, all[0])
			row = append(row, line[at])
		}
		if i > 0 {
			rows = append(rows, row)
		}
	}
	return rows
}

// The list of work is taken away as it is shown: filtered, and in its order.
func TestTheWorkIsTakenAwayAsShown(t *testing.T) {
	t.Parallel()
	p := checked(t, made(t))
	shown := func() [][]string {
		p.Helper()
		return each[[]string](p, ".task", "[e.querySelector('.title').innerText, e.querySelector('.state').innerText, (e.querySelector('.beside').innerText.match(/^[0-9,]+/) ?? [''])[0].replace(/,/g, '')]")
	}
	taken := func() [][]string { p.Helper(); return p.columns("check", "what to do", "records") }
	require.Equal(p, shown(), taken())
	p.choose(".filters [name=who]", "practice")
	p.follow(".kinds a", "to put right")
	p.follow(".sorts a", "records")
	require.Equal(p, shown(), taken())

	p.follow("a", "All checks in one table")
	p.follow("thead a", "Check")
	rows := func() [][]string {
		return each[[]string](p, "tbody tr", "[e.cells[0].querySelector('a').innerText, e.cells[0].querySelector('small').innerText, e.cells[1].innerText, e.cells[2].innerText.replace(/,/g, ''), e.cells[5].firstChild?.textContent.trim() ?? '', e.cells[7].innerText, e.cells[8].innerText]")
	}
	require.Equal(p, rows(), p.columns("check", "code", "outcome", "records", "counted", "who", "how to put it right"))
}

// The records behind a number are taken away as they are shown, more than a page has.
func TestRecordsAreTakenAwayAsShown(t *testing.T) {
	t.Parallel()
	p := checked(t, made(t, "--fault", "allergy/repeat-patient-status-recorded=0.9"))
	for _, list := range []string{onRepeat, "Every SNOMED CT code is well formed", "No clinical entry is dated in the future"} {
		p.list(list)
		p.follow("thead a", "Date")
		var shown [][]string
		for {
			shown = append(shown, each[[]string](p, "tbody tr", "(cells => [cells[0], cells[1], cells[2], cells[4], cells[5]])([...e.querySelectorAll('th, td:not(:has([name=record]))')].map(c => c.innerText))")...)
			if p.count("[rel=next]") == 0 {
				break
			}
			p.follow("[rel=next]", "")
		}
		require.Equal(p, shown, p.columns("patient", "date", "what is wrong", "result", "code of the entry"), list)
		p.write("[name=find]", shown[0][0])
		p.follow(".filters button", "Show")
		require.Equal(p, p.count("tbody tr"), len(p.columns("patient")), list)
		p.follow("a", "Back to the check")
		require.Equal(p, []string{list}, p.texts(".tasks details[open] .title"))
	}
}

// The workbook of all records, the answers and the report can be had.
func TestTheWorkbookAndTheAnswersAreTakenAway(t *testing.T) {
	t.Parallel()
	p := checked(t, made(t))
	book, err := excelize.OpenReader(bytes.NewReader(p.take("All records to put right")))
	require.NoError(p, err)
	defer book.Close()
	require.Greater(p, len(book.GetSheetList()), 2)
	p.follow(".next a", "Answer")
	p.click("fieldset:has([value=yes]) [value=yes]", "")
	p.follow("button", "Save")
	p.until("document.querySelector('.verdict, .good-news')")
	if p.count(".good-news") == 0 {
		p.follow(".next a", "Answer")
	}
	require.Contains(p, string(p.take("declarations.yaml")), `answer: "yes"`)
}
