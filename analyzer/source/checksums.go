package source

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"io"
	"io/fs"
	"path"
	"strings"
)

// maxListBytes and maxListed bound a list of checksums.
const maxListBytes, maxListed = 4 << 20, 20_000

// A checksumList is a list of checksums that came with an extract: SHA256SUMS,
// as sha256sum writes it, or a manifest of BagIt (RFC 8493).
type checksumList struct {
	label  string // how messages name it
	folder string // where it lies: it names files from there
	// payload: only what lies in the folder data is listed.
	payload bool
	// every: each file of the extract has to be listed, as far as the list goes.
	every bool
	hash  func() hash.Hash
	sums  map[string]string // in hex, by path from the root of the extract
	order []string          // the paths as they are listed
}

// listForm tells by its name whether a file is a list of checksums, and which.
func listForm(name string) (l checksumList, ok bool) {
	l.hash = sha256.New
	switch upper := strings.ToUpper(strings.TrimSuffix(strings.ToLower(name), ".txt")); upper {
	case "SHA256SUMS", "SHA256SUM":
		l.every = true
	case "SHA512SUMS", "SHA512SUM":
		l.every, l.hash = true, sha512.New
	case "MANIFEST-SHA256":
		l.every, l.payload = true, true
	case "MANIFEST-SHA512":
		l.every, l.payload, l.hash = true, true, sha512.New
	case "TAGMANIFEST-SHA256":
	case "TAGMANIFEST-SHA512":
		l.hash = sha512.New
	default:
		stem, single := strings.CutSuffix(upper, ".SHA256")
		return l, single && stem != ""
	}
	return l, true
}

// readList reads a list of checksums that lies in folder.
func readList(label, folder, name string, in *input) (*checksumList, error) {
	l, _ := listForm(name)
	l.label, l.folder, l.sums = label, folder, map[string]string{}
	s, err := in.stream()
	if err != nil {
		return nil, within(label, err)
	}
	defer s.close()
	text, err := io.ReadAll(io.LimitReader(s, maxListBytes+1))
	switch {
	case err != nil:
		return nil, within(label, damaged(err))
	case len(text) > maxListBytes:
		return nil, within(label, limit("over %d MiB, and it is a list of checksums", maxListBytes>>20))
	}
	lines, n := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))), int64(0)
	for lines.Scan() {
		n++
		if line := strings.TrimSpace(lines.Text()); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if len(l.order) == maxListed {
			return nil, within(label, limit("more than %d files are listed", maxListed))
		}
		if err := l.add(lines.Text()); err != nil {
			return nil, within(label, err.record(n))
		}
	}
	if lines.Err() != nil {
		return nil, within(label, fault("a line is too long for a checksum and a name"))
	}
	return &l, nil
}

// add reads one line: the checksum in hex, blanks, and the name.
func (l *checksumList) add(line string) *DecodeError {
	line = strings.TrimRight(line, "\r\n")
	line, escaped := strings.CutPrefix(line, `\`)
	at := strings.IndexAny(line, " \t")
	want := fault("want a checksum of %d hex digits, then the name of a file", 2*l.hash().Size()).hint("make the list again: sha256sum * > SHA256SUMS")
	if at != 2*l.hash().Size() {
		return want
	}
	sum, name := strings.ToLower(line[:at]), line[at:]
	if _, err := hex.DecodeString(sum); err != nil {
		return want
	}
	name = strings.TrimPrefix(strings.TrimLeft(name, " \t"), "*")
	switch {
	case escaped:
		name = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r").Replace(name)
	case l.payload || !l.every:
		name = strings.NewReplacer("%0A", "\n", "%0a", "\n", "%0D", "\r", "%0d", "\r", "%25", "%").Replace(name)
	}
	name = strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "./")
	if !fs.ValidPath(name) || name == "." {
		return fault("names a file outside the folder that the list lies in").hint("list the files by their names alone")
	}
	if name = path.Join(l.folder, name); l.sums[name] != "" && l.sums[name] != sum {
		return fault("lists one file twice, with two checksums").hint("make the list again")
	}
	if l.sums[name] == "" {
		l.order = append(l.order, name)
	}
	l.sums[name] = sum
	return nil
}

// below keeps of a list that lies beside an extract what it says of the extract,
// by paths from its root; nil where it says nothing.
func (l *checksumList) below(name string, folder bool) *checksumList {
	out := *l
	out.sums, out.order, out.every = map[string]string{}, nil, l.every && folder
	for _, listed := range l.order {
		switch rest, inside := strings.CutPrefix(listed, name+"/"); {
		case folder && inside:
			out.sums[rest], out.order = l.sums[listed], append(out.order, rest)
		case !folder && listed == name:
			out.sums[name], out.order = l.sums[listed], []string{name}
		}
	}
	if len(out.order) == 0 {
		return nil
	}
	return &out
}

// covers reports whether a file has to be listed.
func (l *checksumList) covers(label string) bool {
	if !l.every {
		return false
	}
	under := l.folder
	if l.payload {
		under = path.Join(under, "data")
	}
	return under == "" || strings.HasPrefix(label, under+"/")
}
