// Package source opens what a user points at, a folder, a zip or single files,
// and decodes it: CSV, Parquet and Arrow IPC into raw columns, under limits,
// without knowing what any column means. Package mapping turns raw columns
// into canonical ones.
package source

import (
	"context"
	"iter"

	"github.com/apache/arrow/go/v17/arrow"

	"paperlight/analyzer/extract"
)

// A File is one decoded file of an extract: a raw table, or part of one.
type File struct {
	// Name is the base name as supplied, Stem the name without the format's
	// extensions (patients for patients.csv.gz), Folder the name of the folder
	// it lies in below the root, "" at the root (for medications/part-1.parquet).
	Name, Stem, Folder string
	Format             Format
	// Columns are the header's names, in order; Types their Arrow types where
	// the file declares them, nil for text files.
	Columns []string
	Types   []arrow.DataType
	// Unsupported names the columns that cannot be read: nested, repeated or
	// of a type that is no table's. They are not in Columns.
	Unsupported []string
	// Bytes is the stored size.
	Bytes int64
	// SHA256 returns the digest in hex, and waits for it: files are hashed while
	// they are read. Nil where it is not asked for.
	SHA256 func() (string, error)
	// Charset is "utf-8", or "windows-1252" where the text had to be read so.
	Charset string
	// Unquoted says that some fields of a tab-separated file begin with quotes that
	// do not enclose them: quotes were read as characters.
	Unquoted bool
	// Parts divide the rows, in order.
	Parts []Part
}

// A Format is a physical file format.
type Format string

// The formats.
const (
	CSV     Format = "csv"
	Parquet Format = "parquet"
	Arrow   Format = "arrow"
	FHIR    Format = "fhir" // JSON: a table is the resources of one type
)

// A Part is some consecutive rows of one file.
type Part interface {
	// Size returns stored bytes and rows, or -1 where not known.
	Size() (bytes, rows int64)
	// NoNulls reports whether the file guarantees that column c (by index) has no
	// null and no empty text in this part.
	NoNulls(c int) bool
	// Scan yields the rows, in order, with the columns cols (indexes into
	// File.Columns) in that order. A Raw and all it holds is valid until the
	// next iteration. An error ends the sequence and is a *DecodeError.
	Scan(ctx context.Context, cols []int) iter.Seq2[*Raw, error]
}

// A Raw is a run of consecutive rows as decoded, at most
// extract.MaxBatchRows.
type Raw struct {
	Rows    int
	Columns []RawColumn
	// First is the record number of row 0 in the file, counted from 1 (a
	// header is not a record).
	First int64
	// Before, where not nil, are the records of the file before those that First and
	// Records count: where its lines were not numbered beforehand, they count from the
	// start of the part.
	Before extract.Before
	// Records are the record numbers where the rows do not follow each other in
	// the file; nil where they do.
	Records []int64
	// Ragged marks rows with too few or too many fields, one bit a row; nil
	// where there is none. Their cells are empty.
	Ragged []uint64
	// Bytes of stored input that this batch took, for progress.
	Bytes int64
}

// A RawColumn is either text fields (Array nil): row i is
// Data[Start[i]:End[i]], unescaped, empty where absent; or an Arrow array of
// the column's own type. Text arrays come as extract.Batch says: utf8, or
// dictionary<int32, utf8>, with Dictionary numbered as there.
type RawColumn struct {
	Data       []byte
	Start, End []uint32
	Array      arrow.Array
	Dictionary uint64
}

// yieldAll yields what next returns until that is nil, and reports whether it
// came to that: a scan that failed or was left is not used again.
func yieldAll(file string, next func() (*Raw, error), yield func(*Raw, error) bool) bool {
	for {
		raw, err := next()
		switch {
		case err != nil:
			yield(nil, within(file, err))
			return false
		case raw == nil:
			return true
		case !yield(raw, nil):
			return false
		}
	}
}
