package source

import (
	"archive/zip"
	"compress/flate"
	"hash/crc32"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"paperlight/analyzer/crash"
)

// findZip lists the data files of a zip archive, which is never unpacked to
// disk. An archive with an unsafe, repeated or overlapping entry is refused.
func (b *Bundle) findZip(archive found) (place, error) {
	z, err := openZip(archive.in)
	if err != nil {
		return place{}, err
	}
	var out []found
	entries := map[string]*input{}
	for _, e := range z {
		if e.file.FileInfo().IsDir() {
			continue
		}
		f := found{folder: e.folder, name: e.name, in: e.input(archive.in), packed: true}
		entries[f.label()] = f.in
		_, list := listForm(e.name)
		switch _, k, packing := classify(e.name); {
		case list:
			out = append(out, f)
		case k == kindZip:
			return place{}, fault("an archive inside the archive").hint("unpack the outer archive and run again")
		case k == kindNone, e.deep, e.ofSystem(), k == kindJSON && !looksFHIR(f.in.unpacked(packing).stream):
			b.Ignored = append(b.Ignored, f.label())
		default:
			out = append(out, f)
		}
	}
	at := separate(out, func(label string) (*input, func(), error) {
		if in := entries[label]; in != nil {
			return in, func() {}, nil
		}
		return nil, nil, fs.ErrNotExist
	})
	at.archive = archive
	return at, nil
}

type zipEntry struct {
	file         *zip.File
	folder, name string
	deep         bool // below a folder of a folder
	start        int64
}

// openZip reads and checks the directory of the archive.
func openZip(in *input) (entries []zipEntry, err error) {
	defer crash.Catch(&err, "the reading")
	// The count is looked at before the directory is read: see zipCount.
	if n, ok := zipCount(in); ok && n > maxEntries {
		return nil, limit("more than %d entries in the archive", maxEntries)
	}
	z, err := zip.NewReader(in.at, in.size)
	if err != nil {
		return nil, &DecodeError{Message: "want a zip archive; its directory cannot be read", Hint: "copy or export the file again", cause: err}
	}
	if len(z.File) > maxEntries {
		return nil, limit("more than %d entries in the archive", maxEntries)
	}
	separateByBackslash(z.File)
	seen := map[string]bool{}
	for i, f := range z.File {
		if err := checkZipEntry(f, seen); err != nil {
			if f.Flags&zipEncrypted == 0 {
				err = err.record(int64(i + 1))
			}
			return nil, err
		}
		e := zipEntry{file: f}
		if e.start, err = f.DataOffset(); err != nil {
			return nil, &DecodeError{Message: "an entry of the archive is damaged", cause: err}
		}
		dir, name := path.Split(strings.TrimSuffix(f.Name, "/"))
		e.folder, e.name = strings.TrimSuffix(dir, "/"), name
		entries = append(entries, e)
	}
	if err := checkOverlap(entries, in.size); err != nil {
		return nil, err
	}
	dropRoot(entries)
	return entries, nil
}

