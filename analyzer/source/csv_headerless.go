package source

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// layoutsOf are the layouts of files of the name that have no header line.
func (o *Options) layoutsOf(stem string) [][]string {
	if o.Headerless == nil {
		return nil
	}
	return o.Headerless(stem)
}

// namesOne reports whether the first line is a header all the same: the names of a
// layout, which someone has put there.
func namesOne(layouts [][]string, h header) bool {
	names, err := headerNames(h.line, h.delimiter)
	return err == nil && slices.ContainsFunc(layouts, func(layout []string) bool {
		return slices.EqualFunc(layout, names, strings.EqualFold)
	})
}

// layoutFor returns the layout with as many columns as the first record has fields.
func layoutFor(layouts [][]string, line []byte, delimiter byte) ([]string, error) {
	fields := 0
	for more := true; more; fields++ {
		var err error
		if _, line, more, err = headerField(line, delimiter); err != nil {
			return nil, fault("the first record cannot be split into fields").hint("export the file again")
		}
	}
	var known []string
	for _, l := range layouts {
		if len(l) == fields {
			return l, nil
		}
		known = append(known, fmt.Sprint(len(l)))
	}
	return nil, fault("the first record has %d fields: want %s, for the file has no header line", fields, strings.Join(known, " or ")).
		hint("export the file again, in a layout that is known")
}

// emptyTable makes the file a table without rows where files of its name have no header
// line; false for others.
func (f *File) emptyTable(opt Options) bool {
	layouts := opt.layoutsOf(f.Stem)
	if layouts == nil {
		return false
	}
	f.Format, f.Columns = CSV, layouts[0]
	if opt.Digest {
		f.SHA256 = func() (string, error) { return hex.EncodeToString(sha256.New().Sum(nil)), nil }
	}
	return true
}
