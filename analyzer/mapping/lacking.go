package mapping

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"paperlight/analyzer/schema"
	"paperlight/analyzer/source"
	"paperlight/analyzer/visible"
)

// lacking is a file that has the name of a source and lacks columns of it.
type lacking struct {
	file    *source.File
	source  string
	columns []string
}

// cure says what to do about the columns; "" where nothing in the file is near.
func (l lacking) cure() string {
	names, data := visible.Header(l.file.Columns, nil)
	if data {
		return visible.HeaderHint
	}
	for _, want := range l.columns {
		for _, have := range l.file.Unsupported {
			if folded(have) == folded(want) {
				return fmt.Sprintf("its column %s is of a type that is not read: write it as text, numbers or dates", want)
			}
		}
		for i, have := range l.file.Columns {
			if schema.NearestColumn(have, l.columns) == want {
				return fmt.Sprintf("column %s: %s Rename it in the header", shown(names[i]), schema.Meant(want))
			}
		}
	}
	return ""
}

func (l lacking) unrecognised(s *System) error {
	hint := l.cure()
	if hint == "" {
		hint = "canonical files are patients.csv (or .parquet, .arrow) with the column patient_id, and its related tables"
	}
	return &RefusedError{
		Message: fmt.Sprintf("no known system: %s is named like %s of %s but has no column %s", shown(l.file.Name), l.source, s.Title, strings.Join(l.columns, ", ")),
		Hint:    hint,
	}
}

// whole refuses an extract of which a table would be read in part, or would
// count as absent though a file has its name.
func (b *bindings) whole() error {
	for _, l := range b.lacks {
		if !b.fills(l.source) {
			continue
		}
		hint := l.cure()
		if hint == "" {
			hint = "export the table again with the column, or take the file out of the extract"
		}
		return &RefusedError{
			Message: fmt.Sprintf("%s is named like the table %s but has no column %s", shown(label(l.file)), l.source, strings.Join(l.columns, ", ")),
			Hint:    hint,
		}
	}
	if err := b.unreadForms(false); err != nil {
		return err
	}
	return b.oneNameEach()
}

// fills reports whether a name alone tells a source well enough to refuse a
// file that has it: it fills a table, or has one name and no other.
func (b *bindings) fills(name string) bool {
	src := b.system.Sources[name]
	if src == nil {
		return slices.Contains(sideTables, name)
	}
	if src.pattern == noFile {
		return false
	}
	if !strings.Contains(src.File, ".*") {
		return true
	}
	for _, targets := range b.system.Tables {
		if slices.ContainsFunc(targets, func(t *Target) bool { return t.From == name }) {
			return true
		}
	}
	return false
}

// oneNameEach refuses a file in which two columns have one name but for case,
// blanks or a byte-order mark: one of them would win in silence.
func (b *bindings) oneNameEach() error {
	for _, f := range b.all() {
		first := map[string]int{}
		for i, name := range f.file.Columns {
			have, twice := first[folded(name)]
			if !twice {
				first[folded(name)] = i
				continue
			}
			e := &RefusedError{
				Message: fmt.Sprintf("%s: columns %d and %d have the same name, but for capitals or spaces", shown(label(f.file)), have+1, i+1),
				Hint:    visible.HeaderHint,
			}
			if _, data := visible.Header(f.file.Columns, nil); !data {
				e.Message = fmt.Sprintf("%s: columns %d (%s) and %d (%s) have the same name, but for capitals or spaces", shown(label(f.file)), have+1, shown(f.file.Columns[have]), i+1, shown(name))
				e.Hint = "rename one of them in the header, or take it out"
			}
			return e
		}
	}
	return nil
}

