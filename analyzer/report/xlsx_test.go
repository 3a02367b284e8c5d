package report

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

func workbook(t *testing.T, r *Report, rows int) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, writeXLSX(&out, presentable(Release(r)), Options{}, rows))
	return out.Bytes()
}

// The golden file of a workbook is its cells, one a line.
func TestWorkbookGolden(t *testing.T) {
	for name, r := range samples() {
		compare(t, name+".xlsx.txt", r, func(w io.Writer, shown Released, _ Options) error {
			book, err := excelize.OpenReader(bytes.NewReader(workbook(t, shown.Report(), sheetRows)))
			require.NoError(t, err)
			for _, sheet := range book.GetSheetList() {
				rows, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
				require.NoError(t, err)
				for i, row := range rows {
					fmt.Fprintf(w, "%s %d: %s\n", sheet, i+1, strings.Join(row, " | "))
				}
			}
			return book.Close()
		}, Options{})
	}
}

func TestWorkbookBytesAreEqualForEqualReports(t *testing.T) {
	want := workbook(t, severalSample(), sheetRows)
	for range 5 {
		require.True(t, bytes.Equal(want, workbook(t, severalSample(), sheetRows)))
	}
}

func TestWorkbookHasNoFormula(t *testing.T) {
	payloads := append(formulas(), "_x0041_", "\x00\x0b", strings.Repeat("x", 40000))
	every := reportOf(nil)
	for _, payload := range payloads {
		one := notReadySample()
		one.Practices[0].Accreditations[0].Criteria = one.Practices[0].Accreditations[0].Criteria[:1]
		spread(one, payload)
		every.Practices = append(every.Practices, one.Practices...)
	}
	whole := severalSample()
	spread(whole, "=1+1")
	for _, r := range []*Report{every, whole} {
		for name, text := range parts(t, workbook(t, r, sheetRows)) {
			for _, bad := range []string{"<f>", "<f ", "<hyperlink"} {
				require.NotContains(t, text, bad, name)
			}
			require.NotContains(t, name, "externalLink")
			require.NotContains(t, name, "vbaProject")
			decoder := xml.NewDecoder(strings.NewReader(text))
			for {
				if _, err := decoder.Token(); err == io.EOF {
					break
				} else {
					require.NoError(t, err, name)
				}
			}
		}
	}
}

func parts(t *testing.T, book []byte) map[string]string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	require.NoError(t, err)
	out := make(map[string]string)
	for _, f := range archive.File {
		part, err := f.Open()
		require.NoError(t, err)
		text, err := io.ReadAll(part)
		require.NoError(t, err)
		require.NoError(t, part.Close())
		out[f.Name] = string(text)
	}
	return out
}

func TestWorkbookKeepsTexts(t *testing.T) {
	r := notReadySample()
	r.Practices[0].Name = "=1+1"
	r.RuleTexts[0].Title = "_x0041_"
	r.RuleTexts[1].Title = strings.Repeat("é", 40000)
	book, err := excelize.OpenReader(bytes.NewReader(workbook(t, r, sheetRows)))
	require.NoError(t, err)
	at := func(sheet, cell string) string {
		v, err := book.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
		require.NoError(t, err)
		return v
	}
	require.Equal(t, "=1+1", at("Summary", "A2"))
	require.Equal(t, "_x0041_", at("Checks", "I2"))
	require.True(t, strings.HasSuffix(at("Checks", "I3"), "… (cut)"))
	require.Equal(t, "7012", at("Checks", "R2"))
	kind, err := book.GetCellType("Checks", "R2")
	require.NoError(t, err)
	require.NotEqual(t, excelize.CellTypeInlineString, kind, "a count is a number")
	require.NoError(t, book.Close())
}

func TestAFullSheetGoesOnInTheNext(t *testing.T) {
	r := notReadySample()
	book, err := excelize.OpenReader(bytes.NewReader(workbook(t, r, 10)))
	require.NoError(t, err)
	require.Contains(t, book.GetSheetList(), "Checks 2")
	lines := 0
	for _, sheet := range []string{"Checks", "Checks 2"} {
		rows, err := book.GetRows(sheet)
		require.NoError(t, err)
		require.LessOrEqual(t, len(rows), 10)
		require.Equal(t, "practice id", rows[0][0])
		lines += len(rows) - 1
	}
	require.Equal(t, len(r.Practices[0].Accreditations[0].Criteria), lines)
	require.NoError(t, book.Close())
}

