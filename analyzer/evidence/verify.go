package evidence

import (
	"bytes"
	"errors"
	"time"

	"paperlight/analyzer/report"
	"paperlight/analyzer/sampling"
	"paperlight/rules"
)

// Asking says how a bundle is to be verified.
type Asking struct {
	// Signers are those whose signatures count; nil where nobody said.
	Signers *Signers
	// Now is when it is, for keys that are valid for a time.
	Now time.Time
	// Seed is what hand checks were to be drawn with; nil where nobody said.
	Seed *sampling.Seed
	// Version is of this program.
	Version string
}

// Findings are what a verification found.
type Findings struct {
	Faults []Fault `json:"faults"`
	Files  int     `json:"files"`
	MadeAt string  `json:"made_at"`
	// Signer is who signed, by the list of signers; Key the fingerprint of the key. Both
	// are empty where there is no signature that fits.
	Signer string `json:"signer"`
	Key    string `json:"key"`
	// ScoredAgain: the report was made again from the counts, and is the same.
	ScoredAgain bool         `json:"scored_again"`
	Level       report.Level `json:"level"`
	Tool        Tool         `json:"tool"`
	Rules       string       `json:"rules"`
	// Published: the rules are those that this version of the program comes with.
	Published bool     `json:"published_rules"`
	Scheme    string   `json:"scheme"`
	Extracts  []string `json:"extracts"` // their digests
	// Options are what was asked for that changes a result, as the report says it.
	Options []report.Option `json:"options"`
	// Verdicts are those of the report, once it is known to follow.
	Verdicts []Verdict `json:"verdicts"`
	// HandChecks and Challenges are what people said of the result. The report does not
	// depend on them.
	HandChecks []HandCheck  `json:"hand_checks"`
	Challenges []Challenged `json:"challenges"`
}

// A Verdict is one of the report.
type Verdict struct {
	Practice      string         `json:"practice"`
	Accreditation string         `json:"accreditation"`
	Verdict       report.Verdict `json:"verdict"`
	// ODSCode is empty where the extract has none. AsOf is the day that the practice was
	// judged as of, 2026-03-31.
	ODSCode string `json:"ods_code"`
	Title   string `json:"title"` // of the accreditation
	AsOf    string `json:"as_of"`
}

type verifying struct {
	*Bundle
	asking Asking
	found  *Findings
	// listed are the digests that files should have, added those that have no place.
	listed list
	added  []string
	// elsewhere: the signature is there under another name.
	elsewhere bool
}

// Verify says what is wrong with a bundle. Where the files are not as they were, the
// report is not made again: what it would differ in comes of that.
func (b *Bundle) Verify(a Asking) *Findings {
	v := &verifying{Bundle: b, asking: a, listed: list{}, found: &Findings{Faults: []Fault{}, Files: len(b.files), Extracts: []string{}, Options: []report.Option{}, Verdicts: []Verdict{}, HandChecks: []HandCheck{}, Challenges: []Challenged{}}}
	v.lists()
	if len(v.found.Faults) == 0 {
		v.content()
	}
	v.signature()
	v.found.Faults = order(v.found.Faults)
	return v.found
}

// content holds what follows from the counts and the rules to what is there. All lists
// agree, but who has no key to sign with can make lists anew.
func (v *verifying) content() {
	if string(v.files[bagName]) != bagText {
		v.fault(NotABundle, bagName, "", "")
	}
	r, err := v.record()
	if err != nil {
		v.fault(NotABundle, runName, "", err.Error())
		return
	}
	v.found.Level, v.found.Tool = r.Level, r.Tool
	if v.placeless(r); len(v.found.Faults) > 0 {
		return
	}
	at, ok := v.madeAt()
	if !ok || !bytes.Equal(v.infoText(at, r.Tool.Version), v.files[infoName]) {
		v.fault(NotABundle, infoName, "", "")
	}
	v.found.MadeAt = at.UTC().Format(time.RFC3339)
	follows, err := v.derive(at)
	var unfit *unfitError
	switch {
	case errors.As(err, &unfit):
		v.fault(NotABundle, unfit.file, "", unfit.err.Error())
		return
	case errors.Is(err, errRules):
		v.fault(RulesDiffer, runName, "", "")
		return
	case err != nil:
		v.fault(NotABundle, runName, "", err.Error())
		return
	}
	v.compare(r, follows)
}

