package source

import (
	"archive/zip"
	"bytes"
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A guessedRow is a row with its number in the file.
type guessedRow struct {
	number int64
	cells  []string
}

// numbered reads the parts in an order, and gives the rows in that of the file.
func numbered(t testing.TB, f *File, order []int) ([]guessedRow, error) {
	t.Helper()
	parts := make([][]guessedRow, len(f.Parts))
	for _, at := range order {
		for raw, err := range f.Parts[at].Scan(context.Background(), allColumns(f)) {
			if err != nil {
				return nil, err
			}
			for i := range raw.Rows {
				number := raw.First + int64(i)
				if raw.Before != nil {
					least := raw.Before.AtLeast()
					number += raw.Before.Records()
					require.LessOrEqual(t, least, raw.Before.Records())
				}
				parts[at] = append(parts[at], guessedRow{number, textRow(raw, i)})
			}
		}
	}
	return slices.Concat(parts...), nil
}

// inOrder are the first n numbers.
func inOrder(n int) (out []int) {
	for i := range n {
		out = append(out, i)
	}
	return out
}

// guesses holds what is read of content by guess to what is read of it otherwise, and
// reports whether the guess was right.
func guesses(t testing.TB, content []byte, part, head int64, r *rand.Rand) bool {
	t.Helper()
	want, got, guess := &File{Name: "f", Charset: "utf-8"}, &File{Name: "f", Charset: "utf-8"}, &Guess{}
	wantErr := openCSV(want, held("f", content), Options{Jobs: 1, part: part})
	if err := openCSV(got, held("f", content), Options{Jobs: 1, part: part, head: head, Guess: guess}); err != nil || !guess.Made() {
		return false
	}
	order := r.Perm(len(got.Parts))
	rows, err := numbered(t, got, order[:r.IntN(len(order)+1)])
	if !guess.Settle(1) {
		return false
	}
	require.NoError(t, err)
	require.NoError(t, wantErr)
	require.Equal(t, want.Charset, got.Charset)
	require.Equal(t, want.Columns, got.Columns)
	require.Len(t, got.Parts, len(want.Parts))
	for i := range got.Parts {
		bytes, records := want.Parts[i].Size()
		b, n := got.Parts[i].Size()
		require.Equal(t, []int64{bytes, records}, []int64{b, n})
	}
	all, err := numbered(t, want, inOrder(len(want.Parts)))
	again, againErr := numbered(t, got, inOrder(len(got.Parts)))
	require.Equal(t, err, againErr)
	require.Equal(t, all, again)
	if err == nil {
		require.Subset(t, all, rows)
	}
	return true
}

// What is read by guess is what is read otherwise, with the same numbers, or the guess is
// found to be wrong.
func FuzzGuess(f *testing.F) {
	lines := strings.Repeat("1,2\n", 100)
	for _, seed := range []string{lines, lines + "3", lines + "\xe9,1\n", lines + "\"a\n\n\nb\",1\n" + lines, lines + "\x00,1\n", lines + "a\"b,1\n", lines + "a,b\n" + lines,
		lines + "\n\r\n\n" + lines, lines + "\"open\n" + lines, lines + "é,\"é\"\"\"\n" + lines, lines + "1\n2,3,4\n"} {
		f.Add([]byte("a,b\n"+seed), uint16(100), uint16(16), uint64(1))
	}
	f.Fuzz(func(t *testing.T, content []byte, part, head uint16, seed uint64) {
		guesses(t, content, int64(part%512)+1, int64(head%512)+1, rand.New(rand.NewPCG(seed, 1)))
	})
}

func TestGuessesAreHeldToTheText(t *testing.T) {
	const rows = 2000
	plain := strings.Repeat("12,some text\n", rows)
	for _, c := range []struct {
		name, text string
		right      bool
	}{
		{"nothing unusual", plain, true},
		{"other letters in UTF-8", plain + "1,café\n" + plain, true},
		{"quotes", plain + "1,\"a \"\"b\"\", c\"\n" + plain, true},
		{"blank lines", plain + "\n\n" + plain, true},
		{"no line end at the end", plain + "1,2", true},
		{"rows of other lengths", plain + "1\n1,2,3\n" + plain, true},
		{"a line end in quotes", plain + plain[:520] + "1,\"a\nb\"\n" + plain, true}, // no part begins there
		{"line ends in quotes where a part begins", plain + "1,\"" + strings.Repeat("line\n", 500) + "\"\n" + plain, false},
		{"Windows-1252", plain + "1,caf\xe9\n", false},
		{"a NUL byte", plain + "1,\x00\n", false},
		{"a quote that is not closed", plain + "1,\"a\n" + plain, false},
		{"a misplaced quote", plain + "1,a\"b\n" + plain, false},
		{"the header once more", plain + "id,term\n" + plain, false},
		{"cut short", plain + "1", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			content := []byte("id,term\n" + c.text)
			want, got, guess := &File{Name: "f"}, &File{Name: "f"}, &Guess{}
			require.NoError(t, openCSV(want, held("f", content), Options{Jobs: 1, part: 1000}))
			require.NoError(t, openCSV(got, held("f", content), Options{Jobs: 1, part: 1000, head: 4000, Guess: guess}))
			require.True(t, guess.Made())
			_, n := got.Parts[0].Size()
			require.Equal(t, int64(-1), n, "not known before the part is read")
			_, exactly := want.Parts[5].Size()
			require.InDelta(t, exactly, got.Parts[5].(*textPart).RowsAbout(), 3)

			backwards := inOrder(len(got.Parts))
			slices.Reverse(backwards)
			rows, err := numbered(t, got, backwards)
			require.Equal(t, c.right, guess.Settle(2))
			if !c.right {
				return
			}
			require.NoError(t, err)
			all, err := numbered(t, want, inOrder(len(want.Parts)))
			require.NoError(t, err)
			require.Equal(t, all, rows)
			_, n = got.Parts[0].Size()
			_, exactly = want.Parts[0].Size()
			require.Equal(t, exactly, n)
		})
	}
}

