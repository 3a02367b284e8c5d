package source

import (
	"archive/zip"
	"hash/crc32"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"paperlight/analyzer/crash"
	"paperlight/analyzer/internal/inflate"
)

// findZip lists the data files of a zip archive, which is never unpacked to
// disk. An archive with an unsafe, repeated or overlapping entry is refused. Of one
// that holds several extracts, inside is the folder of this one.
func (b *Bundle) findZip(archive found, inside string) (place, error) {
	z, err := openZip(archive.in, inside)
	if err != nil {
		return place{}, err
	}
	b.Ignored = append(b.Ignored, z.passed...)
	if b.Below == "" {
		b.Below = z.below
	}
	if err := b.keptIn(z.entries); err != nil {
		return place{}, err
	}
	var out []found
	entries := map[string]*input{}
	for _, e := range z.entries {
		if e.file.FileInfo().IsDir() || e.kept {
			continue
		}
		f := e.found()
		f.in, f.packed = e.input(archive.in), true
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

// A zipList is what lies in an archive.
type zipList struct {
	entries []zipEntry
	// passed are the names of entries that hold no table, and that no program would
	// unpack everywhere.
	passed []string
	below  string // the folders that hold all of it, below the first
}

type zipEntry struct {
	file         *zip.File
	folder, name string
	sub          string // folders within the folder of a table
	constants    []constant
	deep         bool // below a folder of a folder
	kept         bool // in a folder that a database keeps
	start        int64
}

func (e *zipEntry) found() found {
	return found{folder: e.folder, sub: e.sub, constants: e.constants, name: e.name}
}

// openZip reads and checks the directory of the archive.
func openZip(in *input, inside string) (out zipList, err error) {
	defer crash.Catch(&err, "the reading")
	// The count is looked at before the directory is read: see zipCount.
	if n, ok := zipCount(in); ok && n > maxEntries {
		return out, limit("more than %d entries in the archive", maxEntries)
	}
	z, err := zip.NewReader(in.at, in.size)
	if err != nil {
		return out, &DecodeError{Message: "want a zip archive; its directory cannot be read", Hint: "copy or export the file again", cause: err}
	}
	if len(z.File) > maxEntries {
		return out, limit("more than %d entries in the archive", maxEntries)
	}
	namesInUTF8(z.File)
	separateByBackslash(z.File)
	seen := map[string]bool{}
	for i, f := range z.File {
		if harmless(f.Name) {
			out.passed = append(out.passed, f.Name)
			continue
		}
		if err := checkZipEntry(f, seen); err != nil {
			if f.Flags&zipEncrypted == 0 {
				err = err.record(int64(i + 1))
			}
			return out, err
		}
		e := zipEntry{file: f}
		if e.start, err = f.DataOffset(); err != nil {
			return out, &DecodeError{Message: "an entry of the archive is damaged", cause: err}
		}
		dir, name := path.Split(strings.TrimSuffix(f.Name, "/"))
		e.folder, e.name = strings.TrimSuffix(dir, "/"), name
		out.entries = append(out.entries, e)
	}
	if err := checkOverlap(out.entries, in.size); err != nil {
		return out, err
	}
	if inside != "" {
		out.entries, out.passed = entriesInside(out.entries, inside), nil
	}
	out.below = dropRoots(out.entries, inside != "")
	return out, nil
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
const zipAgain = "unpack it and give the folder, or make the archive again (Windows: right-click the folder, then Send to, Compressed folder)"

func checkZipEntry(f *zip.File, seen map[string]bool) *DecodeError {
	if !safeName(f.Name) {
		return fault("the archive has an entry with an unsafe name: %s", oddness(f.Name)).hint(zipAgain)
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

// dropRoots forgets the folders that hold everything, but for what a Mac
// puts beside them, and marks entries that lie deeper than a table's folder. It returns
// the folders that it dropped after the first, which is gone already where inside says so.
func dropRoots(entries []zipEntry, inside bool) (below string) {
	for at := range maxDescent {
		root := rootOf(entries, at > 0 || inside)
		if root == "" {
			break
		}
		for i := range entries {
			e := &entries[i]
			if e.folder == root {
				e.folder = ""
			} else {
				e.folder = strings.TrimPrefix(e.folder, root+"/")
			}
		}
		if at > 0 || inside {
			below = path.Join(below, root)
		}
	}
	for i := range entries {
		entries[i].divide()
	}
	return below
}

// rootOf is the one folder in which all entries lie; chain says that those in it must
// lie in folders too: else it is perhaps the folder of a table.
func rootOf(entries []zipEntry, chain bool) (root string) {
	for _, e := range entries {
		full := path.Join(e.folder, e.name)
		if e.file.FileInfo().IsDir() {
			full += "/"
		}
		top, rest, nested := strings.Cut(full, "/")
		if systemFolder(top) || Strewn(top) || full == "/" {
			continue
		}
		if !nested || root != "" && top != root || chain && (strings.Contains(top, "=") || !strings.Contains(rest, "/") && holdsData(rest) || strings.Contains(rest, "=")) {
			return ""
		}
		root = top
	}
	return root
}

// divide finds the folder of the table and the folders named after values in it.
func (e *zipEntry) divide() {
	folder, sub, nested := strings.Cut(e.folder, "/")
	if !nested {
		return
	}
	f := found{folder: folder}
	for part := range strings.SplitSeq(sub, "/") {
		in, partition := f.partitioned(part)
		if !partition {
			e.deep = true
			return
		}
		f = in
	}
	e.folder, e.sub, e.constants = f.folder, f.sub, f.constants
}

// keptIn refuses the folders of the archive that a database keeps, and marks what lies
// in them.
func (b *Bundle) keptIn(entries []zipEntry) error {
	by := map[string]string{}
	for _, e := range entries {
		for part := range strings.SplitSeq(path.Join(e.folder, e.name), "/") {
			if keeper := keepers[part]; keeper != "" {
				folder, _, _ := strings.Cut(e.folder, "/")
				if folder == part || folder == "" {
					return kept(keeper)
				}
				by[folder] = keeper
			}
		}
	}
	for i := range entries {
		folder, _, _ := strings.Cut(entries[i].folder, "/")
		entries[i].kept = by[folder] != ""
	}
	for _, folder := range slices.Sorted(maps.Keys(by)) {
		b.Unread = append(b.Unread, tableOf(by[folder], folder))
	}
	return nil
}

// entriesInside are the entries of a folder of the archive, as if it were the archive.
func entriesInside(all []zipEntry, folder string) (inside []zipEntry) {
	for _, e := range all {
		below, ok := strings.CutPrefix(e.folder+"/", folder+"/")
		if !ok {
			continue
		}
		e.folder = strings.TrimSuffix(below, "/")
		inside = append(inside, e)
	}
	return inside
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
	out := &input{name: e.name, stored: stored, size: -1, about: int64(min(f.UncompressedSize64, maxStreamBytes)), changed: archive.changed}
	section := func() *io.SectionReader { return io.NewSectionReader(archive.at, e.start, stored) }
	if f.Method == zip.Store {
		out.at, out.size = section(), stored
		out.stream = out.section
		out.verify = func() error { return verifyStored(section(), f) }
		return out
	}
	out.stream = func() (*stream, error) {
		raw := &counter{r: section()}
		body := &zipBody{r: &bounded{r: inflate.NewReader(raw), left: maxStreamBytes}, stored: stored, want: f.UncompressedSize64, crc: f.CRC32}
		return &stream{Reader: body, taken: func() int64 { return raw.n }, close: func() {}}, nil
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
