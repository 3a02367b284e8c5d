package source

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"paperlight/internal/fixture"
)

const small = "id,day\n1,2020-01-01\n2,2020-01-02\n"

func gz(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(b)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Bytes()
}

func zst(t testing.TB, b []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	require.NoError(t, err)
	return w.EncodeAll(b, nil)
}

type entry struct {
	name, content string
	change        func(*zip.FileHeader)
}

func makeZip(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		if e.change != nil {
			e.change(h)
		}
		f, err := w.CreateHeader(h)
		require.NoError(t, err)
		_, err = f.Write([]byte(e.content))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

func names(b *Bundle) (out []string) {
	for _, f := range b.Files {
		out = append(out, strings.TrimPrefix(f.Folder+"/"+f.Name, "/")+" as "+f.Stem)
	}
	return out
}

func TestOpenFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "extract")
	for name, content := range map[string]string{
		"patients.csv": small, "EVENTS.TXT": "a\tb\n1\t2\n", "README.md": "x", "LICENSE": "x", "truth.json": "{}", ".hidden.csv": small,
		"README.txt": "x", "medications/part-2.csv": small, "medications/part-1.csv": small, "medications/deeper/x.csv": small, ".cache/x.csv": small, "old.zip": "x",
		"documents.csv.gz": string(gz(t, []byte(small))), "staff.csv.zst": string(zst(t, []byte(small))),
	} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	}
	b, err := Open([]string{dir}, Options{Digest: true})
	require.NoError(t, err)
	defer b.Close()
	require.Equal(t, "extract", b.Name)
	require.Equal(t, []string{"EVENTS.TXT as EVENTS", "documents.csv.gz as documents", "patients.csv as patients", "staff.csv.zst as staff",
		"medications/part-1.csv as part-1", "medications/part-2.csv as part-2"}, names(b))
	require.Equal(t, []string{".cache/", ".hidden.csv", "LICENSE", "README.md", "README.txt", "medications/deeper/", "old.zip", "truth.json"}, b.Ignored)
	for _, f := range b.Files {
		rows, err := textRows(t, f)
		require.NoError(t, err)
		require.NotEmpty(t, rows, f.Name)
		require.Len(t, digestOf(t, f), 64)
	}
	sum := sha256.Sum256([]byte(small))
	require.Equal(t, hex.EncodeToString(sum[:]), digestOf(t, b.Files[2]))
}

func TestOpenSeveralPaths(t *testing.T) {
	one, two := write(t, "a.csv", []byte(small)), write(t, "a.csv", []byte(small))
	b, err := Open([]string{one, two}, Options{})
	require.NoError(t, err)
	defer b.Close()
	require.Equal(t, "a.csv+a.csv", b.Name)
	require.Len(t, b.Files, 2)
}

