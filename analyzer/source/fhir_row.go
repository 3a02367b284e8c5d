package source

import (
	"bytes"
	"cmp"
	"slices"
)

// A rowReader reads the texts at the ends of some paths out of one resource after the
// other.
type rowReader struct {
	doc  *document
	json *jsonReader
	root *branch
	refs []bool // by column: a reference, read as the id that it names
	ids  []bool // by column: the resource's own id; the last is one

	open []*branch // that the value being read is of, by level
	data []byte
	got  []captured
}

// A captured text is data[start:end]; local says that it names a resource inside the
// same one, by an id that is its own there alone.
type captured struct {
	column     int
	start, end uint32
	local      bool
}

// newRowReader reads the columns of the paths and then the id.
func newRowReader(paths []Path) *rowReader {
	r := &rowReader{json: newJSONReader(nil, jsonBytes)}
	paths = append(slices.Clone(paths), Path{{Name: "id"}})
	for _, p := range paths {
		r.refs = append(r.refs, p[len(p)-1].Name == "reference")
		r.ids = append(r.ids, len(p) == 1 && p[0].Name == "id")
	}
	r.root = grow(paths)
	return r
}

// read reads the resource at the span. What it got is in r.got, until the next.
func (r *rowReader) read(at span) error {
	r.got, r.open = r.got[:0], append(r.open[:0], r.root)
	r.json.seek(at.start, at.size)
	c, err := r.json.value()
	if err != nil {
		return err
	}
	if c != '{' {
		return wasChanged()
	}
	if err := r.object(0); err != nil {
		return err
	}
	r.own(at)
	return nil
}

// object reads an object for the branches from lo on.
func (r *rowReader) object(lo int) error {
	if err := r.json.open(); err != nil {
		return err
	}
	hi := len(r.open)
	for {
		more, err := r.json.next()
		if err != nil || !more {
			return err
		}
		for _, b := range r.open[lo:hi] {
			for i := range b.members {
				if b.members[i].name == string(r.json.name) {
					r.open = append(r.open, b.members[i].branches...)
				}
			}
		}
		if len(r.open) == hi {
			err = r.json.skip()
		} else {
			err = r.elements(hi)
		}
		r.open = r.open[:hi]
		if err != nil {
			return err
		}
	}
}

// elements reads the value of a member for the branches from lo on: an array, or
// one element.
func (r *rowReader) elements(lo int) error {
	for _, b := range r.open[lo:] {
		b.taken = false
	}
	c, err := r.json.value()
	if err != nil {
		return err
	}
	if c != '[' {
		return r.element(lo, 0)
	}
	if err := r.json.open(); err != nil {
		return err
	}
	for i := 0; ; i++ {
		more, err := r.json.next()
		if err != nil || !more {
			return err
		}
		if err := r.element(lo, i); err != nil {
			return err
		}
	}
}

// element reads one element for those of the branches from lo on that may mean it.
func (r *rowReader) element(lo, i int) error {
	hi, before := len(r.open), len(r.got)
	for _, b := range r.open[lo:hi] {
		if b.wants(i) {
			b.met = 0
			r.open = append(r.open, b)
		}
	}
	err := r.value(hi)
	for _, b := range r.open[hi:] {
		if b.meant() {
			b.taken = true
			continue
		}
		r.got = append(r.got[:before], slices.DeleteFunc(r.got[before:], func(c captured) bool { return b.columns[c.column] })...)
	}
	r.open = r.open[:hi]
	return err
}

// value reads a value for the branches from lo on.
func (r *rowReader) value(lo int) error {
	c, err := r.json.value()
	if err != nil {
		return err
	}
	if c == '{' && len(r.open) > lo {
		return r.object(lo)
	}
	if c == '{' || c == '[' || len(r.open) == lo {
		return r.json.skip()
	}
	wanted := false
	for _, b := range r.open[lo:] {
		wanted = wanted || len(b.leaves)+len(b.judges) > 0
	}
	text, err := r.json.scalar(wanted)
	if err != nil || len(text) == 0 {
		return err
	}
	for _, b := range r.open[lo:] {
		for _, j := range b.judges {
			if j.of.conditions[j.condition].met(text) {
				j.of.met |= 1 << j.condition
			}
		}
		for _, column := range b.leaves {
			r.capture(column, text)
		}
	}
	return nil
}

func (r *rowReader) capture(column int, text []byte) {
	local := false
	if r.refs[column] {
		text, local = referred(text)
	}
	start := uint32(len(r.data))
	r.data = append(r.data, text...)
	r.got = append(r.got, captured{column, start, uint32(len(r.data)), local})
}

// referred is the id that a reference names: Patient/7, urn:uuid:7, an address that
// ends so, perhaps with a version behind; local says that it is #7, one inside the
// resource.
func referred(text []byte) (id []byte, local bool) {
	if rest, ok := bytes.CutPrefix(text, []byte("#")); ok {
		return rest, true
	}
	if at := bytes.Index(text, []byte("/_history/")); at >= 0 {
		text = text[:at]
	}
	if at := bytes.LastIndexByte(text, '/'); at >= 0 {
		return text[at+1:], false
	}
	for _, scheme := range []string{"urn:uuid:", "urn:oid:"} {
		if rest, ok := bytes.CutPrefix(text, []byte(scheme)); ok {
			return rest, false
		}
	}
	return text, false
}

// own makes ids that count inside one resource alone unique, by the id of the one that
// the resource lies in, or else by its own.
func (r *rowReader) own(at span) {
	owner := at.owner
	for i := range r.got {
		c := &r.got[i]
		c.local = c.local || r.ids[c.column] && at.owner != ""
		if !c.local {
			continue
		}
		if owner == "" {
			owner = cmp.Or(r.ownID(), r.doc.unnamed(at.start))
		}
		start := uint32(len(r.data))
		r.data = append(r.data, owner...)
		r.data = append(r.data, '#')
		r.data = append(r.data, r.data[c.start:c.end]...)
		c.start, c.end = start, uint32(len(r.data))
	}
}

func (r *rowReader) ownID() string {
	for _, c := range r.got {
		if r.ids[c.column] {
			return string(r.data[c.start:c.end])
		}
	}
	return ""
}
