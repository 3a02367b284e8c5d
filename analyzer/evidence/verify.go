package evidence

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"time"

	"golang.org/x/crypto/ssh"

	"paperlight/analyzer/report"
	"paperlight/rules"
)

// Asking says how a bundle is to be verified.
type Asking struct {
	// Signers are those whose signatures count; nil where nobody said.
	Signers *Signers
	// Now is when it is, for keys that are valid for a time.
	Now time.Time
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
	// Verdicts are those of the report, once it is known to follow.
	Verdicts []Verdict `json:"verdicts"`
}

// A Verdict is one of the report.
type Verdict struct {
	Practice      string         `json:"practice"`
	Accreditation string         `json:"accreditation"`
	Verdict       report.Verdict `json:"verdict"`
}

type verifying struct {
	*Bundle
	asking Asking
	found  *Findings
	// listed are the digests that files should have, added those that have no place.
	listed list
	added  []string
}

// Verify says what is wrong with a bundle. Where the files are not as they were, the
// report is not made again: what it would differ in comes of that.
func (b *Bundle) Verify(a Asking) *Findings {
	v := &verifying{Bundle: b, asking: a, listed: list{}, found: &Findings{Faults: []Fault{}, Files: len(b.files), Extracts: []string{}, Verdicts: []Verdict{}}}
	v.lists()
	if len(v.found.Faults) == 0 {
		v.content()
	}
	v.signature()
	v.found.Faults = order(v.found.Faults)
	return v.found
}

// tops are the files at the top that a bundle has.
var tops = append([]string{tags256}, tagged...)

// lists holds the files to the lists, and the lists to one another.
func (v *verifying) lists() {
	tags, wrong := parseList(v.files[tags256], 64)
	if wrong != "" {
		v.fault(BadList, tags256, "", wrong)
	}
	for _, name := range tops {
		text, there := v.files[name]
		sum, listed := tags[name]
		switch {
		case name == tags256:
			if !there {
				v.drop(name, "")
			}
			continue
		case there && !listed && wrong == "" && v.files[tags256] != nil:
			v.fault(Shortened, tags256, name, "")
		case !there:
			v.drop(name, sum)
		case listed && sum256(text) != sum:
			v.listed[name] = sum
		}
	}
	for _, name := range slices.Sorted(maps.Keys(tags)) {
		if !slices.Contains(tops, name) {
			v.fault(BadList, tags256, name, "it lists a file that is none of the top of a bundle")
		}
	}
	for _, name := range v.Names() {
		if !isPayload(name) && name != SignatureName && !slices.Contains(tops, name) {
			v.added = append(v.added, name)
		}
	}
	v.payloads(tags)
	v.moved()
}

// drop notes a file that is not there, with the digest that it should have.
func (v *verifying) drop(name, sum string) { v.listed[name] = sum }

// A payloadList is one of the three lists of what lies below data.
type payloadList struct {
	file   string
	sums   list
	sum    func([]byte) string
	intact bool
}