func TestOpenRefuses(t *testing.T) {
	for name, c := range map[string]struct{ file, content, want string }{
		"empty":            {"a.csv", "", "the file is empty"},
		"blank":            {"a.csv", "\n\r\n\n", "the file is empty"},
		"utf-16":           {"a.csv", "\xff\xfea\x00,\x00", "this is UTF-16"},
		"utf-16, no mark":  {"a.csv", "a\x00,\x00b\x00\n\x00", "this is UTF-16"},
		"nul in header":    {"a.csv", "abcd,\x00\n", "NUL"},
		"same name twice":  {"a.csv", "id,day, id\n", "a.csv: columns 1 and 3 have one name"},
		"no name":          {"a.csv", "id,,day\n", "column 2 has no name"},
		"open header":      {"a.csv", "id,\"day\n1,2\n", "not closed"},
		"stray in header":  {"a.csv", "id,da\"y\"\n", "a quote inside a name"},
		"after quote":      {"a.csv", "\"id\"x,day\n", "text after a closing quote"},
		"too many columns": {"a.csv", strings.Repeat("c,", 2048) + "d\n", ""},
		"parquet as csv":   {"a.csv", "PAR1xxxxPAR1", "the content is Parquet"},
		"zip as csv":       {"a.csv", "PK\x03\x04xxxxxxxx", "a zip archive"},
		"gzip as csv":      {"a.csv", string(gz(t, []byte(small))), "the content is gzip"},
		"csv as parquet":   {"a.parquet", small, "must start with PAR1"},
		"cut parquet":      {"a.parquet", "PAR1abcdefghijk", "does not end as a Parquet file"},
		"csv as arrow":     {"a.arrow", small, "must start with ARROW1"},
		"csv as stream":    {"a.arrows", small, ""},
		"cut gzip":         {"a.csv.gz", string(gz(t, []byte(small))[:20]), "ends too early"},
		"damaged zstd":     {"a.csv.zst", "\x28\xb5\x2f\xfd\xff\xff\xff\xff\xff\xff\xff", ""},
		"unknown":          {"a.pdf", "%PDF", "not a kind of file"},
		"not a zip":        {"a.zip", "PK", "want a zip archive"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := openOne(t, c.file, []byte(c.content), Options{})
			var e *DecodeError
			require.ErrorAs(t, err, &e)
			require.Equal(t, c.file, e.File)
			require.Contains(t, e.Error(), c.want)
			require.NotContains(t, e.Error(), string(filepath.Separator))
		})
	}
	_, err := Open([]string{filepath.Join(t.TempDir(), "absent.csv")}, Options{})
	require.EqualError(t, err, "absent.csv: no such file")
	_, err = Open([]string{t.TempDir()}, Options{})
	require.ErrorContains(t, err, "no data file found")
	_, err = Open(nil, Options{})
	require.Error(t, err)
}

func TestOpenRefusesWhatIsNoRegularFile(t *testing.T) {
	outside := write(t, "outside.csv", []byte(small))
	dir := t.TempDir()
	link := filepath.Join(dir, "patients.csv")
	if !fixture.Link(t, outside, link) {
		t.Skip("links need a right that most people lack there")
	}
	_, err := Open([]string{dir}, Options{})
	require.EqualError(t, err, "patients.csv is a link to a file outside the folder: copy the file itself")
}

func TestChangedWhileBeingRead(t *testing.T) {
	path := write(t, "a.csv", []byte(small))
	b, err := Open([]string{path}, Options{})
	require.NoError(t, err)
	defer b.Close()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString("3,2020-01-03\n")
	require.NoError(t, err)
	require.NoError(t, f.Close())
	_, err = readAll(t, b.Files[0])
	require.ErrorContains(t, err, "changed while it was being read")
}

func TestZip(t *testing.T) {
	stored := func(h *zip.FileHeader) { h.Method = zip.Store }
	parquet := string(writeParquet(t, parquetRows(1, 50)))
	content := makeZip(t, entry{"extract/", "", nil}, entry{"extract/patients.csv", small, nil},
		entry{"__MACOSX/extract/._patients.csv", "x", nil}, entry{"extract/staff.csv", small, stored},
		entry{"extract/events.csv.gz", string(gz(t, []byte(small))), nil}, entry{"extract/README.md", "x", nil},
		entry{"extract/medications/part-1.parquet", parquet, nil}, entry{"extract/issues.parquet", parquet, stored})
	b, err := Open([]string{write(t, "e.zip", content)}, Options{Digest: true})
	require.NoError(t, err)
	defer b.Close()
	require.Equal(t, []string{"events.csv.gz as events", "issues.parquet as issues", "patients.csv as patients", "staff.csv as staff",
		"medications/part-1.parquet as part-1"}, names(b))
	require.Equal(t, []string{"README.md", "__MACOSX/extract/._patients.csv"}, b.Ignored)
	for _, f := range b.Files {
		rows, err := readAll(t, f)
		require.NoError(t, err)
		require.Equal(t, map[Format]int{CSV: 2, Parquet: 50}[f.Format], rows)
	}
	require.Equal(t, digestOf(t, b.Files[2]), digestOf(t, b.Files[3]), "the digest is of the content")
}

