package mapping

import (
	"strconv"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/source"
)

// recordKeys fills the record id of a source that has none: the file's name
// and the record number. Such an id is unique in the table, the same for every
// number of workers, and tells where the record stands; nothing refers to it.
type recordKeys struct {
	prefix string
	batch  *extract.Batch // that is filled
}

func recordPrefix(f *source.File) string {
	if f.Folder != "" {
		return f.Folder + "/" + f.Stem + ":"
	}
	return f.Stem + ":"
}

func (k *recordKeys) fill(r *rows, out *column) error {
	out.offsets, out.bytes = sized(out.offsets, r.n+1), out.bytes[:0]
	out.offsets[0] = 0
	before := int64(0)
	if k.batch.Before != nil && r.n > 0 {
		before = k.batch.Before.Records()
	}
	for i := range r.n {
		out.bytes = strconv.AppendInt(append(out.bytes, k.prefix...), before+k.batch.RecordAfter(i), 10)
		out.offsets[i+1] = int32(len(out.bytes))
		out.mark(i, present)
	}
	return nil
}