// payloads holds what lies below data to the lists of it. Of lists that disagree those
// count that are as the list of lists says, since who changes one list mostly forgets
// another.
func (v *verifying) payloads(tags list) {
	var all []*payloadList
	add := func(file string, sums list, sum func([]byte) string, wrong string) {
		text, there := v.files[file]
		intact := tags[file] == sum256(text)
		switch {
		case !there:
			return
		case wrong != "" && (intact || tags[file] == ""):
			v.fault(BadList, file, "", wrong)
		}
		all = append(all, &payloadList{file, sums, sum, intact && wrong == ""})
	}
	sums, wrong := parseList(v.files[payload256], 64)
	add(payload256, sums, sum256, wrong)
	sums, wrong = parseList(v.files[payload512], 128)
	add(payload512, sums, sum512, wrong)
	sums, _, wrong = v.subjects()
	add(statementName, sums, sum256, wrong)
	trusted := slices.DeleteFunc(slices.Clone(all), func(l *payloadList) bool { return !l.intact })
	if len(trusted) == 0 {
		trusted = all
	}
	names := map[string]bool{}
	for _, name := range v.inPayload() {
		names[name] = true
	}
	for _, l := range trusted {
		for name := range l.sums {
			names[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		v.payload(name, trusted, all)
	}
	for _, l := range all { // a list that is not intact, and of which it is not known in what
		if _, broken := v.listed[l.file]; broken && l.shorter(trusted) {
			delete(v.listed, l.file)
			v.fault(Shortened, l.file, l.lacks(trusted), "")
		}
	}
}

// payload holds one file to the lists.
func (v *verifying) payload(name string, trusted, all []*payloadList) {
	text, there := v.files[name]
	in := slices.DeleteFunc(slices.Clone(trusted), func(l *payloadList) bool { return l.sums[name] == "" })
	if len(in) == 0 {
		v.added = append(v.added, name)
		return
	}
	for _, l := range trusted {
		if l.sums[name] == "" {
			v.fault(Shortened, l.file, name, "")
		}
	}
	for _, l := range in {
		switch {
		case !there, l.sum(text) != l.sums[name]:
			v.listed[name] = l.sums[name]
			return
		}
	}
	if slices.Contains(v.spoilt, name) {
		v.fault(Changed, name, "", "the archive does not hold what it says of it")
	}
}

// shorter reports whether the list is one of the others with lines taken out.
func (l *payloadList) shorter(others []*payloadList) bool {
	lacks := l.lacks(others)
	if lacks == "" {
		return false
	}
	for _, o := range others {
		for name := range l.sums {
			if o != l && o.sums[name] == "" {
				return false
			}
			if o != l && len(o.sums[name]) == len(l.sums[name]) && o.sums[name] != l.sums[name] {
				return false
			}
		}
	}
	return true
}

// lacks is the first file that the list does not have, and others do.
func (l *payloadList) lacks(others []*payloadList) string {
	lacks := ""
	for _, o := range others {
		for name := range o.sums {
			if l.sums[name] == "" && (lacks == "" || name < lacks) {
				lacks = name
			}
		}
	}
	return lacks
}

// moved tells files that were renamed or swapped from those that were changed, dropped or
// added.
func (v *verifying) moved() {
	sumOf := func(name, like string) string {
		if len(like) == 128 {
			return sum512(v.files[name])
		}
		return sum256(v.files[name])
	}
	for _, name := range slices.Sorted(maps.Keys(v.listed)) {
		sum, wanted := v.listed[name]
		if _, there := v.files[name]; !wanted || there {
			continue
		}
		is := func(other string) bool {
			if name == tags256 {
				return bytes.Equal(v.files[other], v.listOf(tagged, sum256).text())
			}
			return sum != "" && sumOf(other, sum) == sum
		}
		if i := slices.IndexFunc(v.added, is); i >= 0 {
			v.fault(Renamed, name, v.added[i], "")
			v.added = slices.Delete(v.added, i, i+1)
		} else {
			v.fault(Dropped, name, "", "")
		}
		delete(v.listed, name)
	}
	for _, name := range slices.Sorted(maps.Keys(v.listed)) {
		sum, still := v.listed[name]
		if !still {
			continue
		}
		for other, theirs := range v.listed {
			if other != name && sumOf(other, sum) == sum && sumOf(name, theirs) == theirs {
				v.fault(Swapped, name, other, "")
				delete(v.listed, name)
				delete(v.listed, other)
				break
			}
		}
		if _, still := v.listed[name]; still {
			v.changed(name)
		}
	}
	for _, name := range v.added {
		v.fault(Extra, name, "", "")
	}
}

// changed says of a file how it was changed.
func (v *verifying) changed(name string) {
	if name == logName {
		v.log()
		return
	}
	v.fault(Changed, name, "", "")
}

// log says what was done to the log.
func (v *verifying) log() {
	lines := logLines(v.files[logName])
	_, logged, wrong := v.subjects()
	chained := true
	previous := ""
	for _, line := range lines {
		chained = chained && bytes.HasSuffix(line, []byte(`"previous":"`+previous+`"}`))
		previous = sum256(line)
	}
	switch {
	case wrong == "" && chained && len(lines) < logged.Lines:
		v.fault(LogShortened, logName, "", "")
	default:
		v.fault(LogChanged, logName, "", "")
	}
}

// signature holds the signature to the list that it is over, and to who may sign.
func (v *verifying) signature() {
	text, there := v.files[SignatureName]
	if !there {
		if v.asking.Signers != nil {
			v.fault(NotSigned, SignatureName, "", "")
		}
		return
	}
	s, err := parseSignature(text)
	if err == nil {
		err = s.check(v.files[SignedName])
	}
	switch {
	case errors.Is(err, errNamespace):
		v.fault(OtherPurpose, SignatureName, "", "")
	case errors.Is(err, errSignature):
		v.fault(OtherFiles, SignatureName, "", "")
	case err != nil:
		v.fault(BadSignature, SignatureName, "", "")
	default:
		v.signer(s)
	}
}

func (v *verifying) signer(s *signature) {
	v.found.Key = ssh.FingerprintSHA256(s.key)
	if v.asking.Signers == nil {
		return
	}
	name, wrong := v.asking.Signers.who(s.key, v.asking.Now)
	if wrong != "" {
		v.fault(SignedByOther, SignatureName, "", wrong)
		return
	}
	v.found.Signer = name
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
	switch {
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
	case !same(logName):
		v.log()
		return
	case !same(statementName):
		v.fault(StatementDiffers, statementName, "", "")
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
	v.found.Rules, v.found.Scheme = shown.Rules.Version, shown.Scheme.ID
	for _, x := range shown.Extracts {
		v.found.Extracts = append(v.found.Extracts, x.SHA256)
	}
	if ours, err := rules.Embedded(); err == nil {
		v.found.Published = ours.SHA256 == shown.Rules.SHA256
	}
	for i := range shown.Practices {
		for _, a := range shown.Practices[i].Accreditations {
			v.found.Verdicts = append(v.found.Verdicts, Verdict{shown.Practices[i].PracticeID, a.ID, a.Verdict})
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
