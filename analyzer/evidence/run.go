package evidence

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

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

// keptExtract is what an extract was scored from, beside its state.
type keptExtract struct {
	Name        string              `json:"name"`
	System      string              `json:"system"`
	Format      string              `json:"format"`
	SHA256      string              `json:"sha256"`
	Files       []keptFile          `json:"files"`
	Slips       []string            `json:"slips"`
	Notes       []string            `json:"notes"`
	Lists       []string            `json:"lists"`
	Bare        []string            `json:"bare"`
	Own         int                 `json:"own"`
	Identifying *report.Identifying `json:"identifying"`
	Missing     map[string][]string `json:"missing"`
	RuleNotes   map[string][]string `json:"rule_notes"`
	Options     []keptOption        `json:"options"`
	Answers     []keptAnswer        `json:"declarations"`
}

// keptFile is the digest of a file of the extract. Its name stays where the extract is.
type keptFile struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

type keptOption struct {
	report.Option
	File  bool `json:"file"`
	Reads bool `json:"reads"`
}

type keptAnswer struct {
	// SHA256 is of the whole answer, its free text included, so that who has it can
	// show that it is this one.
	SHA256 string `json:"sha256"`
	rules.Declaration
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

// kept is what a bundle holds of an extract at a level.
func (x *Extract) kept(level report.Level) (keptExtract, *state.State, error) {
	in := &x.Scored
	out := keptExtract{
		Name: in.Extract.Name, System: in.Extract.System, Format: in.Extract.Format, SHA256: in.Extract.SHA256, Files: []keptFile{},
		Slips: in.Extract.Slips, Notes: in.Extract.Notes, Lists: in.Extract.Lists, Bare: in.Extract.Bare, Own: in.Extract.Own,
		Identifying: in.Extract.Identifying, Missing: in.Missing, RuleNotes: in.RuleNotes,
	}
	for name, sum := range x.Files {
		out.Files = append(out.Files, keptFile{name, sum})
	}
	for _, o := range in.Options {
		out.Options = append(out.Options, keptOption{o, o.File, o.Reads})
	}
	asked := in.Catalogue.AnswerTerms()
	for _, d := range in.Declarations {
		known := slices.ContainsFunc(in.State.Practices, func(p state.PracticeState) bool { return d.Practice == "" || d.Practice == p.ID })
		if _, ok := asked[d.Key]; !ok || !known {
			continue // its key, or its practice, is whatever somebody wrote, and decides nothing
		}
		whole, err := json.Marshal(d)
		if err != nil {
			return out, nil, err
		}
		out.Answers = append(out.Answers, keptAnswer{sum256(whole), d})
	}
	s := in.State
	if level != report.Practice {
		s = out.withhold(s, level)
	}
	slices.SortFunc(out.Files, func(a, b keptFile) int { return strings.Compare(a.Name+" "+a.SHA256, b.Name+" "+b.SHA256) })
	return out, s, nil
}

// withhold takes out what stays where the extract is: names of files and folders, notes
// that may name them, places in them, and free text of answers. The report of the level
// follows from what is left as it does from the whole.
func (x *keptExtract) withhold(s *state.State, level report.Level) *state.State {
	x.Name, x.Slips, x.Notes = "", nil, nil
	x.Bare = make([]string, len(x.Bare))
	for i := range x.Files {
		x.Files[i].Name = ""
	}
	for i := range x.Options {
		if x.Options[i].File {
			x.Options[i].Value = ""
		}
	}
	for i := range x.Answers {
		d := &x.Answers[i].Declaration
		d.File, d.Evidence, d.Role, d.VerifiedBy = "", withheld(d.Evidence), withheld(d.Role), withheld(d.VerifiedBy)
	}
	if x.Identifying != nil {
		x.Identifying = score.Identifying(x.Identifying, level)
	}
	out := *s
	out.Tables = slices.Clone(s.Tables)
	for i := range out.Tables {
		t := &out.Tables[i]
		t.Faults = slices.Clone(t.Faults)
		for j := range t.Faults {
			t.Faults[j].First = nil
		}
	}
	return &out
}

// withheld stands in for a free text: what is empty stays so, since an answer without a
// role counts for less.
func withheld(text string) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return "withheld"
}

// scored is what the extract is scored from again.
func (x *keptExtract) scored(r *record, s *state.State, c *rules.Catalogue, scheme *rules.Scheme) score.Input {
	in := score.Input{
		State: s, Catalogue: c, Scheme: scheme, Missing: x.Missing, RuleNotes: x.RuleNotes, Practices: r.Asked.Practices,
		Extract: score.Extract{Name: x.Name, System: x.System, Format: x.Format, SHA256: x.SHA256, Slips: x.Slips, Notes: x.Notes,
			Lists: x.Lists, Bare: x.Bare, Own: x.Own, Identifying: x.Identifying},
		Level: r.Level, ToolVersion: r.Tool.Version,
	}
	for _, o := range x.Options {
		o.Option.File, o.Option.Reads = o.File, o.Reads
		in.Options = append(in.Options, o.Option)
	}
	for _, a := range x.Answers {
		in.Declarations = append(in.Declarations, a.Declaration)
	}
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