// filtersOf are the filters of a workbook, by sheet.
func filtersOf(t *testing.T, book []byte) map[string]string {
	t.Helper()
	file, err := excelize.OpenReader(bytes.NewReader(book))
	require.NoError(t, err)
	out := map[string]string{}
	for _, n := range file.GetDefinedName() {
		if n.Name == "_xlnm._FilterDatabase" {
			out[n.Scope] = strings.TrimPrefix(n.RefersTo, "'"+n.Scope+"'!")
		}
	}
	for i, sheet := range file.GetSheetList() {
		panes, err := file.GetPanes(sheet)
		require.NoError(t, err)
		require.Equal(t, 1, panes.YSplit, "the heading stays in sight")
		want := `<autoFilter ref="` + out[sheet] + `"`
		require.Contains(t, parts(t, book)[fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1)], want, sheet)
	}
	require.NoError(t, file.Close())
	for sheet, ref := range out {
		out[sheet] = strings.ReplaceAll(ref, "$", "")
	}
	return out
}

func TestEverySheetHasAFilterOnItsHeading(t *testing.T) {
	r := severalSample()
	checks := 0
	for i := range r.Practices {
		each(&r.Practices[i], func(*Accreditation, *Criterion) { checks++ })
	}
	require.Equal(t, map[string]string{
		"Summary": fmt.Sprintf("A1:H%d", 1+5), "Checks": fmt.Sprintf("A1:AN%d", 1+checks), "Reading": "A1:C4", "Requirements": "A1:J7",
	}, filtersOf(t, workbook(t, r, sheetRows)), "the notes under the summary are no part of its table")

	full := filtersOf(t, workbook(t, notReadySample(), 10))
	require.Equal(t, "A1:AN10", full["Checks"])
	require.Equal(t, "A1:AN8", full["Checks 2"], "a sheet that goes on has a filter in each part")
}

func TestChecksAreInWords(t *testing.T) {
	require.Len(t, checkHeadings, len(criteriaColumns))
	for _, name := range criteriaColumns {
		require.NotEmpty(t, checkHeadings[name], name)
		require.NotContains(t, checkHeadings[name], "_")
	}
	for _, test := range [][3]string{
		{"verdict", "cannot_tell", "Cannot tell"}, {"status", "not_assessable", "not checked"}, {"status", "not_read", "not read"}, {"requirement_status", "not_met", "not met"},
		{"severity", "blocker", "stops you"}, {"basis", "declared", "your answer"}, {"owner", "pcse", "Primary Care Support England (PCSE)"}, {"threshold", "<= 5%", "at most 5%"},
		{"missing", "events.code; medications", "The extract has no code in events or medications."}, {"suppressed", "to_fix; interval", "to put right for the pass mark; interval"},
		{"title", "not_read", "not_read"}, {"verdict", "", ""},
	} {
		require.Equal(t, test[2], inWords(test[0], test[1]), test[0])
	}
	require.Equal(t, int64(3), inWords("status", int64(3)))
	var machine []string
	for _, r := range samples() {
		_ = eachCriterion(presentable(Release(r)), func(cells []any) error {
			for i, c := range cells {
				named := slices.Contains([]string{"rule", "practice_id", "why"}, criteriaColumns[i]) // ids, and a message of a file that could not be read
				if word, ok := inWords(criteriaColumns[i], c).(string); ok && !named && strings.Contains(word, "_") {
					machine = append(machine, criteriaColumns[i]+": "+word)
				}
			}
			return nil
		})
	}
	require.Empty(t, machine, "no word of the program's own is left")
}

// The narrow forms of the goldens are kept in one folder and nothing else is.
func TestNoGoldenIsLeftOver(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*"))
	require.NoError(t, err)
	for _, file := range files {
		name, _, _ := strings.Cut(filepath.Base(file), ".")
		require.Contains(t, samples(), name)
	}
	_, err = os.Stat("testdata")
	require.NoError(t, err)
}
