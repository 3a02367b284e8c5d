package mapping

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"paperlight/analyzer/source"
)

// plainColumn holds the texts as a CSV file gives them.
func plainColumn(texts ...string) source.RawColumn {
	var c source.RawColumn
	for _, s := range texts {
		c.Start = append(c.Start, uint32(len(c.Data)))
		c.Data = append(c.Data, s...)
		c.End = append(c.End, uint32(len(c.Data)))
	}
	return c
}

// manyTexts are n texts: none, short, of 16 bytes, long, and long ones again and again.
func manyTexts(n int) []string {
	out := make([]string, n)
	for i := range out {
		switch i % 7 {
		case 0:
		case 1, 2:
			out[i] = fmt.Sprint("short ", i%13)
		case 3:
			out[i] = fmt.Sprintf("sixteen bytes%03d", i%5)
		default:
			out[i] = fmt.Sprintf("{a text that is longer than sixteen bytes %d}", i/40%3)
		}
	}
	return out
}

func TestEntriesAreTheTextsTheyWereMadeOf(t *testing.T) {
	in, numbers := &interner{asked: true}, &numbers{}
	var c cells
	for _, n := range []int{1, 63, 64, 65, 500} {
		texts := manyTexts(n)
		raw := plainColumn(texts...)
		require.NoError(t, c.set(&raw, n))
		require.True(t, in.intern(&c, numbers))
		require.NotNil(t, c.index)
		for i, want := range texts {
			require.Equal(t, want, string(c.at(i)), "row %d of %d", i, n)
		}
		// Every third row, and none of the first word, so that words move.
		var rows []int32
		for i := 66; i < n; i += 3 {
			rows = append(rows, int32(i))
		}
		require.NoError(t, c.selectRows(rows))
		for i, row := range rows {
			require.Equal(t, texts[row], string(c.at(i)), "row %d, selected of %d", row, n)
		}
	}
	require.EqualValues(t, 13+5+3, in.memo.entries.len(), "each text once")
}

// A condition says the same of a column with and without a dictionary, and is asked
// about each text once.
func TestAConditionIsAskedAboutATextOnce(t *testing.T) {
	texts, asked := manyTexts(1000), 0
	begin := func() *valueTest {
		return &valueTest{slots: []int{0}, judge: func(text []byte) bool { asked++; return len(text)%2 == 0 }}
	}
	raw := plainColumn(texts...)
	plain, entries := rows{n: len(texts), cells: make([]cells, 1)}, rows{n: len(texts), cells: make([]cells, 1)}
	in, once, each := &interner{asked: true}, begin(), begin()
	for range 3 { // batches
		require.NoError(t, plain.cells[0].set(&raw, len(texts)))
		require.NoError(t, entries.cells[0].set(&raw, len(texts)))
		require.True(t, in.intern(&entries.cells[0], &numbers{}))
		for i := range texts {
			require.Equal(t, each.holds(&plain, i), once.holds(&entries, i), "row %d, %q", i, texts[i])
		}
	}
	require.Equal(t, 2*(1+13+5+3), asked, "no text, and each text")
}

// What was gathered of one part is not touched by the next one.
func TestAGathererBeginsAnewWithEachPart(t *testing.T) {
	first, second := plainColumn("a", "b"), plainColumn("c")
	var r rows
	read := func(g gatherer, raw source.RawColumn) gatherer {
		r.cells = make([]cells, 1)
		require.NoError(t, r.set(&source.Raw{Rows: len(raw.Start), First: 1, Columns: []source.RawColumn{raw}}))
		require.NoError(t, g.gather(&r))
		return g.harvested()
	}
	kept := &keptRows{columns: []int{0}, slots: []int{0}, texts: make([]texts, 1)}
	a, b := read(kept, first).(*keptRows), read(kept, second).(*keptRows)
	require.Equal(t, []any{"ab", 2, "c", 1}, []any{string(a.texts[0].bytes), len(a.records), string(b.texts[0].bytes), len(b.records)})

	side := &lookupRows{of: &lookup{}, key: []int{0}, values: []int{0}, texts: make([]texts, 1)}
	x, y := read(side, first).(*lookupRows), read(side, second).(*lookupRows)
	require.Equal(t, []any{"ab", 2, "c", 1}, []any{string(x.texts[0].bytes), len(x.keys), string(y.texts[0].bytes), len(y.keys)})

	keys := &firstKeys{text: keyText{slots: []int{0}}}
	v, w := read(keys, first).(*firstKeys), read(keys, second).(*firstKeys)
	require.Equal(t, []int{2, 2, 1, 1}, []int{v.keys.len(), len(v.records), w.keys.len(), len(w.records)})
}
