package source

import (
	"bytes"
	"io"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"paperlight/analyzer/crash"
)

// held is an input in memory.
func held(name string, content []byte) *input {
	in := &input{name: name, stored: int64(len(content)), at: bytes.NewReader(content), size: int64(len(content))}
	in.stream = in.section
	return in
}

// decoded reads all of a file in memory. A panic that had to be caught is a
// failure of the test.
func decoded(t *testing.T, k kind, content []byte) {
	t.Helper()
	f := &File{Name: "f"}
	in := held("f", content)
	err := checkMagic(k, in)
	switch {
	case k == kindParquet:
		err = openParquet(f, in, 1<<32)
	case k == kindArrow || k == kindStream:
		err = openArrow(f, in, k == kindArrow, 1<<32)
	}
	if err == nil {
		_, err = readAll(t, f)
	}
	if err != nil {
		require.NotErrorAs(t, err, new(*crash.Error))
	}
}

// FuzzCSV holds the reader against encoding/csv: what it reads is the same,
// in any division into parts, and it refuses quotes exactly where that does.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "a\tb\r\n\"x\"\t\"y\ny\"\r\n", "a,b\n\"say \"\"hi\"\"\",\n\n\r\nx\n", "\xef\xbb\xbfa;b\n1;2;3\n", "a\n\xe9\n",
		"\xef\xbb\xbf\n\xf60", "0\t1\n\"\r\r\n\"\t", "\r\r\n0\t1\n\"\r\r\n\"\t",
		"a,b\n\"open\n", "a,b\nst\"ray,x\n", "a|b\n\"\"|\"\"\"\"\n", "a,b\r1,2\r\r3,4"} {
		f.Add([]byte(seed), uint16(3))
	}
	f.Fuzz(func(t *testing.T, content []byte, part uint16) {
		file := &File{Name: "f", Charset: "utf-8"}
		err := openCSV(file, held("f", content), Options{Jobs: 2, part: int64(part%512) + 1})
		if err != nil {
			return
		}
		tf := file.Parts[0].(*textPart).file
		got, err := textRows(t, file)
		if _, hint := separatorHint(bytes.TrimLeft(bytes.TrimPrefix(content, []byte("\xef\xbb\xbf")), "\r\n")); hint > 0 {
			return // encoding/csv takes it for a record
		}
		if tf.dialect.bareCR || !tf.dialect.quoted || bytes.Contains(content, []byte("\r\r")) {
			return // encoding/csv takes a line of returns alone for a record
		}
		content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
		if file.Charset == "windows-1252" {
			content = appendWindows1252(nil, content)
		}
		want, wantErr := standard(content, rune(tf.dialect.delimiter))
		if err != nil {
			if strings.Contains(err.Error(), "quote") {
				require.Error(t, wantErr)
			}
			return
		}
		require.NoError(t, wantErr)
		require.Equal(t, len(want)-1, len(got))
		for i := range got {
			require.Equal(t, normal(want[i+1 : i+2])[0], normal(got[i : i+1])[0])
		}
	})
}

func FuzzParquet(f *testing.F) {
	for version := 1; version <= 2; version++ {
		f.Add(writeParquet(f, parquetRows(1, 20), parquet.Compression(&parquet.Snappy), parquet.DataPageVersion(version)))
	}
	c := testChunk{optional: true, checksum: true}
	c.dictionary([]string{"a", "bb"})
	c.data([]string{"a", "(null)", "bb"}, true)
	c.data([]string{"x", "(null)"}, false)
	f.Add(c.file(5))
	f.Fuzz(func(t *testing.T, content []byte) { decoded(t, kindParquet, content) })
}

