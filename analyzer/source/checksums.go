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
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
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
	// of is the file that a list of one is for, by its name; else empty.
	of string
	// lenient passes over lines that are no checksum: the list lies beside the
	// extract, and may be of something else.
	lenient bool
	hash    func() hash.Hash
	sums    map[string]string // in hex, by path from the root of the extract
	order   []string          // the paths as they are listed
}

// listForm tells by its name whether a file is a list of checksums, and which.
func listForm(name string) (l checksumList, ok bool) {
	l.hash = sha256.New
	name, _ = cutEnding(name, ".txt")
	switch strings.ToUpper(name) {
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
		l.of, ok = cutEnding(name, ".sha256")
		return l, ok && l.of != ""
	}
	return l, true
}

// cutEnding takes an ending off a name, in whichever case it is written. It cuts the
// name itself: a name in capitals can be of another length.
func cutEnding(name, ending string) (string, bool) {
	at := len(name) - len(ending)
	if at < 0 || !strings.EqualFold(name[at:], ending) {
		return name, false
	}
	return name[:at], true
}

// readList reads a list of checksums that lies in folder.
func readList(label, folder, name string, in *input, lenient bool) (*checksumList, error) {
	l, _ := listForm(name)
	l.label, l.folder, l.sums, l.lenient = label, folder, map[string]string{}, lenient && l.of == ""
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
	lines, n := bufio.NewScanner(bytes.NewReader(inUTF8(text))), int64(0)
	for lines.Scan() {
		n++
		if line := strings.TrimSpace(lines.Text()); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if len(l.order) == maxListed {
			return nil, within(label, limit("more than %d files are listed", maxListed))
		}
		if err := l.add(lines.Text()); err != nil && !l.lenient {
			return nil, within(label, err.record(n))
		}
	}
	switch {
	case lines.Err() != nil && !l.lenient:
		return nil, within(label, fault("a line is too long for a checksum and a name"))
	case l.of != "" && !slices.ContainsFunc(l.order, l.isOf):
		return nil, within(label, fault("lists another file than the one that it is named after").hint("name it after the file that it lists, or call it SHA256SUMS"))
	}
	return &l, nil
}

// isOf reports whether a listed file is the one that the list is named after, with
// its ending or without.
func (l *checksumList) isOf(listed string) bool {
	name := path.Base(listed)
	return name == l.of || strings.HasPrefix(name, l.of+".")
}

// inUTF8 is a text without its byte-order mark; PowerShell writes UTF-16.
func inUTF8(text []byte) []byte {
	if !bytes.HasPrefix(text, []byte("\xff\xfe")) {
		return bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	}
	var units []uint16
	for i := 2; i+1 < len(text); i += 2 {
		units = append(units, uint16(text[i])|uint16(text[i+1])<<8)
	}
	return []byte(string(utf16.Decode(units)))
}

// tagged is a line as sha256sum --tag and openssl dgst write it.
var tagged = regexp.MustCompile(`^SHA(?:2-)?(?:256|512) ?\((.+)\) ?= ?([0-9A-Fa-f]+)$`)

// add reads one line: the checksum in hex, blanks, and the name.
func (l *checksumList) add(line string) *DecodeError {
	line = strings.TrimRight(line, "\r\n")
	if parts := tagged.FindStringSubmatch(line); parts != nil {
		line = parts[2] + "  " + parts[1]
	} else if l.of != "" && len(strings.TrimSpace(line)) == 2*l.hash().Size() {
		line = strings.TrimSpace(line) + "  " + l.of
	}
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
	if name = path.Join(l.folder, name); name == l.label {
		return nil // made by a command that found the list itself, half written
	}
	if l.sums[name] != "" && l.sums[name] != sum {
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

// inside strips the name of the folder that the list lies in from all of its paths,
// where it was made beside the folder and put there later.
func (l *checksumList) inside(root string, there func(string) bool) {
	for _, listed := range l.order {
		if rest, ok := strings.CutPrefix(listed, root+"/"); !ok || there(listed) || !there(rest) {
			return
		}
	}
	sums := map[string]string{}
	for i, listed := range l.order {
		l.order[i] = strings.TrimPrefix(listed, root+"/")
		sums[l.order[i]] = l.sums[listed]
	}
	l.sums = sums
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
