package sampling

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

func seedOf(t *testing.T, words string) Seed {
	s, err := NewSeed(words)
	require.NoError(t, err)
	return s
}

var about = About{Practice: "A80000", AsOf: "2026-03-31", Extract: strings.Repeat("a", 64), Rules: strings.Repeat("b", 64), Scheme: strings.Repeat("c", 64), Tool: "dev"}

// drawn are three rules: 20 and 20 records, 20 and 3, and 5 that all meet it.
func drawn(t *testing.T) *Draw {
	rules := []Rule{{ID: "b/two", Code: "B-2", Question: "Is it two?", Met: 900, Failing: 3}, {ID: "a/one", Code: "A-1", Question: "Is it one?", Met: 100, Failing: 50},
		{ID: "c/three", Question: "Is it three?", Met: 5}, {ID: "d/none", Question: "Is it?"}}
	var records []Record
	for _, r := range rules {
		for i := range min(r.Met, Each) {
			records = append(records, Record{Rule: r.ID, Patient: fmt.Sprintf("p%d", i), ID: fmt.Sprintf("=%d", i), Date: "2026-01-02", Kind: "medicine", Code: "00123", Met: true})
		}
		for i := range min(r.Failing, Each) {
			records = append(records, Record{Rule: r.ID, Patient: fmt.Sprintf("q%d", i), ID: "1e5", Kind: "medicine"})
		}
	}
	return New(about, seedOf(t, "blue horse seven"), rules, records)
}

func rowsOf(t *testing.T, d *Draw) [][]string {
	var b bytes.Buffer
	require.NoError(t, d.WriteCSV(&b))
	rows, err := csv.NewReader(&b).ReadAll()
	require.NoError(t, err)
	return rows
}

func csvOf(t *testing.T, rows [][]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	require.NoError(t, w.WriteAll(rows))
	return b.Bytes()
}

// truthful answers as the program found, but for the lines that fault turns round.
func truthful(d *Draw, rows [][]string, fault func(l *Line, row []string)) {
	at := func(column string) int { return slices.Index(columns, column) }
	for i := range d.Lines {
		row := rows[i+1]
		row[at(columnAnswer)] = NotAsItShouldBe
		if d.Lines[i].Met {
			row[at(columnAnswer)] = AsItShouldBe
		}
		if fault != nil {
			fault(&d.Lines[i], row)
		}
	}
}

func opened(t *testing.T, d *Draw) *Sealed {
	text, err := d.Sealed()
	require.NoError(t, err)
	s, err := Open(text, d.seed)
	require.NoError(t, err)
	return s
}

func resultOf(t *testing.T, d *Draw, files ...[]byte) (*Result, error) {
	r := NewReading(opened(t, d))
	for i, f := range files {
		r.Add(fmt.Sprintf("sheet%d", i+1), f)
	}
	return r.Result()
}

func TestASeedIsOfWords(t *testing.T) {
	t.Parallel()
	require.Equal(t, seedOf(t, "Blue  horse\tSEVEN "), seedOf(t, "blue horse seven"))
	require.NotEqual(t, seedOf(t, "blue horse seven"), seedOf(t, "blue horses even"))
	for _, words := range []string{"", "two words", strings.Repeat("word ", 60), "a b \xff"} {
		_, err := NewSeed(words)
		require.Error(t, err, words)
	}
}