// separateByBackslash makes slashes of the backslashes by which some programs of Windows
// separate folders. Where a name has a slash, a backslash is something else.
func separateByBackslash(files []*zip.File) {
	for _, f := range files {
		if strings.Contains(f.Name, "/") {
			return
		}
	}
	for _, f := range files {
		f.Name = strings.ReplaceAll(f.Name, `\`, "/")
	}
}

// zipEncrypted is the flag of an entry that needs a password.
const zipEncrypted = 1

// zipAgain is the cure where no program that reads names with care can use an archive.
const zipAgain = "make the archive again (Windows: right-click the folder, then Send to, Compressed folder), or give the folder itself"

func checkZipEntry(f *zip.File, seen map[string]bool) *DecodeError {
	if !safeName(f.Name) {
		return fault("the archive has an entry with an unsafe name").hint(zipAgain)
	}
	key := strings.ToLower(strings.TrimSuffix(f.Name, "/"))
	if seen[key] {
		return fault("the archive has two entries of one name").hint(zipAgain)
	}
	seen[key] = true
	mode := f.Mode()
	if !mode.IsRegular() && !mode.IsDir() {
		return fault("the archive has an entry that is not a regular file")
	}
	if f.Flags&zipEncrypted != 0 {
		return fault("is password-protected").hint("unpack it with its password, then run again")
	}
	if f.Method != zip.Store && f.Method != zip.Deflate {
		return fault("the archive uses a compression other than deflate").hint("make the archive again with the usual settings")
	}
	return nil
}

// safeName accepts relative slash-separated names that every system reads
// alike.
func safeName(name string) bool {
	if len(name) > 1024 || strings.ContainsAny(name, "\\:") || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return false
	}
	name = strings.TrimSuffix(name, "/")
	if !fs.ValidPath(name) || name == "." {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.TrimRight(part, " .") != part || deviceName(part) {
			return false
		}
	}
	return true
}

// deviceName reports whether Windows takes the name for a device.
func deviceName(part string) bool {
	base, _, _ := strings.Cut(strings.ToUpper(part), ".")
	switch base {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	return len(base) == 4 && (strings.HasPrefix(base, "COM") || strings.HasPrefix(base, "LPT")) && base[3] >= '0' && base[3] <= '9'
}

// checkOverlap refuses entries that share stored bytes, the way to declare
// petabytes in a small archive.
func checkOverlap(entries []zipEntry, size int64) error {
	order := slices.Clone(entries)
	slices.SortFunc(order, func(a, b zipEntry) int { return int(min(max(a.start-b.start, -1), 1)) })
	end := int64(0)
	for _, e := range order {
		stored := e.file.CompressedSize64
		if e.start < end || stored > uint64(size) || e.start > size-int64(stored) {
			return fault("the archive has entries that overlap or lie outside it")
		}
		if stored > 0 {
			end = e.start + int64(stored)
		}
	}
	return nil
}

// dropRoot forgets the one folder that holds everything, but for what a Mac
// puts beside it, and marks entries that lie deeper than a table's folder.
func dropRoot(entries []zipEntry) {
	root := ""
	for _, e := range entries {
		top, _, nested := strings.Cut(e.file.Name, "/")
		if systemFolder(top) || Strewn(top) {
			continue
		}
		if !nested || root != "" && top != root {
			root = ""
			break
		}
		root = top
	}
	for i := range entries {
		e := &entries[i]
		if root != "" {
			e.folder = strings.TrimPrefix(strings.TrimPrefix(e.folder, root), "/")
		}
		e.deep = strings.Contains(e.folder, "/")
	}
}

// ofSystem reports whether the entry lies in a folder of the system's.
func (e zipEntry) ofSystem() bool {
	top, _, _ := strings.Cut(e.folder, "/")
	return systemFolder(top)
}

// input returns the entry's content; entries stored as they are can be read
// at random, others only streamed.
func (e zipEntry) input(archive *input) *input {
	f := e.file
	stored := int64(f.CompressedSize64)
	out := &input{name: e.name, stored: stored, size: -1, changed: archive.changed}
	section := func() *io.SectionReader { return io.NewSectionReader(archive.at, e.start, stored) }
	if f.Method == zip.Store {
		out.at, out.size = section(), stored
		out.stream = out.section
		out.verify = func() error { return verifyStored(section(), f) }
		return out
	}
	out.stream = func() (*stream, error) {
		raw := &counter{r: section()}
		r := flate.NewReader(raw)
		body := &zipBody{r: &bounded{r: r, left: maxStreamBytes}, stored: stored, want: f.UncompressedSize64, crc: f.CRC32}
		return &stream{Reader: body, taken: func() int64 { return raw.n }, close: func() { _ = r.Close() }}, nil
	}
	return out
}

// verifyStored holds an entry that is not compressed against its checksum,
// which reading at random would never see.
func verifyStored(r io.Reader, f *zip.File) error {
	sum := crc32.NewIEEE()
	if _, err := io.CopyBuffer(sum, r, make([]byte, blockBytes)); err != nil {
		return fault("the archive ends too early")
	}
	if f.UncompressedSize64 != f.CompressedSize64 || sum.Sum32() != f.CRC32 {
		return fault("an entry of the archive is damaged").hint("copy or export the file again")
	}
	return nil
}
