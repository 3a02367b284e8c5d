// Package extract holds an opened extract as the engine sees it: canonical
// tables, what each can supply, and their rows as batches of Arrow columns.
// Readers make extracts (packages source and mapping); the engine scans them.
package extract

import (
	"context"
	"iter"

	"github.com/apache/arrow/go/v17/arrow"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/schema"
)

// An Extract is the records of one or more practices, as supplied at one time.
type Extract struct {
	// Name is the base name of the folder or file; never a path.
	Name string
	// System is the id of the mapping that recognised it: "paperlight" for
	// canonical files.
	System string
	// Format names the file formats read, sorted and joined by "+".
	Format string
	// SHA256 returns the digest over the sorted list of base name and digest of
	// every file, and waits for them; nil when digests were not asked for.
	SHA256 func() (string, error)
	// Digests are those of the files, by name; nil as SHA256.
	Digests func() (map[string]string, error)
	// Tables are the canonical tables present, in schema order. A table may be
	// present and hold no row.
	Tables []*Table
	// NeverHas are canonical tables that the system does not have at all, in
	// schema order: that they are absent says nothing of the files.
	NeverHas []*schema.Table
	// ReleaseDate is the extract's own date, where it states one;
	// HasReleaseDate says whether it does.
	ReleaseDate    calendar.Day
	HasReleaseDate bool
	// Lists are the lists of checksums that the files were held to; Bare are the
	// files that nothing vouches for: no list, and no checksum of their own. Own
	// counts the files that no list holds, but that have a checksum of their own.
	Lists, Bare []string
	Own         int
	// Notes are findings about the files that the report must show, in a
	// fixed order: a character set that had to be guessed, an unknown file.
	Notes []string
	// DateForms are the columns of dates that are mostly written in another form than
	// can be read, with that form: dd/mm/yyyy.
	DateForms map[*schema.Column]string
	// Noticed says what was noticed of the values while rows were read, in a fixed
	// order; nil where nothing is noticed so.
	Noticed func() []string
	// Missing are side tables without which values of others mean nothing.
	Missing []Missing
	// Unused are the files and columns that nothing is read from, what is
	// probably a slip first. Slips and OtherNotes make notes of them.
	Unused []Suggestion
	// Close releases files; nil where there is nothing to release.
	Close func() error
}

// Table returns the table of the schema, or nil if the extract lacks it.
func (x *Extract) Table(t *schema.Table) *Table {
	for _, have := range x.Tables {
		if have.Schema == t {
			return have
		}
	}
	return nil
}

// Supplies reports whether the extract can fill column c. A virtual column is
// always supplied.
func (x *Extract) Supplies(c *schema.Column) bool {
	if c.Virtual {
		return true
	}
	t := x.Table(c.Table)
	return t != nil && t.Supplied[c.Index]
}

// A Table is one canonical table of an extract.
type Table struct {
	Schema *schema.Table
	// Supplied says, by column index, which columns the source can fill.
	Supplied []bool
	// DerivedKey says that the source has no record id: the file's name and the
	// record number stand in for it. Such ids are unique in the table.
	DerivedKey bool
	// Parts divide the rows into units that may be scanned concurrently, in
	// the order of the source: a Parquet row group, a range of a CSV file, a
	// run of Arrow record batches.
	Parts []Part
	// LeftOut counts the rows that were left out when the parts were last scanned, for
	// they are not the practice's today: deleted, replaced by a later set, or another
	// organisation's. Nil where there can be none.
	LeftOut func() int64
	// Bytes is the size of the table's files as stored, for progress.
	Bytes int64
}

