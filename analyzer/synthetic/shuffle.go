package synthetic

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"

	"paperlight/analyzer/canonical"
	"paperlight/analyzer/schema"
)

// bucketRows is about how many rows a bucket holds: what shuffling keeps in
// memory at a time.
const bucketRows = 200_000

// A shuffler deals the rows of one table to buckets on disk and then hands
// them on bucket by bucket, each in random order: a random order of all rows
// in the memory of one bucket.
type shuffler struct {
	r       *random
	buckets []*bucket
	shape   []string
	table   *schema.Table
}

type bucket struct {
	file *os.File
	out  *bufio.Writer
	rows int
}

func newShuffler(folder string, b *canonical.Block, seed uint64, expectedRows int64) (*shuffler, error) {
	s := &shuffler{r: newRandom(), table: b.Table}
	s.r.restart(seed, 3, uint64(b.Table.Index), 0)
	for _, c := range b.Columns {
		s.shape = append(s.shape, c.Name)
	}
	for i := range 1 + expectedRows/bucketRows {
		f, err := os.Create(filepath.Join(folder, fmt.Sprintf("%s.%d.spill", b.Table.Name, i)))
		if err != nil {
			return nil, errors.Join(err, s.close())
		}
		s.buckets = append(s.buckets, &bucket{file: f, out: bufio.NewWriterSize(f, 16<<10)})
	}
	return s, nil
}

// add deals the rows of b.
func (s *shuffler) add(b *canonical.Block) error {
	var row []byte
	for i := range b.Rows {
		row = row[:0]
		for _, c := range b.Columns {
			row = spillCell(row, c, i)
		}
		k := s.buckets[s.r.IntN(len(s.buckets))]
		k.rows++
		if _, err := k.out.Write(row); err != nil {
			return err
		}
	}
	return nil
}

// each hands the rows to emit, a bucket at a time.
func (s *shuffler) each(emit func(*canonical.Block) error) error {
	loaded, shuffled := canonical.NewBlock(s.table, s.shape...), canonical.NewBlock(s.table, s.shape...)
	for _, k := range s.buckets {
		if err := k.out.Flush(); err != nil {
			return err
		}
		if _, err := k.file.Seek(0, io.SeekStart); err != nil {
			return err
		}
		loaded.Reset()
		in := bufio.NewReaderSize(k.file, 1<<20)
		for range k.rows {
			if err := loadRow(in, loaded); err != nil {
				return err
			}
		}
		shuffled.Reset()
		for _, i := range s.r.Perm(loaded.Rows) {
			shuffled.AppendRow(loaded, i)
		}
		if err := emit(shuffled); err != nil {
			return err
		}
	}
	return nil
}

// close removes the buckets.
func (s *shuffler) close() error {
	var errs []error
	for _, k := range s.buckets {
		errs = append(errs, k.file.Close(), os.Remove(k.file.Name()))
	}
	return errors.Join(errs...)
}

func spillCell(row []byte, c *canonical.Column, i int) []byte {
	if !c.Known[i] {
		return append(row, 0)
	}
	row = append(row, 1)
	switch c.Type {
	case schema.Text:
		row = binary.AppendUvarint(row, uint64(len(c.Text(i))))
		return append(row, c.Text(i)...)
	case schema.Decimal:
		return binary.LittleEndian.AppendUint64(row, math.Float64bits(c.Reals[i]))
	}
	return binary.AppendVarint(row, c.Ints[i])
}

func loadRow(in *bufio.Reader, b *canonical.Block) error {
	for _, c := range b.Columns {
		known, err := in.ReadByte()
		if err != nil {
			return err
		}
		switch c.Type {
		case schema.Text:
			if known == 0 {
				b.AddText("")
				continue
			}
			n, err := binary.ReadUvarint(in)
			if err != nil {
				return err
			}
			at := len(c.Bytes)
			c.Bytes = append(c.Bytes, make([]byte, n)...)
			if _, err := io.ReadFull(in, c.Bytes[at:]); err != nil {
				return err
			}
			c.Offsets = append(c.Offsets, int32(len(c.Bytes)))
			c.Known = append(c.Known, true)
			b.Skip()
		case schema.Decimal:
			var bits uint64
			if known == 1 {
				if err := binary.Read(in, binary.LittleEndian, &bits); err != nil {
					return err
				}
			}
			b.AddReal(math.Float64frombits(bits), known == 1)
		default:
			var v int64
			if known == 1 {
				if v, err = binary.ReadVarint(in); err != nil {
					return err
				}
			}
			b.AddInt(v, known == 1)
		}
	}
	return nil
}
