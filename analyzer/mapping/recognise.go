package mapping

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/source"
)

// A RefusedError says that the files cannot be taken as an extract.
type RefusedError struct {
	// Message says what is wrong, Hint what to do about it.
	Message, Hint string
}

func (e *RefusedError) Error() string { return e.Message }

// ExitCode is the exit code of the command for refused input.
func (e *RefusedError) ExitCode() int { return 3 }

// bindings are the files of a system, by source.
type bindings struct {
	system *System
	files  map[string][]*bound
	// unknown are the files that no source claims; lacks are those of them that
	// are named like a table and lack columns that it must have.
	unknown []*source.File
	lacks   []lacking
	// ignored are the names of files that hold no table in a form that is read.
	ignored []string
	below   string // as in the bundle
	habits  map[string]*habits
	told    []string // what is said by sources that have rows
	misses  []string // which lookups most keys are not found in
	// chosen says why the files are read as of this system, where they could be of
	// another too.
	chosen  []string
	noticed noticed
	// unused are files of the system that fill no canonical table; partial says
	// which columns are in some files of a table only.
	unused  []*source.File
	partial []string
	// documents are the files of FHIR that tables are made of.
	documents *source.Documents
	// unread says which files cannot be read and are none of the system's, which
	// headless names.
	unread, headless []string
	// sided says what side files gave.
	sided []string
	// later is what later sets hold, by source; gathered are the rows of tables that
	// were kept when their source was read for lookups.
	later    map[string]*later
	gathered map[*Target]*gathered
	// firsts are the rows that count of targets that want one of each key.
	firsts map[*Target]*firsts
}

// recognised reports whether every required source is there.
func (b *bindings) recognised() bool {
	for name, src := range b.system.Sources {
		if src.Required && len(b.files[name]) == 0 {
			return false
		}
	}
	return true
}

// match binds files to the sources of a system, by name and by header.
func match(s *System, files []*source.File) *bindings {
	b := &bindings{system: s, files: map[string][]*bound{}}
	for _, f := range files {
		name, lacks := s.sourceOf(f)
		if name == "" && s.spare != nil && (s.spare.MatchString(f.Stem) || s.spare.MatchString(f.Folder)) {
			b.unused = append(b.unused, f)
			continue
		}
		if name == "" {
			b.unknown = append(b.unknown, f)
			if lacks.source != "" {
				b.lacks = append(b.lacks, lacks)
			}
			continue
		}
		claimed := bind(f, name)
		claimed.captured = s.Sources[name].captures(f)
		b.files[name] = append(b.files[name], claimed)
	}
	return b
}

// captures are the named groups of the pattern in the name of a file, or of its folder.
func (src *Source) captures(f *source.File) map[string]string {
	for _, name := range []string{f.Stem, f.Folder} {
		groups := src.pattern.FindStringSubmatch(name)
		if groups == nil {
			continue
		}
		out := map[string]string{}
		for i, group := range src.pattern.SubexpNames() {
			if group != "" {
				out[group] = groups[i]
			}
		}
		return out
	}
	return nil
}

// sourceOf returns the source whose name and columns the file has, or "" and
// what it lacks of one whose name it has; the name of a folder of parts goes
// before the name of the file.
func (s *System) sourceOf(f *source.File) (name string, lacks lacking) {
	header := bind(f, "").header
	for _, name := range []string{f.Folder, f.Stem} {
		if name == "" {
			continue
		}
		for _, candidate := range sortedKeys(s.Sources) {
			src := s.Sources[candidate]
			if !src.pattern.MatchString(name) || !src.begun(f) {
				continue
			}
			missing := slices.DeleteFunc(slices.Clone(src.Needs), func(c string) bool {
				_, have := header[folded(c)]
				return have
			})
			if len(missing) == 0 {
				return candidate, lacking{}
			}
			if lacks.source == "" || src.Required && !s.Sources[lacks.source].Required {
				lacks = lacking{file: f, source: candidate, columns: missing}
			}
		}
	}
	return "", lacks
}

