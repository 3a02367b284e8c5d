package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"paperlight/analyzer/schema"
)

// A marker is a word that stands in one place of an input and in no text of ours.
var marker = regexp.MustCompile(`(?i)zq[a-z]+`)

// markerOf is the word that a column holds in one of its rows.
func markerOf(c *schema.Column) string {
	return "zq" + strings.ReplaceAll(c.Table.Name+"x"+c.Name, "_", "")
}

// Names that are no cells.
const (
	markedFolder, markedFile, markedColumn, markedEntry = "zqfolder", "zqfile", "zqcolumn", "zqentry"
	markedRole, markedEvidence                          = "zqrole", "zqevidence"
)

// markedExtract is an extract that can be judged, with a marker in every column of every
// table that the schema has, one a row, and in the names around them.
func markedExtract(t *testing.T) string {
	t.Helper()
	from, _ := made(t, "--patients", "150")
	folder := filepath.Join(filepath.Dir(from), markedFolder)
	require.NoError(t, os.Rename(from, folder))
	patients := table(t, folder, schema.Patients)
	for _, s := range schema.Tables {
		rows := table(t, folder, s)
		if rows == nil {
			rows = [][]string{{}}
			for _, c := range s.Columns {
				if !c.Virtual && c.Privacy != schema.Direct {
					rows[0] = append(rows[0], c.Name)
				}
			}
		}
		writeTable(t, folder, s, plant(s, rows, patients[1][slices.Index(patients[0], "patient_id")]))
	}
	require.NoError(t, os.WriteFile(filepath.Join(folder, markedFile+".csv"), []byte("zqheader,zqcolumn\nzqcell,1\n"), 0o600))
	return folder
}

// plant puts a marker into every column, each in a row of its own. Rows that are not
// there are made, of a patient.
func plant(s *schema.Table, rows [][]string, patient string) [][]string {
	for _, c := range s.Columns {
		if !c.Virtual && !slices.Contains(rows[0], c.Name) {
			for i := range rows {
				rows[i] = append(rows[i], "")
			}
			rows[0][len(rows[0])-1] = c.Name
		}
	}
	if s == schema.Practice { // one row, whose days and switches decide what is judged
		for _, name := range []string{"ods_code", "name", "system_supplier"} {
			rows[1][slices.Index(rows[0], name)] = markerOf(s.Column(name))
		}
		rows[1][slices.Index(rows[0], "outgoing")] = "false"
		return rows
	}
	for len(rows) < 2+len(rows[0]) {
		row := make([]string, len(rows[0]))
		for i, name := range rows[0] {
			switch c := s.Column(name); {
			case c == s.Patient:
				row[i] = patient
			case c == s.Practice:
				row[i] = "P00001"
			case c == s.Key:
				row[i] = "made" + strings.Repeat("i", len(rows))
			}
		}
		rows = append(rows, row)
	}
	for i, name := range rows[0] {
		if c := s.Column(name); c != nil && (s != schema.Patients || c != s.Practice) { // a patient of no practice refuses the extract
			rows[2+i][i] = markerOf(c)
			if c != s.Key && c != s.Patient && c != s.Practice {
				rows[2+i][i] += " as typed"
			}
		}
	}
	if s.Name == "declarations" {
		row := slices.Clone(rows[1])
		for name, cell := range map[string]string{"key": "audit-trail-on", "practice_id": "P00001", "answer": "yes", "date": "2026-03-01", "role": markedRole, "evidence": markedEvidence} {
			row[slices.Index(rows[0], name)] = cell
		}
		rows[1] = row
	}
	if s == schema.Patients {
		for i := range rows {
			rows[i] = append(rows[i], "zqnobodys")
		}
		rows[0][len(rows[0])-1] = markedColumn
	}
	return rows
}

func table(t *testing.T, folder string, s *schema.Table) [][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, s.Name+".csv"))
	if os.IsNotExist(err) {
		return nil
	}
	require.NoError(t, err)
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	require.NoError(t, err)
	return rows
}

