package evidence

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"paperlight/analyzer/kept"
	"paperlight/analyzer/report"
	"paperlight/analyzer/score"
	"paperlight/analyzer/state"
	"paperlight/analyzer/visible"
	"paperlight/rules"
)

// A Run is all that a bundle is made of. Equal runs make equal bundles.
type Run struct {
	// At is when the bundle was made. Nothing below data depends on it.
	At    time.Time
	Level report.Level
	Tool  Tool
	// Texts are what the run was judged by.
	Texts Texts
	Asked Asked
	// Extracts are those that were judged, in the order of the report, and NotRead those
	// that could not be.
	Extracts []Extract
	NotRead  []report.NotRead
	// HandChecks are files of sampling.Result, and Challenges of challenge.File, of
	// practices of the report.
	HandChecks, Challenges [][]byte
}

// A Tool is the program that made a bundle, and how it was built.
type Tool struct {
	Version string `json:"version"`
	// SHA256 is of the file of the program.
	SHA256   string `json:"sha256"`
	Go       string `json:"go"`
	System   string `json:"system"`
	Revision string `json:"revision"`
	// Modified: the source was not that of the revision.
	Modified bool `json:"modified"`
}

// Texts are the files of rules, code lists and scheme, as they were read.
type Texts struct {
	Version string
	Base    map[string][]byte
	Added   []Added
	// Prevalence is the file of expected shares in place of those of the catalogue; nil
	// where none was given.
	Prevalence []byte
	// Scheme is the id of one that comes with the catalogue, and SchemeText, where not
	// nil, a file in place of it.
	Scheme     string
	SchemeText []byte
	// Mappings are files that say how a system is read.
	Mappings [][]byte
}

// Added is a folder that was added to the catalogue.
type Added struct {
	ListsOnly bool
	Files     map[string][]byte
}

// Asked is what was asked for that the report does not hold in a form to repeat.
type Asked struct {
	AsOf        string   `json:"as_of"` // empty: the extract's own
	Outgoing    bool     `json:"outgoing"`
	TestNumbers bool     `json:"test_numbers"`
	Anonymised  bool     `json:"anonymised"`
	Practices   []string `json:"practices"`
}

// An Extract is what one extract was scored from, without its rules.
type Extract struct {
	Scored score.Input
	// Files are the digests of its files, by name.
	Files map[string]string
}

// version is of the form of a bundle; another one is refused.
const version = 1

// record is run.json.
type record struct {
	Version   int           `json:"version"`
	Level     report.Level  `json:"level"`
	Tool      Tool          `json:"tool"`
	Catalogue keptCatalogue `json:"catalogue"`
	Scheme    keptScheme    `json:"scheme"`
	Mappings  int           `json:"mappings"`
	Asked     Asked         `json:"asked"`
	Extracts  []keptExtract `json:"extracts"`
	NotRead   []keptRefusal `json:"not_read"`
	// HandChecks and Challenges count the files of each.
	HandChecks int `json:"hand_checks,omitempty"`
	Challenges int `json:"challenges,omitempty"`
}

type keptCatalogue struct {
	Version    string `json:"version"`
	SHA256     string `json:"sha256"`
	Added      []bool `json:"added_lists_only"` // one for each folder that was added
	Prevalence bool   `json:"prevalence"`
}

type keptScheme struct {
	ID     string `json:"id"`
	File   bool   `json:"file"`
	SHA256 string `json:"sha256"`
}

// keptExtract is what an extract was scored from, beside its state, and the digests of its
// files.
type keptExtract struct {
	kept.Extract
	Files []keptFile `json:"files"`
}

// keptFile is the digest of a file of the extract. Its name stays where the extract is.
type keptFile struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

type keptRefusal struct {
	Name     string `json:"name"`
	ExitCode int    `json:"exit_code"`
	Says     string `json:"says"`
	Hint     string `json:"hint"`
}

func stateName(i int) string   { return fmt.Sprintf("%sstates/%03d.json", payload, i+1) }
func mappingName(i int) string { return fmt.Sprintf("%smappings/%03d.yaml", payload, i+1) }
func addedDir(i int) string    { return fmt.Sprintf("%sadded/%03d/", payload, i+1) }