// recognise chooses the system of the files: of those whose tables are there the one
// that fits best.
func recognise(ctx context.Context, systems []*System, bundle *source.Bundle) (*bindings, error) {
	own, err := claims(ctx, canonical(), bundle)
	if err != nil {
		return nil, err
	}
	var fit, unread []*bindings
	if own.recognised() {
		fit = append(fit, own)
	}
	tried := []*bindings{own}
	systems = slices.Clone(systems)
	// Those that read FHIR come last: beside the tables of another system its files are
	// files like any other.
	slices.SortStableFunc(systems, func(x, y *System) int { return byResources(x) - byResources(y) })
	for _, s := range systems {
		if s.ofResources() && len(fit) > 0 {
			continue
		}
		b, err := claims(ctx, s, bundle)
		if err != nil {
			return nil, err
		}
		switch {
		case s.Unread() && b.recognised():
			unread = append(unread, b)
		case s.Unread():
		case b.recognised():
			fit = append(fit, b)
			fallthrough
		default:
			tried = append(tried, b)
		}
	}
	if len(fit) == 0 && len(unread) > 0 {
		return nil, unread[0].refusal()
	}
	if len(fit) == 0 {
		if bundle.Documents != nil && len(bundle.Files) == 0 {
			return nil, noPatients()
		}
		return nil, unrecognised(tried, bundle.Files)
	}
	best := fittest(fit)
	if best == nil {
		return nil, &RefusedError{
			Message: "the files look like those of more than one system: " + strings.Join(titlesOf(fit), ", "),
			Hint:    mixtureHint(fit),
		}
	}
	if best != own {
		best.addSideFiles(own)
	}
	return best, best.unambiguous()
}

// claims binds the files of a bundle to a system.
func claims(ctx context.Context, s *System, bundle *source.Bundle) (*bindings, error) {
	b := match(s, bundle.Files)
	b.ignored, b.below = slices.Clone(bundle.Ignored), bundle.Below
	return b, b.bindResources(ctx, bundle.Documents)
}

// unambiguous refuses two files for one table, unless they are its parts: in a
// folder of the table's name, or numbered where the system does so.
func (b *bindings) unambiguous() error {
	if b.system.Sets != nil {
		return nil // see arrange
	}
	for _, name := range sortedKeys(b.files) {
		files := b.files[name]
		src := b.system.Sources[name]
		if len(files) < 2 || src != nil && src.Numbered {
			continue
		}
		for _, f := range files[1:] {
			if f.file.Folder == "" || f.file.Folder != files[0].file.Folder || src == nil || !src.pattern.MatchString(f.file.Folder) {
				return &RefusedError{
					Message: fmt.Sprintf("%s and %s both hold the table %s", shown(label(files[0].file)), shown(label(f.file)), name),
					Hint:    "give one of them; put two extracts into a folder each",
				}
			}
		}
	}
	return nil
}

// unrecognised says why no system fits: what comes nearest to one first.
func unrecognised(tried []*bindings, files []*source.File) error {
	if len(files) == 0 {
		return &RefusedError{
			Message: "no data files",
			Hint:    "give a folder, a zip or files in CSV, Parquet or Arrow",
		}
	}
	for _, b := range tried {
		if err := b.nearlyNamed(); err != nil {
			return err
		}
	}
	if err := fewestLacking(tried); err != nil {
		return err
	}
	for _, b := range tried {
		if err := b.unreadForms(true); err != nil {
			return err
		}
	}
	if err := withoutPatients(tried); err != nil {
		return err
	}
	hint := "want patients.csv (or .parquet, .arrow) with the column patient_id"
	if titles := titlesOf(tried[1:]); len(titles) > 0 {
		hint += ", or the files of a system that is known, with its table of patients: " + strings.Join(titles, ", ")
	}
	return &RefusedError{Message: "no known system: there is no file of patients", Hint: hint}
}

// fewestLacking names the file of patients that lacks the fewest columns; nil where no
// file is named like one.
func fewestLacking(tried []*bindings) error {
	var nearest lacking
	var of *System
	for _, b := range tried {
		for _, l := range b.lacks {
			if b.system.Sources[l.source].Required && (of == nil || len(l.columns) < len(nearest.columns)) {
				nearest, of = l, b.system
			}
		}
	}
	if of == nil {
		return nil
	}
	return nearest.unrecognised(of)
}

func titlesOf(all []*bindings) []string {
	var out []string
	for _, b := range all {
		out = append(out, b.system.Title)
	}
	return out
}

func label(f *source.File) string {
	if f.Folder != "" {
		return f.Folder + "/" + f.Name
	}
	return f.Name
}

// shown makes a name of a file or column safe to print.
func shown(name string) string { return extract.Shown(name) }