func writeTable(t *testing.T, folder string, s *schema.Table, rows [][]string) {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, csv.NewWriter(&b).WriteAll(rows))
	require.NoError(t, os.WriteFile(filepath.Join(folder, s.Name+".csv"), b.Bytes(), 0o600))
}

// everyByte is all that a file holds: of a workbook, its parts.
func everyByte(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	if !bytes.HasPrefix(text, []byte("PK\x03\x04")) {
		return string(text)
	}
	parts, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	require.NoError(t, err)
	var all strings.Builder
	for _, p := range parts.File {
		r, err := p.Open()
		require.NoError(t, err)
		inside, err := io.ReadAll(r)
		require.NoError(t, err)
		all.WriteString(p.Name + "\n" + string(inside) + "\n")
	}
	return all.String()
}

// everyFile is all that a folder holds, its names included.
func everyFile(t *testing.T, folder string) string {
	t.Helper()
	var all strings.Builder
	entries, err := os.ReadDir(folder)
	if os.IsNotExist(err) {
		return ""
	}
	require.NoError(t, err)
	for _, e := range entries {
		all.WriteString(e.Name() + "\n" + everyByte(t, filepath.Join(folder, e.Name())))
	}
	return all.String()
}

// requireMarkers holds that an output has no marker but those given, and no path of
// this computer.
func requireMarkers(t *testing.T, said, where string, may ...string) {
	t.Helper()
	said = digestForm.ReplaceAllString(said, "") // which may hold any letters
	for _, found := range marker.FindAllString(said, -1) {
		at := strings.Index(said, found)
		require.Contains(t, may, strings.ToLower(found), "%s: ...%s...", where, said[max(0, at-80):min(len(said), at+80)])
	}
	require.NotContains(t, said, os.TempDir()+string(filepath.Separator), where)
}

// names are those of files, folders and columns; identity is what names the practice.
var (
	markedNames = []string{markedFolder, markedFile, markedColumn, "zqheader", markedEntry}
	identity    = []string{"zqpracticexodscode", "zqpracticexname"}
)

// No output shows what a cell holds, at any level and in any form, but for what names
// the practice and, at the practice, who answered.
func TestNoOutputShowsACell(t *testing.T) {
	t.Parallel()
	folder := markedExtract(t)
	for level, may := range map[string][]string{
		"practice": slices.Concat(markedNames, identity, []string{markedRole, markedEvidence}),
		"assessor": identity, "publish": identity[:1],
	} {
		to, args := t.TempDir(), []string{"check", folder, "--allow-test-numbers", "--fail-on", "never", "--level", level}
		for _, format := range formsAt(level) {
			args = append(args, "--format", format+"="+filepath.Join(to, format))
		}
		r := paperlight(t, args...)
		require.Zero(t, r.code, r.err)
		requireMarkers(t, r.out+r.err, level+" messages", may...)
		for _, format := range formsAt(level) {
			requireMarkers(t, everyByte(t, filepath.Join(to, format)), level+" "+format, may...)
		}
		if level == "practice" {
			require.Contains(t, everyByte(t, filepath.Join(to, "text")), markedEvidence, "the markers are read")
		}
	}
	for level, may := range map[string][]string{
		"practice": slices.Concat(markedNames, identity, []string{markedRole, markedEvidence}), "assessor": identity,
	} {
		bundle := filepath.Join(t.TempDir(), "bundle")
		r := paperlight(t, "evidence", folder, "--allow-test-numbers", "--level", level, "--out", bundle)
		require.Zero(t, r.code, r.err)
		requireMarkers(t, r.out+r.err, level+" evidence", may...)
		said := everyByteBelow(t, bundle)
		require.Regexp(t, marker, said, "the practice is named")
		requireMarkers(t, said, level+" bundle", may...)
		r = paperlight(t, "verify", bundle, "--again", folder)
		require.Zero(t, r.code, r.err)
		requireMarkers(t, r.out+r.err, level+" verify", may...)
	}
	practice := slices.Concat(markedNames, identity)
	for _, verb := range [][]string{
		{"inspect", folder}, {"inspect", folder, "--format", "json"}, {"inspect", folder, "--format", "html"}, {"inspect", folder, "--quick"}, {"declare", "new", folder, "--out", "-"},
		{"explain", "allergy/coded", folder, "--plan"}, {"explain", "file/rows-not-lost", folder}, {"explain", "medication/repeat-reviewed", folder},
	} {
		r := paperlight(t, append(verb, "--allow-test-numbers")...)
		requireMarkers(t, r.out+r.err, strings.Join(verb[:1], " "), practice...)
	}
}

