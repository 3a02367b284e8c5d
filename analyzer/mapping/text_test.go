package mapping

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/stretchr/testify/require"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/source"
)

// kinds scans a column and says of each batch whether it came as a dictionary
// or as text.
func kinds(t *testing.T, tab *extract.Table, column string) (out []string, numbers map[uint64]bool) {
	numbers = map[uint64]bool{}
	for _, p := range tab.Parts {
		for b, err := range p.Scan(context.Background(), []*schema.Column{tab.Schema.Column(column)}) {
			require.NoError(t, err)
			out = append(out, map[bool]string{true: "dictionary", false: "text"}[b.Record.Column(0).DataType().ID() == arrow.DICTIONARY])
			numbers[b.Dictionaries[0]] = true
		}
	}
	return out, numbers
}

// gpFile makes batches of a patients file in which cell(i) is the usual GP.
func gpFile(batches, rows int, cell func(i int) string) *source.File {
	var out [][][]string
	for b := range batches {
		var batch [][]string
		for r := range rows {
			batch = append(batch, []string{fmt.Sprint(b*rows + r), cell(b*rows + r)})
		}
		out = append(out, batch)
	}
	return textFile("patients", []string{"patient_id", "usual_gp_code"}, out...)
}

func TestTextBecomesADictionaryWhileItRepeats(t *testing.T) {
	for _, c := range []struct {
		about string
		file  *source.File
		want  string
	}{
		{"few values", gpFile(3, 3000, func(i int) string { return fmt.Sprint("G", i%40) }), "dictionary dictionary dictionary"},
		{"every value distinct", gpFile(3, 12000, func(i int) string { return fmt.Sprint("G", i) }), "dictionary text text"},
		{"just a quarter distinct", gpFile(3, 3000, func(i int) string { return fmt.Sprint("G", i/4) }), "dictionary dictionary dictionary"},
		{"many values that come again", gpFile(3, 5000, func(i int) string { return fmt.Sprint("G", i%2500) }), "dictionary dictionary dictionary"},
		{"ever new values", gpFile(3, 12000, func(i int) string { return fmt.Sprint("G", i/3) }), "dictionary dictionary text"},
		{"mostly empty", gpFile(3, 3000, func(i int) string { return strings.Repeat("G", i%2) }), "dictionary dictionary dictionary"},
		{"distinct in the end", gpFile(10, 16000, func(i int) string {
			if i < 16000 {
				return "G"
			}
			return fmt.Sprint("G", i)
		}), "dictionary text text text text text text text text text"},
		{"more than the limit in the end", gpFile(18, 16000, func(i int) string { return fmt.Sprint("G", max(i%16000-12000, 0)*100+i/16000) }),
			strings.Repeat("dictionary ", 16) + "text text"},
		{"too much text", gpFile(2, 5, func(i int) string { return strings.Repeat(fmt.Sprint(i), 2<<20) }), "text text"},
	} {
		t.Run(c.about, func(t *testing.T) {
			tab := held(t, Options{}, c.file).Tables[0]
			got, numbers := kinds(t, tab, "usual_gp_code")
			require.Equal(t, c.want, strings.Join(got, " "))
			require.LessOrEqual(t, len(numbers), 2)
			got, _ = kinds(t, tab, "patient_id")
			require.NotContains(t, got, "dictionary", "ids stay text")
			if len(c.want) < 60 {
				rows, _ := read(t, tab)
				i := 0
				for _, b := range c.file.Parts[0].(*heldPart).batches {
					for r := range b.Rows {
						want := string(b.Columns[1].Data[b.Columns[1].Start[r]:b.Columns[1].End[r]])
						if want == "" {
							want = "-"
						}
						if rows[i][1] != want {
							t.Fatalf("row %d: %s, not %s", i, rows[i][1], want)
						}
						i++
					}
				}
			}
		})
	}
}

func TestCollidingTextsEndTheDictionary(t *testing.T) {
	var m memo
	e, ok := m.number([]byte("other"))
	require.True(t, ok)
	require.Zero(t, e)
	for i := range m.slots { // every slot taken: a probe must give up
		if m.slots[i] == 0 {
			m.slots[i] = 1
		}
	}
	_, ok = m.number([]byte("text"))
	require.False(t, ok)
	e, ok = m.number([]byte("other"))
	require.True(t, ok)
	require.Zero(t, e)
}

// Texts that differ in length, in one byte, or in zeros at the end are not one.
func TestMemoTellsTextsApart(t *testing.T) {
	var m memo
	var texts [][]byte
	for n := 1; n <= 40; n++ {
		text := bytes.Repeat([]byte{'a'}, n)
		texts = append(texts, text, append(text[:n:n], 0), append(bytes.Repeat([]byte{'c'}, n), byte(n)), append(bytes.Repeat([]byte{'c'}, n), 0xff))
		for i := range n {
			other := bytes.Clone(text)
			other[i] = 'b'
			texts = append(texts, other)
		}
	}
	for round := range 2 {
		for i, text := range texts {
			// With and without memory after the text.
			if i%2 == round {
				text = append(text[:len(text):len(text)], "what follows it"...)[:len(text)]
			}
			e, ok := m.number(text)
			require.True(t, ok)
			require.EqualValues(t, i, e)
			require.Equal(t, texts[i], m.entries.at(e))
		}
	}
}