func TestZipRefuses(t *testing.T) {
	link := func(h *zip.FileHeader) { h.SetMode(os.ModeSymlink | 0o777) }
	many := make([]entry, maxEntries+1)
	for i := range many {
		many[i] = entry{fmt.Sprintf("f%d.csv", i), "", nil}
	}
	zeros := strings.Repeat("0", 4<<20)
	for name, c := range map[string]struct {
		entries []entry
		want    string
		limit   bool
	}{
		"parent":       {[]entry{{"../a.csv", small, nil}}, "unsafe name", false},
		"absolute":     {[]entry{{"/a.csv", small, nil}}, "unsafe name", false},
		"drive":        {[]entry{{"C:a.csv", small, nil}}, "unsafe name", false},
		"backslash":    {[]entry{{`..\a.csv`, small, nil}}, "unsafe name", false},
		"both slashes": {[]entry{{`in/a\b.csv`, small, nil}}, "unsafe name", false},
		"share":        {[]entry{{`\\host\share\a.csv`, small, nil}}, "unsafe name", false},
		"one by slash": {[]entry{{`in\a.csv`, small, nil}, {"in/A.csv", small, nil}}, "unsafe name", false},
		"one backward": {[]entry{{`in\a.csv`, small, nil}, {`IN\A.csv`, small, nil}}, "two entries of one name", false},
		"device":       {[]entry{{"nul.csv", small, nil}}, "unsafe name", false},
		"trailing dot": {[]entry{{"a.csv.", small, nil}}, "unsafe name", false},
		"nul byte":     {[]entry{{"a\x00.csv", small, nil}}, "unsafe name", false},
		"case clash":   {[]entry{{"a.csv", small, nil}, {"A.CSV", small, nil}}, "two entries of one name", false},
		"symlink":      {[]entry{{"a.csv", "/etc/passwd", link}}, "not a regular file", false},
		"nested":       {[]entry{{"inner.zip", small, nil}}, "an archive inside", false},
		"entries":      {many, "more than 1000 entries", true},
		"ratio":        {[]entry{{"a.csv", "id\n" + zeros, nil}}, "expands more than 200 times", true},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open([]string{write(t, "e.zip", makeZip(t, c.entries...))}, Options{})
			var e *DecodeError
			require.ErrorAs(t, err, &e)
			require.Contains(t, e.Error(), c.want)
			require.Equal(t, c.limit, e.Limit)
			if strings.Contains(c.want, "name") {
				require.Contains(t, e.Hint, "make the archive again")
			}
		})
	}
	for i := range many[:maxEntries] {
		many[i].content = small
	}
	b, err := Open([]string{write(t, "e.zip", makeZip(t, many[:maxEntries]...))}, Options{})
	require.NoError(t, err, "as many as allowed")
	require.NoError(t, b.Close())
}

// A directory that lies about sizes, and one whose entries share bytes.
func TestZipLies(t *testing.T) {
	var body bytes.Buffer
	w, err := flate.NewWriter(&body, 9)
	require.NoError(t, err)
	_, err = io.WriteString(w, small)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	for name, c := range map[string]struct {
		size uint64
		want string
	}{"shorter": {10, "longer than the archive says"}, "longer": {1000, "damaged"}} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			z := zip.NewWriter(&out)
			f, err := z.CreateRaw(&zip.FileHeader{Name: "a.csv", Method: zip.Deflate, CompressedSize64: uint64(body.Len()), UncompressedSize64: c.size})
			require.NoError(t, err)
			_, err = f.Write(body.Bytes())
			require.NoError(t, err)
			require.NoError(t, z.Close())
			_, err = Open([]string{write(t, "e.zip", out.Bytes())}, Options{})
			require.ErrorContains(t, err, c.want)
		})
	}
	for _, name := range []string{"overlap.zip", "sizelie.zip", "names.zip"} {
		_, err := Open([]string{filepath.Join(fixture.Shared(t, "hostile", "made"), name)}, Options{})
		var e *DecodeError
		require.ErrorAs(t, err, &e, name)
	}
}