// Equal records give equal bytes, in whatever order they come; another seed gives another
// order; and no sheet says what was found.
func TestADrawIsOfItsRecordsAndItsSeed(t *testing.T) {
	t.Parallel()
	forms := func(d *Draw) (out []string) {
		for _, write := range []func(io.Writer) error{d.WriteXLSX, d.WriteCSV, d.WriteHTML} {
			var b bytes.Buffer
			require.NoError(t, write(&b))
			out = append(out, fmt.Sprintf("%x", sha256.Sum256(b.Bytes())))
		}
		sealed, err := d.Sealed()
		require.NoError(t, err)
		return append(out, string(sealed))
	}
	d := drawn(t)
	want := forms(d)
	require.Len(t, d.Rules, 3, "a rule without a record has no sheet")
	require.Len(t, d.Lines, 40+23+5)
	rules, records := slices.Clone(d.Rules), []Record{}
	for _, l := range d.Lines {
		records = append(records, l.Record)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 3 {
		random.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
		random.Shuffle(len(rules), func(i, j int) { rules[i], rules[j] = rules[j], rules[i] })
		require.Equal(t, want, forms(New(about, seedOf(t, "blue horse seven"), slices.Clone(rules), slices.Clone(records))))
	}
	other := New(about, seedOf(t, "another three words"), slices.Clone(rules), slices.Clone(records))
	require.NotEqual(t, want[1], forms(other)[1])
	require.NotEqual(t, d.ID, other.ID)

	// Turned round, the findings of records that look alike change nothing that is printed.
	for i := range records {
		records[i].Met = !records[i].Met
	}
	turned := forms(New(about, seedOf(t, "blue horse seven"), slices.Clone(rules), records))
	require.Equal(t, want[:3], turned[:3])
	require.NotEqual(t, want[3], turned[3])
	mixed := 0
	for i := 1; i < 40; i++ {
		if d.Lines[i].Met != d.Lines[i-1].Met {
			mixed++
		}
	}
	require.Greater(t, mixed, 8, "those that meet it and those that do not are mixed")
}

func TestASealedFileHoldsNoRecordAndNoFinding(t *testing.T) {
	t.Parallel()
	d := drawn(t)
	text, err := d.Sealed()
	require.NoError(t, err)
	for _, key := range []string{"p1\"", "q1\"", "00123", "1e5", "medicine", "blue", "horse"} {
		require.NotContains(t, string(text), key)
	}
	s, err := Open(text, d.seed)
	require.NoError(t, err)
	same := 0
	for i, l := range d.Lines {
		require.Equal(t, l.Met, s.met(i+1))
		if (s.Lines[i].Found == 0) == l.Met {
			same++
		}
	}
	require.InDelta(t, len(d.Lines)/2, same, float64(len(d.Lines))/4, "the findings are covered")
	_, err = Open(text, seedOf(t, "some other words"))
	require.ErrorIs(t, err, ErrSeed)
	edited := 0
	for _, change := range [][2]string{{`"found": 0`, `"found": 1`}, {`"met": 100`, `"met": 101`}, {"A80000", "A80001"}, {"a/one", "a/two"}, {`"rule": 1`, `"rule": 0`}} {
		changed := bytes.Replace(text, []byte(change[0]), []byte(change[1]), 1)
		require.NotEqual(t, text, changed)
		_, err = Open(changed, d.seed)
		require.ErrorIs(t, err, ErrEdited)
		edited++
	}
	require.Equal(t, 5, edited)
	for _, other := range []string{"", "{}", "[]", strings.Replace(string(text), sealedKind, "x", 1), strings.Replace(string(text), `"1.0"`, `"2.0"`, 1), strings.Replace(string(text), "{", `{"more":1,`, 1)} {
		_, err = Open([]byte(other), d.seed)
		require.ErrorIs(t, err, ErrNotSealed)
	}
}

func TestPlantedDisagreementsAreFound(t *testing.T) {
	t.Parallel()
	d := drawn(t)
	rows := rowsOf(t, d)
	truthful(d, rows, nil)
	r, err := resultOf(t, d, csvOf(t, rows))
	require.NoError(t, err)
	require.True(t, r.AllVerified())
	require.Empty(t, r.Differences)
	require.Equal(t, 1.0, *r.Rules[0].Kappa)
	require.Equal(t, [2]float64{0.8316, 1}, *r.Rules[0].Met.Interval)
	require.Nil(t, r.Rules[2].Kappa, "no record fails it")
	require.Equal(t, "3 checks: 3 verified", r.Summary())

	// One of 20 may differ on a side, and not two; of all three that there are, none.
	turn := map[string]int{"a/one met": 1, "a/one failing": 1, "b/two failing": 1}
	planted := []int{}
	fault := func(l *Line, row []string) {
		side := l.Rule + map[bool]string{true: " met", false: " failing"}[l.Met]
		if turn[side] > 0 {
			turn[side]--
			planted = append(planted, l.Number)
			at := slices.Index(columns, columnAnswer)
			row[at] = map[string]string{AsItShouldBe: " Not as it  should BE", NotAsItShouldBe: AsItShouldBe}[row[at]]
		}
	}
	truthful(d, rows, fault)
	slices.Reverse(rows[1:]) // somebody sorted the sheet
	r, err = resultOf(t, d, csvOf(t, rows))
	require.NoError(t, err)
	var found []int
	for _, one := range r.Differences {
		found = append(found, one.Line)
	}
	require.Equal(t, planted, found)
	require.Equal(t, []Outcome{Verified, NotVerified, Verified}, []Outcome{r.Rules[0].Outcome, r.Rules[1].Outcome, r.Rules[2].Outcome})
	require.Equal(t, 0.9, *r.Rules[0].Kappa)
	require.Equal(t, Side{Records: 3, Drawn: 3, Agree: 2, Differ: 1, Interval: &[2]float64{0.0943, 0.9916}}, r.Rules[1].Failing)
	var text bytes.Buffer
	require.NoError(t, r.Text(&text))
	for _, n := range planted {
		require.Contains(t, text.String(), fmt.Sprintf("Line %d:", n))
	}
	file, err := r.File()
	require.NoError(t, err)
	require.NotContains(t, string(file), `"line"`)
	again, err := ReadResult(file)
	require.NoError(t, err)
	require.Equal(t, r.Rules, again.Rules)

	rows = rowsOf(t, d)
	turn = map[string]int{"a/one met": 2}
	truthful(d, rows, fault)
	r, err = resultOf(t, d, csvOf(t, rows))
	require.NoError(t, err)
	require.Equal(t, NotVerified, r.Rules[0].Outcome)

	// Nobody verifies by not looking: what cannot be told counts as differing.
	rows = rowsOf(t, d)
	left := 2
	truthful(d, rows, func(l *Line, row []string) {
		if l.Rule == "a/one" && l.Met && left > 0 {
			left--
			row[slices.Index(columns, columnAnswer)], row[slices.Index(columns, columnReason)] = CannotTell, Reasons[0]
		}
	})
	r, err = resultOf(t, d, csvOf(t, rows))
	require.NoError(t, err)
	require.Equal(t, NotVerified, r.Rules[0].Outcome)
	require.Equal(t, 1.0, *r.Rules[0].Kappa, "and is in no agreement")
	require.Equal(t, []Told{{CannotTell, Reasons[0], 2}}, r.Rules[0].Reasons)

	r, err = resultOf(t, d, csvOf(t, rowsOf(t, d)))
	require.NoError(t, err)
	require.Equal(t, "3 checks: 3 not finished", r.Summary())
}

// What a spreadsheet saves is read as it was written.
func TestAWorkbookIsReadBack(t *testing.T) {
	t.Parallel()
	d := drawn(t)
	var b bytes.Buffer
	require.NoError(t, d.WriteXLSX(&b))
	f, err := excelize.OpenReader(&b)
	require.NoError(t, err)
	validations, err := f.GetDataValidations(tickSheet)
	require.NoError(t, err)
	require.Len(t, validations, 2)
	for i, l := range d.Lines {
		says := NotAsItShouldBe
		if l.Met {
			says = AsItShouldBe
		}
		require.NoError(t, f.SetCellStr(tickSheet, "I"+strconv.Itoa(i+2), says))
	}
	require.NoError(t, f.InsertRows(tickSheet, 1, 2)) // somebody wrote a note above
	var filled bytes.Buffer
	require.NoError(t, f.Write(&filled))
	r, err := resultOf(t, d, filled.Bytes())
	require.NoError(t, err)
	require.Equal(t, "3 checks: 3 verified", r.Summary())

	// Two people share the lines; where both answer they must agree.
	first, second := rowsOf(t, d), rowsOf(t, d)
	truthful(d, first, nil)
	truthful(d, second, nil)
	answer := slices.Index(columns, columnAnswer)
	for i := range d.Lines {
		[][][]string{first, second}[i%2][i+1][answer] = ""
	}
	second[2][answer] = first[2][answer]
	r, err = resultOf(t, d, csvOf(t, first), csvOf(t, second))
	require.NoError(t, err)
	require.True(t, r.AllVerified())
	second[2][answer] = CannotTell
	second[2][answer+1] = Reasons[1]
	_, err = resultOf(t, d, csvOf(t, first), csvOf(t, second))
	require.EqualError(t, err, "sheet2 row 3: line 2 is answered otherwise in sheet1 row 3. Agree on one answer")
}

// Two people have copies of one name, each in a folder of their own.
func TestCopiesOfASheetMayHaveOneName(t *testing.T) {
	t.Parallel()
	d := drawn(t)
	text, err := d.Sealed()
	require.NoError(t, err)
	sealed, err := Open(text, d.seed)
	require.NoError(t, err)
	first, second := rowsOf(t, d), rowsOf(t, d)
	truthful(d, first, nil)
	truthful(d, second, nil)
	answer := slices.Index(columns, columnAnswer)
	for i := range d.Lines {
		[][][]string{first, second}[i%2][i+1][answer] = ""
	}
	read := func(sheets ...[][]string) (*Result, error) {
		r := NewReading(sealed)
		for _, sheet := range sheets {
			r.Add("tick-sheets.csv", csvOf(t, sheet))
		}
		return r.Result()
	}
	r, err := read(first, second)
	require.NoError(t, err)
	require.True(t, r.AllVerified())
	second[2][answer] = CannotTell
	second[2][answer+1] = Reasons[1]
	_, err = read(first, second)
	require.EqualError(t, err, "tick-sheets.csv (file 2) row 3: line 2 is answered otherwise in tick-sheets.csv row 3. Agree on one answer")
	_, err = read(append(first, first[5]))
	require.ErrorContains(t, err, "line 5 is there twice, before in tick-sheets.csv row 6")
}

func TestSheetsThatAreNotAsDrawnAreRefused(t *testing.T) {
	t.Parallel()
	d := drawn(t)
	at := func(column string) int { return slices.Index(columns, column) }
	for name, c := range map[string]struct {
		spoil func(rows [][]string) [][]string
		says  string
	}{
		"another draw": {func([][]string) [][]string {
			return rowsOf(t, New(about, seedOf(t, "another three words"), slices.Clone(d.Rules), []Record{d.Lines[0].Record}))
		}, "sheet1 row 2: is of another draw"},
		"another record":   {func(rows [][]string) [][]string { rows[3][at(columnPatient)] = "other"; return rows }, "sheet1 row 4: the record of line 3 is not as it was drawn"},
		"another question": {func(rows [][]string) [][]string { rows[3][at(columnQuestion)] = "Is it secret?"; return rows }, "sheet1 row 4, question: is not that of line 3"},
		"two records swapped": {func(rows [][]string) [][]string {
			rows[3][at(columnLine)], rows[4][at(columnLine)] = rows[4][at(columnLine)], rows[3][at(columnLine)]
			return rows
		}, "sheet1 row 4, mark: is not the mark of line 4"},
		"a date as a spreadsheet has it": {func(rows [][]string) [][]string {
			for _, row := range rows[1:] {
				if row[at(columnDate)] != "" {
					row[at(columnDate)] = "02/01/2026"
				}
			}
			return rows
		}, "A spreadsheet changes ids and dates of a CSV file"},
		"a line twice":   {func(rows [][]string) [][]string { return append(rows, rows[5]) }, "line 5 is there twice, before in sheet1 row 6"},
		"a column gone":  {func(rows [][]string) [][]string { rows[0][at(columnMark)] = "x"; return rows }, "no row has the columns mark"},
		"no number":      {func(rows [][]string) [][]string { rows[1][0] = "999"; return rows }, "sheet1 row 2, line: want the number of a line of the draw, 1 to 68"},
		"another word":   {func(rows [][]string) [][]string { rows[1][at(columnAnswer)] = "secret"; return rows }, "sheet1 row 2, answer: want \"as it should be\""},
		"another reason": {func(rows [][]string) [][]string { rows[1][at(columnReason)] = "secret"; return rows }, "sheet1 row 2, reason: want one of the list"},
		"no reason":      {func(rows [][]string) [][]string { rows[1][at(columnAnswer)] = CannotTell; return rows }, "needs a reason"},
		"a reason alone": {func(rows [][]string) [][]string { rows[1][at(columnReason)] = Reasons[0]; return rows }, "there is a reason and no answer"},
		"nothing":        {func([][]string) [][]string { return nil }, "is no tick sheet"},
	} {
		_, err := resultOf(t, d, csvOf(t, c.spoil(rowsOf(t, d))))
		require.ErrorContains(t, err, c.says, name)
		require.NotContains(t, err.Error(), "secret")
		require.LessOrEqual(t, strings.Count(err.Error(), "\n"), mostFaults)
	}
}

// zipOf is an archive whose one part unpacks to so many zeros.
func zipOf(t *testing.T, name string, size int) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	require.NoError(t, err)
	_, err = w.Write(make([]byte, size))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

func TestHostileSheetsAreRefused(t *testing.T) {
	t.Parallel()
	d := drawn(t)
	var book bytes.Buffer
	require.NoError(t, d.WriteXLSX(&book))
	wide := excelize.NewFile()
	require.NoError(t, wide.SetCellStr("Sheet1", "XFD1", "x"))
	var far bytes.Buffer
	require.NoError(t, wide.Write(&far))
	deep := excelize.NewFile()
	require.NoError(t, deep.SetCellStr("Sheet1", "A1048576", "x"))
	var low bytes.Buffer
	require.NoError(t, deep.Write(&low))
	for name, text := range map[string][]byte{
		"a bomb": zipOf(t, "xl/worksheets/sheet1.xml", maxUnpacked+1), "no book": zipOf(t, "a.txt", 10), "cut": book.Bytes()[:book.Len()/2], "two letters": []byte("PK"),
		"a column far away": far.Bytes(), "a row far away": low.Bytes(), "binary": {0, 1, 2}, "UTF-16": []byte("\xff\xfel\x00i\x00n\x00e\x00"), "large": make([]byte, MaxSheet+1),
		"a quote without end": []byte("line,\"" + strings.Repeat("x", 100)),
	} {
		_, err := resultOf(t, d, text)
		var told *SheetError
		require.ErrorAs(t, err, &told, name)
		require.Len(t, told.Faults, 1, name)
	}
	random := rand.New(rand.NewPCG(7, 8))
	for range 150 { // whatever is turned, it is read or refused
		text := slices.Clone(book.Bytes())
		for range 1 + random.IntN(8) {
			text[random.IntN(len(text))] ^= byte(1 << random.IntN(8))
		}
		_, err := resultOf(t, d, text)
		require.NotContains(t, fmt.Sprint(err), "panic")
	}
}

func TestAResultThatWasEditedIsRefused(t *testing.T) {
	t.Parallel()
	d := drawn(t)
	rows := rowsOf(t, d)
	truthful(d, rows, nil)
	r, err := resultOf(t, d, csvOf(t, rows))
	require.NoError(t, err)
	text, err := r.File()
	require.NoError(t, err)
	_, err = ReadResult(text)
	require.NoError(t, err)
	for _, change := range [][2]string{{`"agree": 20`, `"agree": 19`}, {`"verified"`, `"not_verified"`}, {`"kappa": 1`, `"kappa": 0.9`}, {"0.8316", "0.9"}, {`"drawn": 3`, `"drawn": 2`}, {`"records": 900`, `"records": 9`}} {
		changed := bytes.Replace(text, []byte(change[0]), []byte(change[1]), 1)
		require.NotEqual(t, text, changed, change[0])
		_, err := ReadResult(changed)
		require.ErrorIs(t, err, ErrFigures, change[0])
	}
	r.Differences = []Difference{{Line: 3}}
	whole, err := r.JSON()
	require.NoError(t, err)
	_, err = ReadResult(whole)
	require.ErrorIs(t, err, ErrLines)
	_, err = ReadResult([]byte("{}"))
	require.ErrorIs(t, err, ErrNotResult)
}

// The figures of other programs: testdata/kappa.py says how to repeat them.
func TestKappaIsThatOfOtherPrograms(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/kappa.csv")
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Greater(t, len(rows), 15)
	for _, row := range rows[1:] {
		v := make([]float64, len(row))
		for i := range row {
			v[i], err = strconv.ParseFloat(row[i], 64)
			require.NoError(t, err)
		}
		in := table{int64(v[0]), int64(v[1]), int64(v[2]), int64(v[3])}
		k, ok := in.kappa()
		require.True(t, ok)
		normal := in.normal()
		met, fail := clopperPearson(in.metAgree, in.metAgree+in.metDiffer, 0.95), clopperPearson(in.failAgree, in.failAgree+in.failDiffer, 0.95)
		got := []float64{k, k, normal[0], normal[1], met[0], met[1], fail[0], fail[1]}
		for i, want := range v[4:] {
			want = min(want, 1) // ours is cut at 1
			require.InDelta(t, want, got[i], 1e-8, "%v, column %d", row, i+4)
		}
	}
}

// Whatever the true agreement, the exact interval of kappa holds the true kappa in 95 of
// 100 draws or more: worked out from all tables that a draw can give.
func TestTheExactIntervalCovers(t *testing.T) {
	t.Parallel()
	const n, m = 20, 7
	chance := func(k, n int64, p float64) float64 { return atLeast(k, n, p) - atLeast(k+1, n, p) }
	intervals := map[table][2]float64{}
	for a := range int64(n + 1) {
		for b := range int64(m + 1) {
			in := table{a, n - a, b, m - b}
			intervals[in] = in.exact()
			k, _ := in.kappa()
			require.LessOrEqual(t, intervals[in][0], k+1e-9)
			require.GreaterOrEqual(t, intervals[in][1], k-1e-9)
		}
	}
	lowest := 1.0
	for _, a := range []float64{0.02, 0.3, 0.5, 0.8, 0.95, 0.99} {
		for _, b := range []float64{0.02, 0.4, 0.7, 0.9, 0.99} {
			truth, covered := kappaOf(a, b, float64(n)/(n+m)), 0.0
			for in, i := range intervals {
				if i[0] <= truth && truth <= i[1] {
					covered += chance(in.metAgree, n, a) * chance(in.failAgree, m, b)
				}
			}
			require.GreaterOrEqual(t, covered, 0.95-1e-9, "%v %v", a, b)
			lowest = math.Min(lowest, covered)
		}
	}
	require.Less(t, lowest, 0.9999, "it is no interval of everything")
}