// The names of what a user gives beside extracts, and words in it, that stay with the user.
const (
	markedAnswers, markedMapping, markedLists, markedScheme = "zqanswers", "zqmapping", "zqlists", "zqscheme"
	markedPlace                                             = "zqplace"
)

// markedOptions are files of the user with markers in their names, in what nothing is read
// from and in every free text of an answer. The folder around them is one, too.
func markedOptions(t *testing.T) []string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), markedPlace)
	put := func(name, text string) string {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	system, err := os.ReadFile(filepath.Join("..", "..", "analyzer", "mapping", "omop.yaml"))
	require.NoError(t, err)
	scheme := "# zqremark\nid: ours\nversion: '1'\ntitle: Ours\nextends: england-2026\n"
	return []string{
		"--declarations", put(markedAnswers+".yaml", `# zqremark
- {key: audit-trail-on, practice: P00001, answer: yes, date: 2026-03-02, role: zqroleofone, evidence: zqseen, verified_by: zqassessor, verified_date: 2026-03-03}
- {key: letters-coded, answer: yes, date: 2026-03-02, role: zqroleofall, evidence: zqfiled}
- {key: audit-trail-on, practice: zqotherpractice, answer: yes, date: 2026-03-02, role: zqroleofothers, evidence: zqelsewhere}
`),
		"--mapping", put(markedMapping+".yaml", "# zqremark\n"+string(system)),
		"--codelists", filepath.Dir(put(markedLists+"/clinical-summary.csv", "system,code,term\nsct,9000071999999108,zqterm\n")),
		"--scheme", put(markedScheme+".yaml", scheme),
	}
}

// A saved state shows no more than the level assessor does, and so do the table, the reports
// that are made of it and what is said: whatever an extract, the answers and the options
// hold, and whatever files and folders are called. The plan alone has paths.
func TestASavedStateShowsNoCell(t *testing.T) {
	t.Parallel()
	folder, to := markedExtract(t), t.TempDir()
	for level, may := range map[string][]string{"assessor": identity, "publish": identity[:1]} {
		out := filepath.Join(to, level)
		r := assessed(t, disk{}, folder, out, append(markedOptions(t), "--level", level)...)
		require.Equal(t, exitInput, r.code, r.err)
		require.Contains(t, r.err, "line 4, practice: no extract has a practice of this id")
		requireMarkers(t, r.out+strings.ReplaceAll(r.err, markedAnswers+".yaml line 4", ""), level+" messages", may...)
		requireMarkers(t, everyText(t, filepath.Join(out, practicesIn)), level, may...)
		requireMarkers(t, everyByte(t, filepath.Join(out, runFile)), level+" run")
		plan := everyByte(t, filepath.Join(out, planFile))
		require.Contains(t, plan, markedFolder, "the plan has paths")
		requireMarkers(t, strings.ReplaceAll(plan, filepath.Dir(folder), ""), level+" plan", markedNames...)
		said := everyState(t, filepath.Join(out, statesIn))
		require.Regexp(t, marker, said, "the practice is named")
		require.Contains(t, said, `"audit-trail-on"`, "the answers are kept")
		requireMarkers(t, said, level+" state", identity...)
	}
	// One that is refused, too.
	require.NoError(t, os.WriteFile(filepath.Join(folder, "events.csv"), []byte("zqheader,zqcolumn\nzqcell\n"), 0o600))
	r := assessed(t, disk{}, folder, filepath.Join(to, "refused"))
	require.Equal(t, exitInput, r.code, r.err)
	requireMarkers(t, r.out+r.err, "a refusal", markedNames...)
	for _, in := range []string{everyText(t, filepath.Join(to, "refused", practicesIn)), everyState(t, filepath.Join(to, "refused", statesIn)), everyByte(t, filepath.Join(to, "refused", runFile))} {
		require.NotEmpty(t, in)
		requireMarkers(t, in, "what is written of a refusal")
	}
}