// A Part is some consecutive rows of one table.
type Part interface {
	// Size returns the stored bytes of the part, for progress, and its rows,
	// or -1 where they are not known before reading.
	Size() (bytes, rows int64)
	// NoNulls reports whether the source itself guarantees that column c has no
	// null (and no empty text) in this part, so that it need not be decoded
	// to find rejects.
	NoNulls(c *schema.Column) bool
	// Scan yields the rows of the part in order, with just the columns cols,
	// in that order; every column of cols is supplied. A batch and all it
	// holds is valid until the next iteration. An error ends the sequence.
	// One goroutine scans a part; different parts may be scanned at once.
	Scan(ctx context.Context, cols []*schema.Column) iter.Seq2[*Batch, error]
}

// A Bounded part does not know how many of its rows count, but about how many there are
// at most, or -1.
type Bounded interface{ MostRows() int64 }

// An Estimated part does not know how many rows it has before it is read, but about how
// many, or -1.
type Estimated interface{ RowsAbout() int64 }

// RowsAbout is how many rows a part has, or about; -1 where nothing is known.
func RowsAbout(p interface{ Size() (bytes, rows int64) }) int64 {
	if e, ok := p.(Estimated); ok {
		return e.RowsAbout()
	}
	_, rows := p.Size()
	return rows
}

// MaxBatchRows bounds the rows of a batch.
const MaxBatchRows = 16384

// A Batch is a run of consecutive rows of one table: an Arrow record, and what
// was noticed while reading it.
//
// Arrow types by column type: Text is utf8, or dictionary<int32, utf8> whose
// values may repeat and may be unused; Date is date32; Int is int64; Decimal
// is float64; Bool is boolean. Text is never empty: empty reads as null.
// Value and index slots under a null may hold anything that is in bounds:
// indexes always point into their dictionary (a dictionary without entries
// comes only with a column that is null throughout). Validity bitmaps start at
// bit 0 and, like all fixed-width buffers, are padded to whole 8-byte words.
type Batch struct {
	Record arrow.Record
	// Dictionaries numbers the dictionary of each column: two batches of one
	// Scan, or of different parts, with the same non-zero number hold the same
	// dictionary, except that a later one may have further entries appended.
	// 0 says nothing is known (always so for plain text).
	Dictionaries []uint64
	// File is the base name of the source file and First the record number of
	// row 0 in it, counted from 1, unless Records is given.
	File  string
	First int64
	// Before, where not nil, are the records of the file before those that First and
	// Records count.
	Before Before
	// Malformed marks, by column, the cells that could not be read as their
	// type or lie outside their closed list (such a cell is null too). An
	// element is nil where there is none; else one bit a row, 64 to a word.
	Malformed [][]uint64
	// Ragged marks rows with too few or too many fields: every cell of theirs
	// is null, and they count as rejects. Nil where there is none.
	Ragged []uint64
	// Records, where not nil, gives each row's record number, for sources in
	// which rows of a batch do not follow each other.
	Records []int64
	// Bytes is how much of the stored input the reading of this batch took,
	// for progress.
	Bytes int64
}

// RecordNumber returns the record number of row i in the source file.
func (b *Batch) RecordNumber(i int) int64 {
	if b.Before != nil {
		return b.Before.Records() + b.RecordAfter(i)
	}
	return b.RecordAfter(i)
}

// LeastRecordNumber returns a number that the record number of row i is not below, at
// once.
func (b *Batch) LeastRecordNumber(i int) int64 {
	if b.Before != nil {
		return b.Before.AtLeast() + b.RecordAfter(i)
	}
	return b.RecordAfter(i)
}

// RecordAfter returns the number of row i among the records after those of Before, from 1.
func (b *Batch) RecordAfter(i int) int64 {
	if b.Records != nil {
		return b.Records[i]
	}
	return b.First + int64(i)
}

// Before are the records before a part of a file whose lines were not numbered when it was
// opened.
type Before interface {
	// Records returns how many there are. It may have to look through the file for them.
	Records() int64
	// AtLeast returns how many are known of, at once.
	AtLeast() int64
}

// Rows returns the number of rows.
func (b *Batch) Rows() int { return int(b.Record.NumRows()) }
