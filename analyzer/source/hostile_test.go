package source

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/stretchr/testify/require"

	"paperlight/analyzer/crash"
	"paperlight/internal/fixture"
)

// readAll reads every column of every part, looks at every value and holds
// every batch against what is promised.
func readAll(t testing.TB, f *File) (rows int, err error) {
	t.Helper()
	for _, p := range f.Parts {
		for raw, err := range p.Scan(context.Background(), allColumns(f)) {
			if err != nil {
				var e *DecodeError
				require.ErrorAs(t, err, &e)
				require.NotEmpty(t, e.File)
				return rows, err
			}
			rows += raw.Rows
			for _, col := range raw.Columns {
				touch(t, col, raw.Rows)
			}
		}
	}
	return rows, nil
}

func touch(t testing.TB, col RawColumn, rows int) {
	if col.Array == nil {
		n := uint32(0)
		for i := range rows {
			n = max(n, uint32(len(col.Data[col.Start[i]:col.End[i]])))
		}
		require.LessOrEqual(t, n, uint32(maxFieldBytes))
		return
	}
	checkColumn(t, col, rows)
	switch a := col.Array.(type) {
	case *array.String:
		for i := range rows {
			require.LessOrEqual(t, len(a.Value(i)), maxFieldBytes)
		}
	case *array.Dictionary:
		values := a.Dictionary().(*array.String)
		for i := range values.Len() {
			require.LessOrEqual(t, len(values.Value(i)), maxFieldBytes)
		}
	default:
		if fixed, ok := a.DataType().(arrow.FixedWidthDataType); ok && rows > 0 {
			buffer := a.Data().Buffers()[1].Bytes()
			require.GreaterOrEqual(t, len(buffer)*8, rows*fixed.BitWidth())
		}
	}
}

// openAs opens the file at path as a kind, whatever its name and first bytes
// say.
func openAs(t testing.TB, path string, k kind) (f *File, err error) {
	t.Helper()
	in, file, err := regular(filepath.Base(path), func() (*os.File, error) { return os.Open(path) })
	require.NoError(t, err)
	t.Cleanup(func() { file.Close() })
	defer crash.Catch(&err, "the reading")
	f = &File{Name: filepath.Base(path)}
	switch k {
	case kindParquet:
		err = openParquet(f, in, 1<<32)
	case kindText:
		err = openCSV(f, in, Options{Jobs: 1, part: 1 << 16})
	default:
		err = openArrow(f, in, k == kindArrow, 1<<32)
	}
	return f, err
}

func TestHostileFilesEndInAnErrorOrAFullRead(t *testing.T) {
	root := fixture.Shared(t, "hostile")
	kinds := map[string]kind{"arrow-parquet-fuzz": kindParquet, "arrow-parquet-fuzz-encoding": kindParquet, "parquet-bad": kindParquet,
		"parquet-odd": kindParquet, "parquet-encrypted": kindParquet, "arrow-ipc-file-fuzz": kindArrow,
		"arrow-ipc-stream-fuzz": kindStream, "csv-fuzz": kindText}
	extensions := map[string]kind{".parquet": kindParquet, ".arrow": kindArrow, ".arrow_file": kindArrow, ".arrows": kindStream, ".stream": kindStream}
	read, refused := 0, 0
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		require.NoError(t, err)
		k, ok := extensions[filepath.Ext(path)]
		if !ok {
			k, ok = kinds[filepath.Base(filepath.Dir(path))]
		}
		if e.IsDir() || !ok {
			return nil
		}
		f, err := openAs(t, path, k)
		if err == nil {
			_, err = readAll(t, f)
		}
		if err == nil {
			read++
			return nil
		}
		refused++
		require.NotErrorAs(t, err, new(*crash.Error), "%s: a panic of ours was caught", path)
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, read, 100, "files that are in order are read")
	require.Greater(t, refused, 200)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	require.Less(t, m.HeapSys, uint64(512<<20), "peak of the heap")
}