// everyState is all that the saved states in a folder hold, unpacked.
func everyState(t *testing.T, folder string) string {
	t.Helper()
	d, err := zstd.NewReader(nil)
	require.NoError(t, err)
	defer d.Close()
	var all strings.Builder
	for name, packed := range tree(t, folder) {
		said, err := d.DecodeAll([]byte(packed), nil)
		require.NoError(t, err)
		all.WriteString(name + "\n" + string(said) + "\n")
	}
	return all.String()
}

// everyText is all that a folder and those in it hold.
func everyText(t *testing.T, folder string) string {
	t.Helper()
	var all strings.Builder
	for name, text := range tree(t, folder) {
		all.WriteString(name + "\n" + text + "\n")
	}
	return all.String()
}

// A worklist names records by their keys, with the day and the code of the entry, and
// shows nothing else of them. What stands where a code should and is none is not shown.
func TestWorklistsShowKeysAlone(t *testing.T) {
	t.Parallel()
	folder, lists := markedExtract(t), filepath.Join(t.TempDir(), "lists")
	r := paperlight(t, "check", folder, "--allow-test-numbers", "--fail-on", "never", "--worklist", lists, "--worklist-all", "--format", "html="+filepath.Join(t.TempDir(), "r.html"))
	require.Zero(t, r.code, r.err)
	var may []string
	for _, s := range schema.Tables {
		for _, c := range s.Columns {
			if c == s.Key || c == s.Patient || c == s.Practice {
				may = append(may, markerOf(c))
			}
		}
	}
	said := everyFile(t, lists)
	require.Regexp(t, marker, said, "the markers are listed")
	requireMarkers(t, said, "worklists", may...)
}

// Who converts or anonymises is told no cell. A copy to hand on holds none either that is
// no code, no number and no day: one that few people have is withheld.
func TestACopyHoldsNoWordOfACell(t *testing.T) {
	t.Parallel()
	folder, to := markedExtract(t), t.TempDir()
	r := paperlight(t, "convert", folder, "--to", filepath.Join(to, "tables"), "--format", "csv")
	require.Zero(t, r.code, r.err)
	requireMarkers(t, r.out+r.err, "convert")
	require.Regexp(t, marker, everyFile(t, filepath.Join(to, "tables")), "the cells are converted")
	r = paperlight(t, "anonymise", folder, "--to", filepath.Join(to, "copy"), "--format", "csv", "--opt-outs-removed")
	require.Zero(t, r.code, r.err)
	requireMarkers(t, r.out+r.err, "anonymise")
	pseudonym := regexp.MustCompile(`\b[a-z2-7]{26}\b`) // which may hold any letters
	said := pseudonym.ReplaceAllString(everyFile(t, filepath.Join(to, "copy")), "")
	require.Contains(t, said, "withheld")
	requireMarkers(t, said, "the copy", markerOf(schema.Practice.Key))
}