// What no scan reads is looked through in the end.
func TestGuessesAreHeldToWhatNobodyReads(t *testing.T) {
	text := "id,term\n" + strings.Repeat("12,some text\n", 2000)
	for content, right := range map[string]bool{text: true, text + "1,caf\xe9\n": false, text + "1,\x00\n": false} {
		guess := &Guess{}
		require.NoError(t, openCSV(&File{}, held("f", []byte(content)), Options{Jobs: 1, part: 1000, head: 4000, Guess: guess}))
		require.Equal(t, right, guess.Settle(1))
	}
}

// Nothing is guessed of what is small, of tab-separated text, and of text whose start shows
// that it would be wrong.
func TestWhatIsNotGuessed(t *testing.T) {
	plain := strings.Repeat("12,some text\n", 2000)
	for name, content := range map[string]string{
		"small": "id,term\n1,2\n", "tabs": "id\tterm\n" + strings.Repeat("12\tsome text\n", 2000), "Windows-1252": "id,term\n1,caf\xe9\n" + plain,
		"Windows-1252 in the header": "id,t\xe9rm\n" + plain, "line ends in quotes": "id,term\n1,\"a\nb\"\n" + plain, "carriage returns": strings.ReplaceAll("id,term\n"+plain, "\n", "\r"),
		"one line": "id,term\n1," + strings.Repeat("long", 5000) + "\n",
	} {
		guess := &Guess{}
		require.NoError(t, openCSV(&File{}, held("f", []byte(content)), Options{Jobs: 1, part: 1000, head: 4000, Guess: guess}), name)
		require.False(t, guess.Made(), name)
	}
}

// Where the start is cut does not matter: most cuts lie within a field.
func TestTextOfQuotedFieldsIsGuessed(t *testing.T) {
	content := []byte("\"id\",\"term\"\n" + strings.Repeat("\"12\",\"café\"\n", 1000))
	for head := int64(1000); head < 1020; head++ {
		require.True(t, guesses(t, content, 700, head, rand.New(rand.NewPCG(1, uint64(head)))), head)
	}
}

// The digest of what can only be streamed is made by the scan that reads it all or, where
// there is none, in the end.
func TestDigestsOfGuessedFiles(t *testing.T) {
	content := []byte("id,term\n" + strings.Repeat("12,some text\n", 5000))
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	w, err := z.Create("one.csv")
	require.NoError(t, err)
	_, err = w.Write(content)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	zipped, plain := write(t, "one.zip", archive.Bytes()), write(t, "one.csv", content)
	want, err := Open([]string{plain}, Options{Digest: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, want.Close()) }()
	exactly, err := want.Files[0].SHA256()
	require.NoError(t, err)
	for _, path := range []string{zipped, plain} {
		for _, reads := range []int{0, 1, 2} {
			guess := &Guess{}
			b, err := Open([]string{path}, Options{Digest: true, head: 1000, Guess: guess})
			require.NoError(t, err)
			require.True(t, guess.Made())
			for range reads {
				_, err := numbered(t, b.Files[0], []int{0})
				require.NoError(t, err)
			}
			require.True(t, guess.Settle(0))
			sum, err := b.Files[0].SHA256()
			require.NoError(t, err)
			require.Equal(t, exactly, sum)
			_, n := b.Files[0].Parts[0].Size()
			require.Equal(t, int64(5000), n)
			require.NoError(t, b.Close())
		}
	}
}
