package report

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

// A list longer than a sheet goes on in another, and the index counts all of it.
func TestWorklistGoesOnInAnotherSheet(t *testing.T) {
	write := func() []byte {
		folder := t.TempDir()
		b, err := newWorklistBook("paperlight", folder, 10)
		require.NoError(t, err)
		require.NoError(t, b.Add(Worklist{Rule: "a/short", Code: "AAA-001", Owner: "clinician"}))
		require.NoError(t, b.Add(Worklist{Rule: "a/a-name-that-is-longer-than-31-letters", Title: "Long", PassMark: "95%"}))
		require.NoError(t, b.Row("a/short", &WorklistRow{Record: "0"}))
		for i := range 25 {
			require.NoError(t, b.Row("a/a-name-that-is-longer-than-31-letters", &WorklistRow{Record: fmt.Sprintf("%04d", i), Table: "events"}))
		}
		var out bytes.Buffer
		require.NoError(t, b.Write(&out))
		require.NoError(t, b.Close())
		left, err := filepath.Glob(filepath.Join(folder, "*"))
		require.NoError(t, err)
		require.Empty(t, left)
		return out.Bytes()
	}
	text := write()
	require.True(t, bytes.Equal(text, write()), "equal lists give equal bytes")
	book, err := excelize.OpenReader(bytes.NewReader(text))
	require.NoError(t, err)
	defer func() { require.NoError(t, book.Close()) }()
	sheets := book.GetSheetList()
	require.Equal(t, []string{"Index", "AAA-001 short", "a-name-that-is-longer-than-31-l", "a-name-that-is-longer-than-31 2", "a-name-that-is-longer-than-31 3"}, sheets)
	var records []string
	for _, sheet := range sheets[2:] {
		rows, err := book.GetRows(sheet)
		require.NoError(t, err)
		require.LessOrEqual(t, len(rows), 10)
		require.Equal(t, listColumns, rows[0])
		for _, row := range rows[1:] {
			records = append(records, row[2])
		}
	}
	require.Len(t, records, 25)
	require.Equal(t, "0000", records[0])
	columns := regexp.MustCompile(`<col min="(\d+)"`).FindAllStringSubmatch(part(t, text, "xl/worksheets/sheet2.xml"), -1)
	require.Len(t, columns, len(listWidths))
	for i, c := range columns {
		require.Equal(t, strconv.Itoa(i+1), c[1], "columns stand in their order")
	}
	index, err := book.GetRows("Index")
	require.NoError(t, err)
	require.Equal(t, []string{"Long", "", "25", "", "", "95%", "a-name-that-is-longer-than-31-l"}, index[1], "the longest first")
	require.Equal(t, "A clinician", index[2][3])
}

// What does not fit in memory waits in the folder that was given, and nowhere else.
func TestWorklistBookWaitsInItsFolder(t *testing.T) {
	folder, elsewhere := t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", elsewhere)
	b, err := NewWorklistBook("paperlight", folder)
	require.NoError(t, err)
	require.NoError(t, b.Add(Worklist{Rule: "a/long"}))
	row := &WorklistRow{Patient: "b92ec594d1cd72f5", Why: fmt.Sprintf("%0400d", 1)}
	for range 40_000 {
		require.NoError(t, b.Row("a/long", row))
	}
	waiting, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.NotEmpty(t, waiting)
	var out bytes.Buffer
	require.NoError(t, b.Write(&out))
	require.NoError(t, b.Close())
	for _, dir := range []string{folder, elsewhere} {
		left, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Empty(t, left)
	}
}

// part is one part of a workbook.
func part(t *testing.T, book []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	require.NoError(t, err)
	f, err := z.Open(name)
	require.NoError(t, err)
	defer f.Close()
	text, err := io.ReadAll(f)
	require.NoError(t, err)
	return string(text)
}
