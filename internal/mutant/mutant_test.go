package mutant

import (
	"archive/zip"
	"bytes"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
)

type record struct {
	ID  string `parquet:"id,dict"`
	Day int32  `parquet:"day"`
}

func samples(t *testing.T) map[string][]byte {
	t.Helper()
	var p bytes.Buffer
	require.NoError(t, parquet.Write(&p, []record{{"a", 1}, {"b", 2}, {"a", 3}}))
	var archive, stream bytes.Buffer
	z := zip.NewWriter(&archive)
	w, err := z.Create("a.csv")
	require.NoError(t, err)
	_, err = w.Write([]byte("id,day\na,1\nb,2\n"))
	require.NoError(t, errors.Join(err, z.Close()))
	schema := arrow.NewSchema([]arrow.Field{{Name: "id", Type: arrow.BinaryTypes.String}, {Name: "day", Type: arrow.FixedWidthTypes.Date32}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	b.Field(0).(*array.StringBuilder).AppendValues([]string{"a", "b", "c"}, nil)
	b.Field(1).(*array.Date32Builder).AppendValues([]arrow.Date32{1, 2, 3}, nil)
	to := ipc.NewWriter(&stream, ipc.WithSchema(schema))
	require.NoError(t, errors.Join(to.Write(b.NewRecord()), to.Close()))
	return map[string][]byte{"a.csv": []byte("id,day\na,1\nb,2\n"), "a.parquet": p.Bytes(), "a.zip": archive.Bytes(), "a.arrows": stream.Bytes(), "a.csv.gz": []byte("whatever"), "a.csv.zst": []byte("whatever else")}
}

func TestDamageIsRepeatableAndChangesTheFile(t *testing.T) {
	for name, content := range samples(t) {
		require.True(t, Knows(name))
		before, changed := bytes.Clone(content), 0
		for seed := range uint64(300) {
			first, how := Damage(rand.New(rand.NewPCG(seed, 1)), name, content)
			again, same := Damage(rand.New(rand.NewPCG(seed, 1)), name, content)
			require.True(t, bytes.Equal(first, again), "%s %d", name, seed)
			require.Equal(t, how, same)
			require.NotEmpty(t, how)
			if !bytes.Equal(first, content) {
				changed++
			}
		}
		require.Greater(t, changed, 240, name)
		require.True(t, bytes.Equal(before, content), "the original is left alone")
	}
	require.False(t, Knows("a.pdf"))
}

// Each way that knows a format finds what it damages in a file of it.
func TestEveryWayFindsSomething(t *testing.T) {
	for name, content := range samples(t) {
		for i, one := range formats[filepath.Ext(name)] {
			found := false
			for seed := range uint64(100) {
				out, _ := one(rand.New(rand.NewPCG(seed, 2)), content)
				found = found || out != nil && !bytes.Equal(out, content)
			}
			require.True(t, found, "%s: way %d", name, i)
		}
	}
}