// compare holds the files that follow from others to what they should be.
func (v *verifying) compare(r *record, follows map[string][]byte) {
	same := func(name string) bool { return bytes.Equal(follows[name], v.files[name]) }
	kind := ReportDiffers
	if r.Tool.Version != v.asking.Version {
		kind = OtherVersion
	} else if string(v.files[readmeName]) != readme {
		v.fault(NotABundle, readmeName, "", "")
	}
	for _, name := range []string{reportName, pageName} {
		if !same(name) {
			v.fault(kind, name, "", "")
		}
	}
	switch {
	case len(v.found.Faults) > 0:
		return
	case !same(logName) && bytes.HasPrefix(follows[logName], v.files[logName]):
		v.fault(LogShortened, logName, "", "")
		return
	case !same(logName):
		v.fault(LogChanged, logName, "", "")
		return
	case !same(statementName):
		v.fault(StatementDiffers, statementName, "", "")
		return
	}
	if v.holdAttached(r); len(v.found.Faults) > 0 {
		return
	}
	v.found.ScoredAgain = true
	v.tell(r)
}

// tell says what the bundle is about, once it holds together.
func (v *verifying) tell(r *record) {
	shown, err := report.ReadJSON(bytes.NewReader(v.files[reportName]))
	if err != nil {
		return
	}
	v.found.Rules, v.found.Scheme, v.found.Options = shown.Rules.Version, shown.Scheme.ID, shown.Options
	for _, x := range shown.Extracts {
		v.found.Extracts = append(v.found.Extracts, x.SHA256)
	}
	if ours, err := rules.Embedded(); err == nil {
		v.found.Published = ours.SHA256 == shown.Rules.SHA256
	}
	for i := range shown.Practices {
		p := &shown.Practices[i]
		for _, a := range p.Accreditations {
			v.found.Verdicts = append(v.found.Verdicts, Verdict{Practice: p.PracticeID, Accreditation: a.ID, Verdict: a.Verdict, ODSCode: p.ODSCode, Title: a.Title, AsOf: p.AsOf})
		}
	}
}

// placeless finds files below data that a bundle has no place for: nothing is made from
// them, so nothing else would tell.
func (v *verifying) placeless(r *record) {
	places := map[string]bool{reportName: true, pageName: true, runName: true, logName: true, prevalenceName: r.Catalogue.Prevalence, schemeName: r.Scheme.File}
	for i := range r.Extracts {
		places[stateName(i)] = true
	}
	for i := range r.Mappings {
		places[mappingName(i)] = true
	}
	for i := range r.HandChecks {
		places[handCheckName(i)] = true
	}
	for i := range r.Challenges {
		places[challengeName(i)] = true
	}
	texts := v.texts(r)
	folders := map[string]rules.Folder{catalogueDir: folder("", texts.Base)}
	for i, a := range texts.Added {
		f := folder("", a.Files)
		f.ListsOnly = a.ListsOnly
		folders[addedDir(i)] = f
	}
	for dir, f := range folders {
		loaded, err := f.Texts(dir == catalogueDir)
		if err != nil {
			continue // the rules will not load
		}
		for name := range loaded {
			places[dir+name] = true
		}
	}
	for _, name := range v.inPayload() {
		if !places[name] {
			v.fault(Extra, name, "", "")
		}
	}
	for name, needed := range places {
		if _, there := v.files[name]; needed && !there {
			v.fault(Dropped, name, "", "the run names it")
		}
	}
}
