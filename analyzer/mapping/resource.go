package mapping

import (
	"context"
	"regexp"
	"slices"

	"paperlight/analyzer/source"
)

// A Resource says that a source is a type of FHIR resource.
type Resource struct {
	// Resource is the type, Paths where its columns are found (see parsePath).
	Resource string            `yaml:"resource" json:"resource,omitempty"`
	Paths    map[string]string `yaml:"paths" json:"paths,omitempty"`
	// Has is a column: resources without it do not count. Once is one too: of those
	// with one text there the first counts, since a bundle for each patient repeats
	// what is of the practice.
	Has  string `yaml:"has" json:"has,omitempty"`
	Once string `yaml:"once" json:"once,omitempty"`

	paths map[string]source.Path
}

var (
	typeName = regexp.MustCompile("^[A-Z][A-Za-z]*$")
	noFile   = regexp.MustCompile(`[^\s\S]`) // that resources have the name of
)

// checkResource holds a source of resources to what it may say.
func (s *System) checkResource(name string, src *Source) {
	at := "$.sources." + name
	switch {
	case src.File != "" || src.Numbered || len(src.Begins) > 0:
		s.fault(at, "source %s: a resource has no file", name)
		return
	case !typeName.MatchString(src.Resource.Resource):
		s.fault(at+".resource", "source %s: want the type of a resource", name)
		return
	case len(src.Paths) == 0:
		s.fault(at, "source %s: want the paths of its columns", name)
		return
	}
	src.paths, src.pattern = map[string]source.Path{}, noFile
	for _, column := range sortedKeys(src.Paths) {
		p, err := parsePath(src.Paths[column])
		if err != nil {
			s.fault(at+".paths."+column, "%s: %s", column, err)
			continue
		}
		src.paths[column] = p
	}
	for _, column := range append(slices.Clone(src.Needs), src.Has, src.Once) {
		if column != "" && src.paths[column] == nil {
			s.fault(at, "source %s: %s is none of its paths", name, column)
		}
	}
}

// ofResources reports whether the system reads FHIR.
func (s *System) ofResources() bool {
	for _, src := range s.Sources {
		if src.Resource.Resource != "" {
			return true
		}
	}
	return false
}

func byResources(s *System) int {
	if s.ofResources() {
		return 1
	}
	return 0
}

// bindResources binds the resources of the documents to the sources of a system that
// reads FHIR. To any other, the documents are files in a form that is not read.
func (b *bindings) bindResources(ctx context.Context, d *source.Documents) error {
	if d == nil {
		return nil
	}
	if !b.system.ofResources() {
		b.ignored = append(b.ignored, d.Names()...)
		slices.Sort(b.ignored)
		return nil
	}
	if err := d.Index(ctx); err != nil {
		return err
	}
	b.documents = d
	types := d.Types()
	var used []string
	for _, name := range sortedKeys(b.system.Sources) {
		src := b.system.Sources[name]
		if !slices.Contains(types, src.Resource.Resource) {
			if src.Required {
				return nil // not this system: nothing need be read
			}
			continue
		}
		used = append(used, src.Resource.Resource)
	}
	for _, name := range sortedKeys(b.system.Sources) {
		if !slices.Contains(used, b.system.Sources[name].Resource.Resource) {
			continue
		}
		f, err := d.Table(ctx, b.system.resource(name))
		if err != nil {
			return err
		}
		if len(f.Parts) > 0 {
			b.files[name] = append(b.files[name], bind(f, name))
		}
	}
	for _, kind := range types {
		if !slices.Contains(used, kind) {
			b.unused = append(b.unused, &source.File{Name: kind, Stem: kind, Format: source.FHIR, Charset: "utf-8"})
		}
	}
	return nil
}

// resource is a source of the system as the documents are asked for it.
func (s *System) resource(name string) source.Resource {
	src, kept := s.Sources[name], s.selecting(name)
	out := source.Resource{Name: name, Type: src.Resource.Resource, Has: src.Has, Once: src.Once}
	for _, column := range sortedKeys(src.paths) {
		out.Columns = append(out.Columns, source.ResourceColumn{Name: column, Path: src.paths[column], Kept: kept[column]})
	}
	return out
}

// selecting are the columns of a source that say which of its rows count, or that it
// is looked up by. They are kept where no resource has a text for them.
func (s *System) selecting(name string) map[string]bool {
	out := map[string]bool{}
	add := func(names ...string) {
		for _, column := range names {
			out[column] = true
		}
	}
	for _, targets := range s.Tables {
		for _, t := range targets {
			if t.From == name {
				t.Where.reads(add)
			}
		}
	}
	for _, l := range s.Lookups {
		if l.From == name {
			add(l.Key...)
			l.Where.reads(add)
		}
	}
	return out
}

// noPatients refuses documents of FHIR without what a system is recognised by.
func noPatients() error {
	return &RefusedError{
		Message: "no known system: the FHIR files hold no resource of type Patient",
		Hint:    "give all files of the export: bundles with their Patient, or Patient.ndjson beside the other types",
	}
}
