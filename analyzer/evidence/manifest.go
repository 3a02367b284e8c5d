package evidence

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"
)

// bagText says which form the bundle has.
const bagText = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

// A list is a manifest: the digests of files, by name.
type list map[string]string

func (l list) text() []byte {
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(l)) {
		fmt.Fprintf(&b, "%s  %s\n", l[name], name)
	}
	return b.Bytes()
}

// listOf lists the files of the bundle.
func (b *Bundle) listOf(names []string, sum func([]byte) string) list {
	out := list{}
	for _, name := range names {
		out[name] = sum(b.files[name])
	}
	return out
}

// parseList reads a manifest, and says what is wrong with it, or nothing.
func parseList(text []byte, digits int) (out list, wrong string) {
	out = list{}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		sum, name, ok := strings.Cut(strings.TrimRight(line, "\r\n"), "  ")
		name = strings.TrimPrefix(name, "*")
		switch {
		case !ok || len(sum) != digits || strings.Trim(sum, "0123456789abcdef") != "" || !fs.ValidPath(name):
			return out, fmt.Sprintf("line %d: want a checksum of %d digits, two blanks and the name of a file", n, digits)
		case out[name] != "":
			return out, fmt.Sprintf("line %d: names a file again", n)
		}
		out[name] = sum
	}
	return out, ""
}

// infoText is bag-info.txt: the one file that says when.
func (b *Bundle) infoText(at time.Time, tool string) []byte {
	var octets int64
	names := b.inPayload()
	for _, name := range names {
		octets += int64(len(b.files[name]))
	}
	at = at.UTC()
	return fmt.Appendf(nil, "Bag-Software-Agent: paperlight %s\nBagging-Date: %s\nBagging-Time: %s\nPayload-Oxum: %d.%d\n",
		tool, at.Format(time.DateOnly), at.Format(time.RFC3339), octets, len(names))
}

// madeAt is when the bundle says that it was made.
func (b *Bundle) madeAt() (time.Time, bool) {
	for line := range strings.Lines(string(b.files[infoName])) {
		if value, ok := strings.CutPrefix(line, "Bagging-Time: "); ok {
			at, err := time.Parse(time.RFC3339, strings.TrimRight(value, "\r\n"))
			return at, err == nil
		}
	}
	return time.Time{}, false
}