// setAside notes the files that cannot be read, and refuses one that has the name of
// a table: it would count as absent.
func (b *bindings) setAside(files []source.Unread) error {
	names := b.reserved(false)
	var lacks []string
	for _, r := range names {
		if !r.bound {
			lacks = append(lacks, r.name)
		}
	}
	for _, f := range files {
		for _, r := range names {
			if r.pattern.MatchString(f.Stem) || r.pattern.MatchString(f.Folder) {
				return f.Err
			}
		}
		note := shown(path.Join(f.Folder, f.Name)) + " is not used: " + f.Why + ", and it is not named like a table."
		if near := nearestFile(f.Stem, lacks); near != "" {
			note += " Did you mean " + near + "?"
		}
		b.unread, b.headless = append(b.unread, note), append(b.headless, path.Join(f.Folder, f.Name))
	}
	return nil
}

// A reserved name is one that files of a source have.
type reserved struct {
	name    string
	pattern *regexp.Regexp
	bound   bool // some file that is read has it
}

// reserved are the names of the system's sources, and of what may lie beside.
func (b *bindings) reserved(required bool) []reserved {
	var out []reserved
	for _, name := range sortedKeys(b.system.Sources) {
		if src := b.system.Sources[name]; b.fills(name) && (src.Required || !required) {
			out = append(out, reserved{name, src.pattern, len(b.files[name]) > 0})
		}
	}
	if required {
		return out
	}
	for _, name := range sideTables {
		if b.system.Sources[name] == nil {
			out = append(out, reserved{name, canonical().Sources[name].pattern, len(b.files[name]) > 0})
		}
	}
	for _, side := range sideFiles {
		name := side.pattern()
		held := slices.ContainsFunc(b.all(), func(f *bound) bool { return name.MatchString(f.file.Stem) })
		out = append(out, reserved{side.stem, name, held || slices.ContainsFunc(b.unknown, func(f *source.File) bool { return name.MatchString(f.Stem) })})
	}
	return out
}

// unreadForms refuses a file with a table's name in a form that is not read,
// where no other file holds the table or it is a part of one; required looks at
// the tables by which a system is recognised alone.
func (b *bindings) unreadForms(required bool) error {
	names := b.reserved(required)
	for _, label := range b.ignored {
		label = fromCloud(label)
		if passedOver(label) {
			continue
		}
		for _, r := range names {
			if err := r.refuse(label); err != nil {
				return err
			}
		}
	}
	return nil
}

// refuse refuses the file or folder that was passed over where it would contain
// the table, or a part of it.
func (r reserved) refuse(label string) error {
	name, folder := strings.CutSuffix(label, "/")
	top, below, nested := strings.Cut(name, "/")
	form := strings.ToLower(path.Ext(name))
	switch {
	case nested && !r.pattern.MatchString(top):
		deep := slices.ContainsFunc(strings.Split(below, "/"), func(part string) bool { return r.pattern.MatchString(stemOf(part)) })
		if !deep || r.bound || prose[form] {
			return nil
		}
		if folder || strings.Contains(below, "/") {
			return &RefusedError{
				Message: fmt.Sprintf("%s is named like the table %s, but lies too deep in folders to be read", shown(name), r.name),
				Hint:    "give the folder that holds the tables, with each table in it as a file, or as a folder of its parts",
			}
		}
		nested = false // tables are read in this folder: what is wrong is the form
	case !nested && !r.pattern.MatchString(stemOf(top)):
		return nil
	case nested && (folder || strings.Contains(below, "/")):
		return &RefusedError{
			Message: fmt.Sprintf("%s lies in a folder inside the folder of the table %s, and is not read there", shown(name), r.name),
			Hint:    fmt.Sprintf("put the files of the table straight into the folder %s; what only the name of a folder says must become a column", shown(top)),
		}
	case folder, prose[form], r.bound && !(nested && packed[form]):
		return nil
	}
	what := "has the name"
	if nested {
		what = "lies in the folder"
	}
	return &RefusedError{
		Message: fmt.Sprintf("%s %s of the table %s, but is not a kind of file that can be read", shown(label), what, r.name),
		Hint:    formCure(form),
	}
}

// formCure says what to do about a file in a form that is not read.
func formCure(form string) string {
	return cmp.Or(source.SealedCure(form), "unpack it, or export it as CSV, Parquet or Arrow (.csv, .parquet, .arrow); if it is no table, take it out of the extract")
}