func TestSourceArraysAreHandedOnWithoutACopy(t *testing.T) {
	text := build(arrow.BinaryTypes.String, "1", "2", "3")
	day := build(arrow.FixedWidthTypes.Date32, arrow.Date32(0), nil, arrow.Date32(lastDay))
	gp := build(textDictionary, "G1", "G1", nil)
	year := build(arrow.PrimitiveTypes.Int64, int64(1980), nil, int64(-5))
	dead := build(arrow.FixedWidthTypes.Boolean, true, nil, false)
	names := []string{"patient_id", "birth_date", "usual_gp_code", "birth_year", "is_deceased"}
	arrays := []arrow.Array{text, day, gp, year, dead}
	tab := held(t, Options{}, typedFile("patients", names, arrays, 0, 0, 42, 0, 0)).Tables[0]
	var cols []*schema.Column
	for _, n := range names {
		cols = append(cols, tab.Schema.Column(n))
	}
	for b, err := range tab.Parts[0].Scan(context.Background(), cols) {
		require.NoError(t, err)
		for i, a := range arrays {
			require.Same(t, a, b.Record.Column(i), names[i])
		}
		require.Equal(t, []uint64{0, 0, 42, 0, 0}, b.Dictionaries)
	}
}

func TestEmptyTextOfArraysIsNull(t *testing.T) {
	for _, typ := range []arrow.DataType{arrow.BinaryTypes.String, textDictionary} {
		for _, values := range [][]any{{"", "", nil}, {"", "a", nil}, {nil, "a", nil}, {nil, nil, nil}} {
			tab := held(t, Options{}, typedFile("patients", []string{"patient_id", "usual_gp_code", "sex", "nhs_number"},
				[]arrow.Array{build(arrow.BinaryTypes.String, "1", "2", "3"), build(typ, values...), build(typ, values...), build(typ, values...)})).Tables[0]
			rows, _ := read(t, tab, tab.Schema.Column("usual_gp_code"), tab.Schema.Column("sex"), tab.Schema.Column("nhs_number_state"))
			for i, v := range values {
				want := []string{"-", "-", "missing"}
				if v == "a" {
					want = []string{"a", "!", "bad_form"}
				}
				require.Equal(t, want, rows[i])
			}
		}
	}
}

func TestGrowingDictionaryIsReadOnceAnEntry(t *testing.T) {
	index := func(values ...int32) []int32 { return values }
	batch := func(entries []string, at []int32) *source.Raw {
		dict := build(arrow.BinaryTypes.String, toAny(entries)...)
		a := array.NewDictionaryArray(textDictionary, build(arrow.PrimitiveTypes.Int32, toAny(at)...), dict)
		id := build(arrow.BinaryTypes.String, toAny(make([]string, len(at)))...)
		return &source.Raw{Rows: len(at), Columns: []source.RawColumn{{Array: id}, {Array: a, Dictionary: 9}, {Array: a, Dictionary: 9}}}
	}
	f := typedFile("patients", []string{"patient_id", "sex", "nhs_number"},
		[]arrow.Array{build(arrow.BinaryTypes.String, "1"), build(textDictionary, "M"), build(textDictionary, "M")})
	f.Parts = []source.Part{&heldPart{batches: []*source.Raw{
		batch([]string{"M", ""}, index(0, 1, 0)),
		batch([]string{"M", "", "x", "9990000018"}, index(3, 2, 0, 1)),
	}}}
	tab := held(t, Options{}, f).Tables[0]
	rows, _ := read(t, tab, tab.Schema.Column("sex"), tab.Schema.Column("nhs_number_state"))
	require.Equal(t, [][]string{{"M", "bad_form"}, {"-", "missing"}, {"M", "bad_form"},
		{"!", "dummy"}, {"!", "bad_form"}, {"M", "bad_form"}, {"-", "missing"}}, rows)
}

func toAny[T any](values []T) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}

func TestScansOfOneTableMayRunAtOnce(t *testing.T) {
	x := open(t, Options{}, "testdata/omop")
	tab := x.Table(schema.Lookup("events"))
	want, _ := read(t, tab)
	done := make(chan [][]string)
	for range 4 {
		go func() {
			var rows [][]string
			for _, p := range tab.Parts {
				for b, err := range p.Scan(context.Background(), supplied(tab)) {
					if err != nil {
						break
					}
					for r := range b.Rows() {
						row := make([]string, len(b.Malformed))
						for i := range row {
							v, _ := b.View(i)
							row[i] = cellText(&v, b.Malformed[i], r)
						}
						rows = append(rows, row)
					}
				}
			}
			done <- rows
		}()
	}
	for range 4 {
		require.Equal(t, want, <-done)
	}
}