func TestZipStoredEntryIsVerified(t *testing.T) {
	content := makeZip(t, entry{"a.csv", small, func(h *zip.FileHeader) { h.Method = zip.Store }})
	content[bytes.Index(content, []byte("2020-01-02"))] = '3'
	_, err := Open([]string{write(t, "e.zip", content)}, Options{})
	require.EqualError(t, err, "a.csv: an entry of the archive is damaged")
}

// Parts scanned at the same time, and again, give what they give in turn.
func TestPartsScannedTogether(t *testing.T) {
	rows := parquetRows(3, 4000)
	var text bytes.Buffer
	text.WriteString("id,term\n")
	for _, r := range rows {
		fmt.Fprintf(&text, "%s,\"%s\n\"\n", r.ID, r.Delta)
	}
	schema := ipcSchema(ipcTypes)
	rec := ipcRecord(t, rand.New(rand.NewPCG(8, 8)), schema, 4000)
	for name, content := range map[string][]byte{
		"a.csv":     text.Bytes(),
		"a.parquet": writeParquet(t, rows, parquet.MaxRowsPerRowGroup(500), parquet.Compression(&parquet.Zstd)),
		"a.arrow":   writeIPC(t, true, schema, []arrow.Record{rec.NewSlice(0, 1500), rec.NewSlice(1500, 4000)}, ipc.WithZstd()),
	} {
		f, err := openOne(t, name, content, Options{part: 8 << 10})
		require.NoError(t, err)
		total := int64(0)
		var wg sync.WaitGroup
		for range 2 {
			for i, p := range f.Parts {
				wg.Go(func() {
					n := 0
					for raw, err := range p.Scan(context.Background(), allColumns(f)) {
						if err != nil {
							t.Errorf("%s: %v", name, err)
							return
						}
						n += raw.Rows
					}
					if _, rows := p.Size(); int64(n) != rows {
						t.Errorf("%s part %d: %d rows of %d", name, i, n, rows)
					}
				})
			}
		}
		wg.Wait()
		for _, p := range f.Parts {
			_, rows := p.Size()
			total += rows
		}
		require.EqualValues(t, 4000, total, name)
	}
}

func TestScanStopsWhenAsked(t *testing.T) {
	f, err := openOne(t, "a.csv", []byte(small), Options{})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, err := range f.Parts[0].Scan(ctx, []int{0}) {
		require.ErrorIs(t, err, context.Canceled)
	}
}

func digestOf(t *testing.T, f *File) string {
	t.Helper()
	sum, err := f.SHA256()
	require.NoError(t, err)
	return sum
}

// A bundle that is closed early does not wait for the rest of its files.
func TestClosingEndsTheHashing(t *testing.T) {
	name := filepath.Join(t.TempDir(), "patients.parquet")
	require.NoError(t, os.WriteFile(name, writeParquet(t, parquetRows(1, 50)), 0o600))
	b, err := Open([]string{name}, Options{Digest: true})
	require.NoError(t, err)
	require.NoError(t, b.Close())
	if sum, err := b.Files[0].SHA256(); err == nil {
		require.Len(t, sum, 64)
	} else {
		require.ErrorIs(t, err, errStopped)
	}
}

// A path is named as it was typed, so that the user finds the slip; an absolute
// one says where on this machine the extract lies, and is cut to its last part.
func TestMessagesNameThePathAsTyped(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.MkdirAll(filepath.Join("in", "P1", "2026"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join("in", "P1", "2026", "patients.csv"), []byte(small), 0o600))
	here, err := filepath.Abs(".")
	require.NoError(t, err)
	for path, want := range map[string]string{
		"no/such/path":                   "no/such/path: no such file",
		"../nowhere":                     "../nowhere: no such file",
		filepath.Join(here, "such", "p"): "p: no such file",
		"":                               "extract: want a folder, a zip or a file",
	} {
		_, err := Open([]string{path}, Options{})
		require.EqualError(t, err, want)
	}
	for given, want := range map[string]string{"in": "2026/patients.csv as patients", "in/P1/2026": "patients.csv as patients"} {
		b, err := Open([]string{given}, Options{})
		require.NoError(t, err)
		require.Equal(t, []string{want}, names(b))
		require.NoError(t, b.Close(), "Windows removes no file that is open")
	}
}