// What each awkward file of the Parquet project comes to.
func TestOddParquetFiles(t *testing.T) {
	root := fixture.Shared(t, "hostile")
	refused := map[string]string{
		"datapage_v1-corrupt-checksum.parquet":           "checksum",
		"rle-dict-uncompressed-corrupt-checksum.parquet": "checksum",
		"hadoop_lz4_compressed.parquet":                  "compression",
		"hadoop_lz4_compressed_larger.parquet":           "compression",
		"non_hadoop_lz4_compressed.parquet":              "compression",
		"nation.dict-malformed.parquet":                  "beyond its column",
		"binary_truncated_min_max.parquet":               "UTF-8",
		"fixed_length_byte_array.parquet":                "UTF-8",
		"repeated_no_annotation.parquet":                 "more rows than the footer",
	}
	files, err := filepath.Glob(filepath.Join(root, "parquet-odd", "*.parquet"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, path := range files {
		f, err := openAs(t, path, kindParquet)
		if err == nil {
			_, err = readAll(t, f)
		}
		if want, ok := refused[filepath.Base(path)]; ok {
			require.ErrorContains(t, err, want, filepath.Base(path))
			continue
		}
		require.NoError(t, err, filepath.Base(path))
	}
}

func TestEncryptedParquetIsRefused(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(fixture.Shared(t, "hostile", "parquet-encrypted"), "*.encrypted"))
	require.NoError(t, err)
	require.Len(t, files, 8)
	for _, path := range files {
		_, err := openAs(t, path, kindParquet)
		require.ErrorContains(t, err, "encrypted", path)
	}
}

func TestBombsReachALimit(t *testing.T) {
	root := fixture.Shared(t, "hostile", "made")
	for name, want := range map[string]string{
		"pagebomb.parquet": "a page of 512 MiB is over the limit of 64 MiB",
		"ipcbomb.arrow":    "a record batch of over 256 MiB",
		"ipcbomb.arrows":   "a record batch of over 256 MiB",
	} {
		b, err := Open([]string{filepath.Join(root, name)}, Options{})
		require.NoError(t, err)
		_, err = readAll(t, b.Files[0])
		var e *DecodeError
		require.ErrorAs(t, err, &e)
		require.True(t, e.Limit)
		require.Contains(t, e.Message, want)
		require.NoError(t, b.Close())
	}
}

func TestGoldenArrowFilesAgreeWithTheirStreams(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(fixture.Shared(t, "hostile", "arrow-ipc-golden"), "*", "*.arrow_file"))
	require.NoError(t, err)
	require.Len(t, files, 36)
	for _, path := range files {
		f, err := openAs(t, path, kindArrow)
		if strings.Contains(path, "duplicate_fieldnames") {
			require.ErrorContains(t, err, "have one name")
			continue
		}
		require.NoError(t, err, path)
		s, err := openAs(t, strings.TrimSuffix(path, ".arrow_file")+".stream", kindStream)
		require.NoError(t, err, path)
		require.Equal(t, f.Columns, s.Columns)
		fromFile, err := arrayRows(t, f)
		require.NoError(t, err, path)
		fromStream, err := arrayRows(t, s)
		require.NoError(t, err, path)
		require.Equal(t, fromFile, fromStream, path)
	}
}

func TestCSVSpectrum(t *testing.T) {
	root := fixture.Shared(t, "hostile", "csv-spectrum")
	files, err := filepath.Glob(filepath.Join(root, "csvs", "*.csv"))
	require.NoError(t, err)
	require.Len(t, files, 11)
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".csv")
		t.Run(name, func(t *testing.T) {
			content, err := os.ReadFile(filepath.Join(root, "json", name+".json"))
			require.NoError(t, err)
			var want []map[string]string
			require.NoError(t, json.Unmarshal(content, &want))
			b, err := Open([]string{path}, Options{})
			require.NoError(t, err)
			defer b.Close()
			rows, err := textRows(t, b.Files[0])
			require.NoError(t, err)
			require.Len(t, rows, len(want))
			for i, row := range rows {
				got := map[string]string{}
				for c, v := range row {
					got[b.Files[0].Columns[c]] = v
				}
				require.Equal(t, want[i], got, "record %d", i+1)
			}
		})
	}
}
