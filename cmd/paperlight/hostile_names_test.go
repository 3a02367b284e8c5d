package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"paperlight/analyzer/schema"
	"paperlight/analyzer/visible"
)

// hostile are what may stand in a name or a cell: what steers a terminal, turns a
// line, cannot be seen, ends a line or begins a formula, also behind what cannot be
// seen.
var hostile = map[string]string{
	"a terminal": "a\x1b]0;b\x07\x1b[2Jc", "a direction": "a\u202eb\u2066c\u200f", "zero width": "\u200b=1+1", "a byte order mark": "\ufeff@SUM(1)", "a joiner": "\u2060-2+3",
	"a separator": "a\u2028b\u2029+1", "a control": "a\u009bb\u0085c", "a filler": "\u3164=1", "a line end": "a\nhint: paid\r\n=1", "a tab": "\t=1",
}

// steered puts a hostile text into every name and key of an extract.
func steered(t *testing.T, text string) string {
	t.Helper()
	from, _ := made(t, "--patients", "60")
	folder := filepath.Join(filepath.Dir(from), "x"+text)
	require.NoError(t, os.Rename(from, folder))
	practice := table(t, folder, schema.Practice)
	practice[1][slices.Index(practice[0], "name")], practice[1][slices.Index(practice[0], "ods_code")] = text, text
	writeTable(t, folder, schema.Practice, practice)
	for _, s := range schema.Tables { // keys, everywhere alike
		rows := table(t, folder, s)
		for i, row := range rows {
			for j, name := range rows[min(i, 0)] {
				if c := s.Column(name); i > 0 && c != nil && (name == "patient_id" || name == "practice_id" || c == s.Key) {
					row[j] = text + row[j]
				}
			}
		}
		if rows != nil && s == schema.Patients {
			for i := range rows {
				rows[i] = append(rows[i], "1")
			}
			rows[0][len(rows[0])-1] = "a" + text
		}
		if rows != nil {
			writeTable(t, folder, s, rows)
		}
	}
	declarations := [][]string{{"key", "practice_id", "answer", "date", "evidence", "role"}, {"audit-trail-on", text + "P00001", "yes", "2026-03-01", text, text}}
	writeTable(t, folder, schema.Lookup("declarations"), declarations)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "stray"+text+".csv"), []byte("a"+text+",b\n1,2\n"), 0o600))
	return folder
}

// requireSeen holds that every character of an output leaves a mark, but for the
// line ends of ours.
func requireSeen(t *testing.T, said, where string) {
	t.Helper()
	for i, r := range said {
		if visible.Hidden(r) && r != '\n' && r != '\r' && r != '\t' {
			t.Fatalf("%s: %U is hidden in %q", where, r, said[max(0, i-60):min(len(said), i+60)])
		}
	}
	for line := range strings.SplitSeq(said, "\n") {
		if strings.HasPrefix(line, "hint: paid") {
			t.Errorf("%s: a name ends a line: %q", where, said[:min(len(said), 300)])
		}
	}
}

// No name and no key hides anything in any output, turns its direction, ends its
// lines or is a formula in a spreadsheet.
func TestNoOutputIsSteeredByNames(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no file can be called so there")
	}
	for name, text := range hostile {
		t.Run(name, func(t *testing.T) {
			folder, to := steered(t, text), t.TempDir()
			lists := filepath.Join(to, "lists")
			for level, more := range map[string][]string{"practice": {"--worklist", lists, "--worklist-all"}, "assessor": nil} {
				args := append([]string{"check", folder, "--allow-test-numbers", "--fail-on", "never", "--level", level}, more...)
				for _, format := range formsAt(level) {
					args = append(args, "--format", format+"="+filepath.Join(to, level+format))
				}
				r := paperlight(t, args...)
				require.Zero(t, r.code, r.err)
				for _, format := range formsAt(level) {
					requireSeen(t, everyByte(t, filepath.Join(to, level+format))+r.err, format)
				}
			}
			requireSeen(t, everyFile(t, lists), "worklists")
			requireNoFormula(t, append([]string{filepath.Join(to, "practicecsv"), filepath.Join(to, "practicexlsx")}, filesIn(t, lists)...))
			missing := filepath.Join(to, "none"+text)
			for _, verb := range [][]string{
				{"inspect", folder}, {"inspect", folder, "--format", "json"}, {"inspect", folder, "--format", "html"}, {"explain", "allergy/coded", folder, "--plan"},
				{"explain", "medication/repeat-reviewed", folder, "--patient", firstPatient(t, folder)}, {"declare", "new", folder, "--out", "-"},
				{"declare", "new", folder, "--out", missing}, {"declare", "new", folder, "--out", missing}, {"check", missing}, {"check", folder, "--declarations", missing},
				{"check", folder, "--scheme", text}, {"check", folder, "--format", text}, {"check", folder, "--rules", missing}, {"explain", text, folder}, {"rules", "new", "x/" + text},
				{"check", filepath.Join(folder, "stray"+text+".csv")}, {"check", folder, "--practice", text}, {text}, {"check", folder, "--" + text},
			} {
				if slices.ContainsFunc(verb, func(a string) bool { return strings.Contains(a, "\x00") }) {
					continue
				}
				r := paperlight(t, append(verb, "--allow-test-numbers")...)
				requireSeen(t, r.out+r.err, strings.Join(verb, " "))
			}
		})
	}
}

func firstPatient(t *testing.T, folder string) string {
	rows := table(t, folder, schema.Patients)
	return rows[1][slices.Index(rows[0], "patient_id")]
}

func filesIn(t *testing.T, folder string) (out []string) {
	t.Helper()
	for _, pattern := range []string{"*.csv", "*.xlsx"} {
		found, err := filepath.Glob(filepath.Join(folder, pattern))
		require.NoError(t, err)
		out = append(out, found...)
	}
	return out
}

// requireNoFormula reads tables as a spreadsheet does.
func requireNoFormula(t *testing.T, files []string) {
	t.Helper()
	cells := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		if bytes.HasPrefix(text, []byte("PK")) {
			requireNoFormulaPart(t, file)
			continue
		}
		rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		require.NoError(t, err, file)
		for _, row := range rows {
			for _, cell := range row {
				cells++
				bare := strings.TrimLeftFunc(cell, func(r rune) bool { return unicode.IsSpace(r) || visible.Hidden(r) })
				require.False(t, bare != "" && strings.ContainsAny(bare[:1], "=+-@") && len(bare) > 1 && !numeric(bare), "%s: %q", file, cell)
			}
		}
	}
	require.Greater(t, cells, 100)
}

func numeric(s string) bool {
	return !strings.ContainsFunc(s[1:], func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
}

// requireNoFormulaPart holds that no cell of a workbook has a formula.
func requireNoFormulaPart(t *testing.T, file string) {
	t.Helper()
	require.NotContains(t, everyByte(t, file), "<f>")
	book, err := excelize.OpenFile(file)
	require.NoError(t, err)
	require.NoError(t, book.Close())
}
