package source

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"paperlight/analyzer/crash"
)

// Documents are the files of FHIR of an extract. What resources they hold is known
// once Index has looked through them.
type Documents struct {
	docs    []*document
	options Options
	hashing *hashing
	indexed bool
}

// A document is one file of FHIR.
type document struct {
	label  string
	number int    // among the documents
	stored *input // as it lies there
	in     *input // decompressed
	sum    string // SHA-256 in hex, where it is asked for
	types  map[string][]stretch
}

// unnamed stands in for the id of a resource that has none.
func (d *document) unnamed(start int64) string { return fmt.Sprintf("%d-%d", d.number, start) }

// A stretch is where some resources of one type lie in a document, in the order in
// which they end.
type stretch struct {
	doc   *document
	rows  int64
	bytes int64  // of the resources
	spans []byte // of each resource: its start less that of the one before, its size, its owner
	last  int64  // start of the last
	begin int64  // of the first
	// owners are the ids of the resources that others lie inside of.
	owners []string
}

// A span is where one resource lies, and whose it is where it lies inside another.
type span struct {
	start, size int64
	owner       string
}

func (s *stretch) add(at span) {
	if s.rows == 0 {
		s.begin = at.start
	}
	owner := uint64(0)
	if at.owner != "" {
		if n := len(s.owners); n == 0 || s.owners[n-1] != at.owner {
			s.owners = append(s.owners, at.owner)
		}
		owner = uint64(len(s.owners))
	}
	s.spans = binary.AppendVarint(s.spans, at.start-s.last)
	s.spans = binary.AppendUvarint(s.spans, uint64(at.size))
	s.spans = binary.AppendUvarint(s.spans, owner)
	s.last, s.rows, s.bytes = at.start, s.rows+1, s.bytes+at.size
}

// all yields the spans in order.
func (s *stretch) all(yield func(span) bool) {
	start, rest := int64(0), s.spans
	for len(rest) > 0 {
		gap, n := binary.Varint(rest)
		size, m := binary.Uvarint(rest[n:])
		owner, k := binary.Uvarint(rest[n+m:])
		rest = rest[n+m+k:]
		start += gap
		at := span{start: start, size: int64(size)}
		if owner > 0 {
			at.owner = s.owners[owner-1]
		}
		if !yield(at) {
			return
		}
	}
}

// Index looks through all documents once, for what resources they hold and whether
// all of it is JSON. The error is a *DecodeError.
func (d *Documents) Index(ctx context.Context) error {
	if d == nil || d.indexed {
		return nil
	}
	errs := make([]error, len(d.docs))
	next := make(chan int, len(d.docs))
	for i := range d.docs {
		next <- i
	}
	close(next)
	var group crash.Group
	for range min(d.options.Jobs, len(d.docs)) {
		group.Go(func() {
			for i := range next {
				d.docs[i].number = i + 1
				errs[i] = within(d.docs[i].label, d.index(ctx, d.docs[i]))
			}
		})
	}
	group.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	d.indexed = true
	return nil
}

func (d *Documents) index(ctx context.Context, doc *document) (err error) {
	defer crash.Catch(&err, "the reading")
	if doc.stored.verify != nil {
		if err := doc.stored.verify(); err != nil {
			return err
		}
	}
	from := &cursor{in: doc.in}
	defer from.close()
	along := d.options.Digest && doc.in == doc.stored
	if along {
		from.sum = sha256.New()
	} else if d.options.Digest {
		if doc.sum, err = d.hashing.digest(doc.stored); err != nil {
			return err
		}
	}
	x := indexer{ctx: ctx, json: newJSONReader(from, indexBytes), doc: doc, part: d.options.part}
	if err := x.document(); err != nil {
		return err
	}
	if along {
		doc.sum = hex.EncodeToString(from.sum.Sum(nil))
	}
	return doc.stored.unchanged()
}

// Types are the types of resources in the documents, sorted. Index comes before.
func (d *Documents) Types() []string {
	if d == nil {
		return nil
	}
	all := map[string]bool{}
	for _, doc := range d.docs {
		for t := range doc.types {
			all[t] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// Names are the names of the files, sorted, with the folders of those that lie in one.
func (d *Documents) Names() []string {
	var out []string
	if d != nil {
		for _, doc := range d.docs {
			out = append(out, doc.label)
		}
	}
	return out
}

// Digests are the SHA-256 of the files in hex, in the order of Names.
func (d *Documents) Digests() []string {
	var out []string
	for _, doc := range d.docs {
		out = append(out, doc.sum)
	}
	return out
}
