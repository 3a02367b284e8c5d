package rules

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/visible"
)

// A Folder holds rule pages (set/name.md), with their cases in set/testdata,
// definitions.yaml, prevalence.yaml, and code lists in codelists; each part
// may be absent.
type Folder struct {
	FS fs.FS
	// Name stands before the file names in messages: the base name of the
	// folder, never an absolute path. May be empty.
	Name string
	// Strict asks for what the published catalogue needs: a page with every
	// heading, cases for every rule and the origin of every code list.
	Strict bool
	// Proven says that a test has had CEL's own checker accept every condition.
	Proven bool
	// ListsOnly says that FS is a folder of code lists alone.
	ListsOnly bool
	compiled  *compiled // nil where every file is parsed
	filedAs   string    // stands for Name in digests, where it is not empty
}

// Load reads and checks folders into one catalogue. A later folder adds rules
// and definitions, and adds code lists or replaces them by name. The error is
// every fault of every file, each an *Error or an *expr.Error, joined.
func Load(folders ...Folder) (*Catalogue, error) {
	l := &loader{lists: map[string]*Codelist{}, lines: map[string][]string{}}
	base := 0
	for i, f := range folders {
		if i > 0 { // a digest is of what is added, whatever its folder is called
			f.filedAs = fmt.Sprintf("added-%d", i)
		}
		if l.folder(f); i == 0 {
			base = len(l.files)
		}
	}
	c := &Catalogue{Definitions: l.definitions, Rules: l.rules, Lists: map[string]*expr.Codelist{}, Prevalence: l.prevalence, Version: Version, lines: l.lines}
	if len(folders) > 1 {
		c.Version += "+local"
	}
	for name, list := range l.lists {
		c.Lists[name] = list.codes()
		c.Codelists = append(c.Codelists, list)
	}
	slices.SortFunc(c.Codelists, func(a, b *Codelist) int { return strings.Compare(a.Name, b.Name) })
	for _, list := range c.Codelists {
		if list.Supplements != "" && l.lists[list.Supplements] == nil {
			l.faults.add(&Error{File: list.File, Message: fmt.Sprintf("supplements %q, and there is no such code list", list.Supplements)})
		}
	}
	slices.SortFunc(c.Rules, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	l.check(c)
	if err := l.faults.err(); err != nil {
		return nil, err
	}
	c.BaseSHA256, c.SHA256 = digestOf(l.files[:base]), digestOf(l.files)
	return c, nil
}

// digestOf is over "digest  name" lines, whatever their order.
func digestOf(files []string) string {
	return digest([]byte(strings.Join(slices.Sorted(slices.Values(files)), "")))
}

type loader struct {
	faults      faults
	definitions []expr.Definition
	rules       []*Rule
	lists       map[string]*Codelist
	prevalence  *Prevalence
	files       []string            // "digest  name" lines of all that bears on a result
	lines       map[string][]string // of the files that hold expressions, for messages
}

// folder reads one folder.
func (l *loader) folder(f Folder) {
	if _, err := fs.Stat(f.FS, "."); err != nil {
		l.faults.add(&Error{File: f.label("."), Message: "the folder cannot be read"})
		return
	}
	before := len(l.files) + len(l.faults.list)
	if f.ListsOnly {
		if l.codelists(f, "."); len(l.files)+len(l.faults.list) == before {
			l.faults.add(&Error{File: f.label("."), Message: "the folder holds no code list", Hint: "a code list is a file name.csv with the columns system, code and term"})
		}
		return
	}
	l.rulesOf(f)
	if len(l.files)+len(l.faults.list) == before {
		l.faults.add(&Error{File: f.label("."), Message: "the folder holds no rule", Hint: "a rule is a page set/name.md; paperlight rules new set/name writes one"})
	}
}

// rulesOf reads what a folder of rules may hold.
func (l *loader) rulesOf(f Folder) {
	l.define(f)
	l.prevalenceOf(f)
	if _, err := fs.Stat(f.FS, "codelists"); err == nil {
		l.codelists(f, "codelists")
	}
	for _, name := range l.glob(f, "*.md") {
		if text, err := fs.ReadFile(f.FS, name); err == nil && strings.HasPrefix(string(visible.Unmarked(text)), "---\n") {
			l.faults.add(&Error{File: f.label(name), Message: "a rule page outside a set", Hint: "rule pages lie one folder down: set/" + name})
		}
	}
	known := map[string]bool{}
	for _, name := range l.glob(f, "*/*.md") {
		if !isPage(name) {
			continue
		}
		known[casesName(name, "")] = true
		for _, p := range l.page(f, name) {
			known[casesName(name, p.PartName())] = true
		}
	}
	for _, name := range l.glob(f, "*/testdata/*.txtar") {
		if !known[name] {
			l.faults.add(&Error{File: f.label(name), Message: "cases without a rule", Hint: "name the archive as the rule's page is named"})
		}
	}
}

// glob returns the names that match, sorted.
func (l *loader) glob(f Folder, pattern string) []string {
	names, err := fs.Glob(f.FS, pattern)
	if err != nil {
		l.faults.add(fmt.Errorf("list %s: %w", pattern, err))
	}
	return names
}

// define adds the definitions of a folder.
func (l *loader) define(f Folder) {
	t, ok := l.read(f, "definitions.yaml", maxPage)
	if !ok {
		return
	}
	file := t.name
	l.lines[file] = t.lines()
	for _, d := range parseDefinitions(t, &l.faults) {
		if slices.ContainsFunc(l.definitions, func(have expr.Definition) bool { return have.Name == d.Name && have.Table == d.Table }) {
			l.faults.add(&Error{File: file, Line: d.Alternatives[0].Line, Column: 1,
				Message: fmt.Sprintf("%s of %s is defined already", d.Name, d.Table.Name), Hint: "choose another name; what published rules mean cannot be changed"})
			continue
		}
		d.Proven, d.Compiled = f.Proven, f.compiled.expressions()
		l.definitions = append(l.definitions, d)
	}
}

// page reads the page of a rule and returns the parts of it.
func (l *loader) page(f Folder, name string) []*Rule {
	t, ok := l.read(f, name, maxPage)
	if !ok {
		return nil
	}
	file := t.name
	l.lines[file] = t.lines()
	r := parseRule(name, t, &l.faults)
	if r == nil {
		return nil
	}
	r.SHA256 = t.sha256
	if i := slices.IndexFunc(l.rules, func(have *Rule) bool { return have.ID == r.ID }); i >= 0 {
		l.faults.add(&Error{File: file, Line: 2, Column: 1, Message: fmt.Sprintf("%s stands in %s already", r.ID, l.rules[i].File),
			Hint: "choose another name: reports and schemes quote ids for years"})
		return r.Parts
	}
	for _, one := range r.Whole() {
		one.Source.Proven, one.Source.Compiled = f.Proven, f.compiled.expressions()
		l.cases(f, name, one)
	}
	if f.Strict && r.lacksFloor() {
		l.faults.add(&Error{File: file, Message: noFloor, Hint: noFloorHint})
	}
	if f.Strict {
		for _, fault := range r.Page.faults() {
			l.faults.add(&Error{File: file, Message: fault[0], Hint: fault[1]})
		}
	}
	l.rules = append(l.rules, r)
	return r.Parts
}

// cases reads the cases of a rule, or of a part of it.
func (l *loader) cases(f Folder, page string, r *Rule) {
	name := casesName(page, r.PartName())
	r.CasesFile = f.label(name)
	if cases, ok := l.text(f, name, maxPage); ok {
		r.Cases = visible.Unmarked(cases)
	} else if _, err := fs.Stat(f.FS, name); f.Strict && errors.Is(err, fs.ErrNotExist) {
		l.faults.add(&Error{File: r.File, Message: r.NoCases(), Hint: "write them in " + r.CasesFile})
	}
}

func (l *loader) codelists(f Folder, dir string) {
	for _, name := range l.glob(f, path.Join(dir, "*.csv")) {
		t, ok := l.read(f, name, maxCodelist)
		if !ok {
			continue
		}
		c := &Codelist{Name: strings.TrimSuffix(path.Base(name), ".csv"), File: t.name}
		if !keyForm.MatchString(c.Name) {
			l.faults.add(&Error{File: c.File, Message: "want a name of small letters, digits and hyphens"})
		}
		c.Entries = parseEntries(c.File, t.text, &l.faults)
		beside := strings.TrimSuffix(name, ".csv") + ".yaml"
		switch _, err := fs.Stat(f.FS, beside); {
		case err == nil:
			if t, ok := l.read(f, beside, maxPage); ok {
				c.parseProvenance(t, f.Strict, &l.faults)
			}
		case f.Strict:
			l.faults.add(&Error{File: c.File, Message: "does not say where it comes from", Hint: "write title, source, release and licence in " + f.label(beside)})
		}
		if c.Covers == nil {
			c.coverByCodes()
		}
		l.lists[c.Name] = c
	}
	for _, name := range l.glob(f, path.Join(dir, "*.yaml")) {
		if _, ok := l.lists[strings.TrimSuffix(path.Base(name), ".yaml")]; !ok {
			l.faults.add(&Error{File: f.label(name), Message: "there is no code list of this name", Hint: "an empty list is a file with the line system,code,term"})
		}
	}
}

// check builds the language and checks every rule against it.
func (l *loader) check(c *Catalogue) {
	language, err := expr.NewLanguage(c.Definitions, c.Lists, c.Prevalence.names()...)
	if err != nil {
		l.faults.add(relocate(l.lines, err))
		return
	}
	c.Language = language
	l.agree(c)
	for _, whole := range c.Rules {
		if whole.Evidence == EvidenceDeclared {
			continue
		}
		for _, r := range whole.Whole() {
			checked, err := language.Check(r.Source)
			if err != nil {
				l.faults.add(relocate(l.lines, err))
				continue
			}
			r.Checked = checked
		}
	}
}

// relocate gives the faults of an expression the line and column of the file,
// whose lines it is given, in place of those of the expression's text.
func relocate(lines map[string][]string, err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var out []error
		for _, e := range joined.Unwrap() {
			out = append(out, relocate(lines, e))
		}
		return errors.Join(out...)
	}
	var e *expr.Error
	if !errors.As(err, &e) || e.Line < 1 || e.Line > len(lines[e.File]) {
		return err
	}
	line := strings.TrimRight(lines[e.File][e.Line-1], " \r")
	at := strings.Index(line, e.Snippet)
	if e.Snippet == "" || at < 0 {
		return err
	}
	moved := *e
	moved.Snippet, moved.Column = line, e.Column+utf8.RuneCountInString(line[:at])
	return &moved
}