// However a run ends, it says no cell: files that are cut off, damaged or of another
// kind, extracts that are refused, limits, signals, answers that nobody can read.
func TestNoFailureShowsACell(t *testing.T) {
	t.Parallel()
	edit := func(name string, change func(string) string) func(*testing.T, string) {
		return func(t *testing.T, folder string) {
			path := filepath.Join(folder, name)
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(path, []byte(change(string(text))), 0o600))
		}
	}
	put := func(name, text string) func(*testing.T, string) {
		return func(t *testing.T, folder string) {
			require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
		}
	}
	whole := markedExtract(t)
	for name, spoil := range map[string]func(*testing.T, string){
		"an open quote":            edit("events.csv", func(s string) string { return s + "zqopen,\"zqquoted" }),
		"a file that ends early":   edit("patients.csv", func(s string) string { return strings.TrimRight(s, "\n") + ",zqlast" }),
		"a row too long":           edit("patients.csv", func(s string) string { return s + strings.Repeat("zqlong,", 300) + "\n" }),
		"a row too short":          edit("issues.csv", func(s string) string { return s + "zqshort\n" }),
		"bytes that are no text":   edit("patients.csv", func(s string) string { return s + "zqbytes\xff\xfe\x00,zqnul\n" }),
		"no key column":            edit("patients.csv", func(s string) string { return strings.Replace(s, "patient_id", "zqcolumn", 1) }),
		"a column twice":           edit("patients.csv", func(s string) string { return strings.Replace(s, "patient_id", "sex", 1) }),
		"no header":                edit("patients.csv", func(s string) string { _, rows, _ := strings.Cut(s, "\n"); return rows }),
		"a practice that is not":   edit("patients.csv", func(s string) string { return strings.Replace(s, "P00001", "zqelsewhere", 1) }),
		"no practice":              edit("practice.csv", func(s string) string { header, _, _ := strings.Cut(s, "\n"); return header + "\n" }),
		"a Parquet file that lies": put("results.parquet", "PAR1zqcell"+strings.Repeat("zqcell", 50)+"\xff\xff\x00\x00PAR1"),
		"an Arrow file that lies":  put("referrals.arrow", "ARROW1\x00\x00zqcell"+strings.Repeat("zqcell", 50)+"ARROW1"),
		"a zip in the folder":      put("referrals.zip", "PK\x03\x04zqcell"),
		"answers that are broken":  put("answers.yaml", "- key: 'zqkey\n  answer: zqanswer\n"),
		"nothing":                  func(*testing.T, string) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := filepath.Join(t.TempDir(), markedFolder)
			require.NoError(t, os.CopyFS(folder, os.DirFS(whole)))
			spoil(t, folder)
			zipped := zippedFolder(t, folder)
			answers := written(t, "- key: audit-trail-on\n  answer: zqanswer\n  evidence: zqevidence\n  role: {zqrole: 1}\n")
			for _, verb := range [][]string{
				{"check", folder, "--level", "assessor"}, {"check", zipped}, {"check", folder, "--declarations", answers}, {"check", folder, "--practice", "zqwanted"},
				{"check", folder, "--worklist", filepath.Join(folder, "patients.csv")}, {"check", folder, "--memory", "1MiB"},
				{"inspect", zipped}, {"inspect", zipped, "--format", "html"}, {"explain", "allergy/coded", folder}, {"explain", "allergy/coded", folder, "--patient", "zqwanted"}, {"declare", "new", folder, "--out", "-"},
			} {
				r := paperlight(t, append(verb, "--allow-test-numbers")...)
				requireMarkers(t, r.out+r.err, strings.Join(verb[:1], " "), slices.Concat(markedNames, identity, []string{markedRole, markedEvidence})...)
			}
			stopped, stop := context.WithCancel(context.Background())
			stop()
			var out, said bytes.Buffer
			code := run(stopped, []string{"check", folder, "--allow-test-numbers"}, &console{in: bytes.NewReader(nil), out: &out, err: &said, width: 80})
			require.NotZero(t, code)
			requireMarkers(t, out.String()+said.String(), "stopped", markedNames...)
		})
	}
}

// zippedFolder is a folder as an archive, with one more entry.
func zippedFolder(t *testing.T, folder string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, e := range entries {
		to, err := w.Create(e.Name())
		require.NoError(t, err)
		text, err := os.ReadFile(filepath.Join(folder, e.Name()))
		require.NoError(t, err)
		_, err = to.Write(text)
		require.NoError(t, err)
	}
	to, err := w.Create(markedEntry + ".txt")
	require.NoError(t, err)
	_, err = to.Write([]byte("zqinside"))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	path := filepath.Join(t.TempDir(), markedFile+".zip")
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
	return path
}