// kept is what a bundle holds of an extract at a level. Of each answer it has the digest of
// the whole, so that who has the answer can show that it is this one.
func (x *Extract) kept(level report.Level) (keptExtract, *state.State, error) {
	out := keptExtract{Extract: kept.Of(&x.Scored), Files: []keptFile{}}
	for i := range out.Answers {
		whole, err := json.Marshal(out.Answers[i].Declaration)
		if err != nil {
			return out, nil, err
		}
		out.Answers[i].SHA256 = sum256(whole)
	}
	for name, sum := range x.Files {
		if level != report.Practice {
			name = ""
		}
		out.Files = append(out.Files, keptFile{name, sum})
	}
	slices.SortFunc(out.Files, func(a, b keptFile) int { return strings.Compare(a.Name+" "+a.SHA256, b.Name+" "+b.SHA256) })
	return out, out.Withhold(x.Scored.State, level), nil
}

// scored is what the extract is scored from again.
func (x *keptExtract) scored(r *record, s *state.State, c *rules.Catalogue, scheme *rules.Scheme) score.Input {
	in := x.Input()
	in.State, in.Catalogue, in.Scheme, in.Practices, in.Level, in.ToolVersion = s, c, scheme, r.Asked.Practices, r.Level, r.Tool.Version
	return in
}

// folder is texts as a folder of rules.
func folder(name string, files map[string][]byte) rules.Folder {
	return rules.Folder{FS: memory(files), Name: name}
}

// Load is the catalogue and the scheme that the texts say.
func (t *Texts) Load() (*rules.Catalogue, *rules.Scheme, error) {
	var more []rules.Folder
	for i, a := range t.Added {
		f := folder(strings.TrimSuffix(strings.TrimPrefix(addedDir(i), payload), "/"), a.Files)
		f.ListsOnly = a.ListsOnly
		more = append(more, f)
	}
	c, err := rules.LoadKept(t.Version, folder("catalogue", t.Base), more...)
	if err == nil && t.Prevalence != nil {
		c, err = c.WithPrevalence("prevalence.yaml", t.Prevalence)
	}
	if err != nil {
		return nil, nil, err
	}
	var scheme *rules.Scheme
	if t.SchemeText != nil {
		scheme, err = rules.LoadScheme("scheme.yaml", t.SchemeText, c)
	} else {
		scheme, err = rules.PublishedScheme(t.Scheme, c)
	}
	return c, scheme, err
}

// record reads run.json, and holds it to what can be read.
func (b *Bundle) record() (*record, error) {
	r := &record{}
	if err := json.Unmarshal(b.files[runName], r); err != nil {
		return nil, errors.New("is not the record of a run")
	}
	switch {
	case r.Version != version:
		return nil, fmt.Errorf("is of version %d, and this program reads %d", r.Version, version)
	case r.Level != report.Practice && r.Level != report.Assessor:
		return nil, errors.New("names no level that there is")
	case len(r.Extracts) == 0 || len(r.Extracts) > maxFiles || len(r.Catalogue.Added) > maxFiles || r.Mappings < 0 || r.Mappings > maxFiles:
		return nil, errors.New("names too few or too many extracts or folders")
	case r.HandChecks < 0 || r.HandChecks > maxFiles || r.Challenges < 0 || r.Challenges > maxFiles:
		return nil, errors.New("names too few or too many hand checks or challenges")
	}
	return r, nil
}

// texts are those of the bundle.
func (b *Bundle) texts(r *record) Texts {
	t := Texts{Version: r.Catalogue.Version, Base: b.below(catalogueDir), Scheme: r.Scheme.ID}
	for i, listsOnly := range r.Catalogue.Added {
		t.Added = append(t.Added, Added{listsOnly, b.below(addedDir(i))})
	}
	if r.Catalogue.Prevalence {
		t.Prevalence = append([]byte{}, b.files[prevalenceName]...)
	}
	if r.Scheme.File {
		t.SchemeText = append([]byte{}, b.files[schemeName]...)
	}
	for i := range r.Mappings {
		t.Mappings = append(t.Mappings, b.files[mappingName(i)])
	}
	return t
}

func indented(v any) ([]byte, error) { return visible.JSON(v) }