// read returns a file that bears on results, and notes its digest. It notes a
// fault unless the file is only absent.
func (l *loader) read(f Folder, name string, limit int64) (*textFile, bool) {
	text, ok := l.text(f, name, limit)
	if !ok {
		return nil, false
	}
	t := newTextFile(f.label(name), text, f.compiled)
	l.files = append(l.files, t.sha256+"  "+path.Join(cmp.Or(f.filedAs, f.Name), name)+"\n")
	return t, true
}

// text returns the content of a file; it notes a fault unless the file is only
// absent.
func (l *loader) text(f Folder, name string, limit int64) ([]byte, bool) {
	info, err := fs.Stat(f.FS, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false
	}
	file := f.label(name)
	if err == nil && info.Size() > limit {
		l.faults.add(&Error{File: file, Message: fmt.Sprintf("is larger than %d KiB", limit>>10)})
		return nil, false
	}
	text, err := fs.ReadFile(f.FS, name)
	if err != nil {
		l.faults.add(&Error{File: file, Message: "cannot be read"})
		return nil, false
	}
	if err := checkUTF8(file, text); err != nil {
		l.faults.add(err)
		return nil, false
	}
	return text, true
}

// label is the name of a file in messages.
func (f *Folder) label(name string) string {
	return path.Join(f.Name, name)
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