// fromCloud is the name of the file for which another stands.
func fromCloud(label string) string {
	folder, base := path.Split(label)
	if name, cloud := strings.CutSuffix(base, source.CloudForm); cloud && strings.HasPrefix(name, ".") {
		return folder + name[1:] + source.CloudForm
	}
	return label
}

// stemOf is the name of a file without all that follows its first dot.
func stemOf(label string) string {
	stem, _, _ := strings.Cut(path.Base(label), ".")
	return stem
}

// packed are file forms that may contain tables and are not read; prose are forms
// that contain none.
var (
	packed = setOf(".gpg .pgp .age .aes .p7m .enc .icloud .xlsx .xls .xlsm .xlsb .ods .zip .7z .rar .tar .tgz .gz .zst .bz2 .xz .lz4 .lzo .br .z .snappy .sz .parq .pq .orc .avro " +
		".jsonl .ndjson .sas7bdat .xpt .sav .dta .rds .rdata .db .sqlite .sqlite3 .duckdb .mdb .accdb .dat .psv .tab")
	prose = setOf(".pdf .doc .docx .odt .rtf .md .html .htm .png .jpg .jpeg .tif .tiff .bmp .gif .svg .yaml .yml .log .ini .sh .bat .py .r .sql " +
		".sha1 .sha256 .sha512 .md5 .crc .sig .asc .eml .msg .ppt .pptx")
)

func setOf(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// passedOver reports whether the name is one of those that lie beside data
// everywhere: check says nothing of them, inspect does.
func passedOver(label string) bool {
	for part := range strings.SplitSeq(label, "/") {
		if strings.HasPrefix(part, ".") || strings.HasPrefix(part, "_") {
			return true
		}
	}
	base := strings.ToLower(strings.TrimRightFunc(path.Base(label), unicode.IsControl))
	switch base {
	case "desktop.ini", "thumbs.db", "icon", "bagit.txt", "bag-info.txt", "declarations.yaml", "declarations.yml", "truth.json":
		return true
	}
	switch stem, _, _ := strings.Cut(base, "."); stem {
	case "readme", "source", "license", "licence", "notice", "copying":
		return true
	}
	return false
}

// nearlyNamed refuses files none of which holds patients where one of them
// would, but for a slip in its name.
func (b *bindings) nearlyNamed() error {
	for _, name := range sortedKeys(b.system.Sources) {
		src := b.system.Sources[name]
		if !src.Required || src.pattern == noFile {
			continue
		}
		for _, f := range b.unknown {
			header := bind(f, "").header
			lacks := slices.ContainsFunc(src.Needs, func(c string) bool { _, have := header[folded(c)]; return !have })
			if !lacks && nearestFile(f.Stem, []string{name}) != "" {
				return &RefusedError{
					Message: fmt.Sprintf("no known system: none of the files is named %s, but %s nearly is", name, shown(label(f))),
					Hint:    fmt.Sprintf("rename it to %s", shown(name+strings.TrimPrefix(f.Name, f.Stem))),
				}
			}
		}
	}
	return nil
}

// nearestFile returns the table that a file's name without its extension is
// near to, or one of the words in it: numbers, and s for several, do not count.
func nearestFile(stem string, tables []string) string {
	words := strings.FieldsFunc(stem, func(r rune) bool { return !unicode.IsLetter(r) })
	tried := append([]string{strings.Join(words, "")}, words...)
	single := make([]string, len(tables))
	for i, t := range tables {
		single[i] = singular(t)
	}
	for i, name := range tried {
		if i > 0 && len(name) < 5 {
			continue
		}
		if near := schema.NearestColumn(singular(name), single); near != "" {
			return tables[slices.Index(single, near)]
		}
	}
	return ""
}

func singular(name string) string {
	name = strings.ToLower(name)
	if stem, ok := strings.CutSuffix(name, "ies"); ok {
		return stem + "y"
	}
	return strings.TrimSuffix(name, "s")
}
