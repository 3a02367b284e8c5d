package canonical

import (
	"fmt"
	"io"
)

// A Writer writes the rows of one table in one format. Close ends the file and leaves
// what it is written to open.
type Writer interface {
	Write(*Block) error
	Close() error
}

// Formats are the formats that can be written; each is the ending of its files too.
var Formats = []string{"csv", "parquet", "arrow"}

// NewWriter returns a writer of blocks that have the columns of b. groupRows is how
// many rows a Parquet row group or an Arrow record batch has.
func NewWriter(format string, w io.WriteSeeker, b *Block, groupRows int) (Writer, error) {
	switch format {
	case "csv":
		return newCSVWriter(w, b), nil
	case "parquet":
		return newParquetWriter(w, b, groupRows), nil
	case "arrow":
		return newArrowWriter(w, b, groupRows)
	}
	return nil, fmt.Errorf("format %q: want csv, parquet or arrow", format)
}