func FuzzArrow(f *testing.F) {
	schema := ipcSchema(ipcTypes)
	rec := ipcRecord(f, rand.New(rand.NewPCG(1, 1)), schema, 20)
	for _, file := range []bool{true, false} {
		f.Add(file, writeIPC(f, file, schema, []arrow.Record{rec}))
		f.Add(file, writeIPC(f, file, schema, []arrow.Record{rec}, ipc.WithLZ4()))
	}
	odd, _ := oddColumns(f)
	f.Add(true, writeIPC(f, true, odd.Schema(), []arrow.Record{odd}))
	for _, s := range streams(f) {
		f.Add(false, s.content)
	}
	f.Fuzz(func(t *testing.T, file bool, content []byte) {
		if file {
			decoded(t, kindArrow, content)
		} else {
			decoded(t, kindStream, content)
		}
	})
}

func FuzzZip(f *testing.F) {
	f.Add(makeZip(f, entry{"a.csv", small, nil}, entry{"t/part-1.csv", small, nil}))
	f.Add(makeZip(f, entry{"../a.csv", small, nil}))
	f.Fuzz(func(t *testing.T, content []byte) {
		b := &Bundle{}
		at, err := b.findZip(found{name: "f.zip", in: held("f.zip", content)}, "")
		if err != nil {
			return
		}
		for _, file := range at.files {
			require.True(t, safeName(file.label()))
			s, err := file.in.stream()
			require.NoError(t, err)
			n, _ := io.Copy(io.Discard, s)
			require.LessOrEqual(t, n, max(file.in.stored*maxRatio, ratioFreeBytes)+1<<16)
			s.close()
		}
	})
}

func FuzzChecksums(f *testing.F) {
	f.Add("SHA256SUMS", strings.Repeat("0", 64)+"  patients.csv\n")
	f.Add("manifest-sha512.txt", strings.Repeat("0", 128)+" *data/100%25.csv\r\n")
	f.Add("a.csv.sha256", "\\"+strings.Repeat("0", 64)+" a\\nb\n")
	f.Add(strings.Repeat("\u0250", 8)+".sha256", strings.Repeat("0", 64)+"\n") // longer in capitals
	f.Fuzz(func(t *testing.T, name, content string) {
		l, err := readList(name, "", name, held(name, []byte(content)), false)
		if err != nil {
			return
		}
		require.True(t, strings.HasPrefix(name, l.of))
		require.Len(t, l.order, len(l.sums))
		for _, listed := range l.order {
			require.True(t, fs.ValidPath(listed))
			require.Len(t, l.sums[listed], 2*l.hash().Size())
		}
	})
}

// TestDamagedCopies reads copies of good files with bytes changed: each ends
// in an error or in a full read.
func TestDamagedCopies(t *testing.T) {
	schema := ipcSchema(ipcTypes)
	rec := ipcRecord(t, rand.New(rand.NewPCG(1, 1)), schema, 200)
	odd, _ := oddColumns(t)
	seeds := []struct {
		kind    kind
		content []byte
	}{
		{kindParquet, writeParquet(t, parquetRows(1, 300), parquet.Compression(&parquet.Snappy), parquet.PageBufferSize(500))},
		{kindParquet, writeParquet(t, parquetRows(2, 300), parquet.Compression(&parquet.Zstd), parquet.DataPageVersion(2))},
		{kindArrow, writeIPC(t, true, schema, []arrow.Record{rec})},
		{kindStream, writeIPC(t, false, schema, []arrow.Record{rec}, ipc.WithZstd())},
		{kindArrow, writeIPC(t, true, odd.Schema(), []arrow.Record{odd, odd})},
	}
	r := rand.New(rand.NewPCG(7, 7))
	for _, s := range seeds {
		for range 250 {
			content := bytes.Clone(s.content)
			for range 1 + r.IntN(8) {
				at := r.IntN(len(content))
				if r.IntN(2) == 0 { // more often in the metadata at the end
					at = len(content) - 1 - r.IntN(min(len(content), 2000))
				}
				content[at] = byte(r.Uint32())
			}
			decoded(t, s.kind, content)
		}
	}
}
