package evidence

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var everyFault = flag.Bool("every-fault", false, "plant all 1,240 faults, not one in forty")

// planted is how many faults there are.
const planted = 1240

// A plant is one fault: what is done to a bundle, and what has to be said of it.
type plant struct {
	name string
	do   func(b *Bundle)
	// want are all faults that are to be told. Where also is set, what the report and the
	// statement differ in may be told beside them.
	want []string
	also bool
	// open: nobody said who may sign.
	open bool
}

// Somebody changes a bundle, and covers it up as far as he knows how to.
const (
	notCovered   = iota // no list is changed
	firstList           // the first list of files is made anew
	bothLists           // both are
	statementToo        // and the statement
	allLists            // and the list that is signed: the signature stays
	signedAnew          // and he signs it with a key of his own
	signedNoMore        // or takes the signature away
	nobodyAsked         // as signedNoMore, and nobody asks for a signature
	covers
)

// cover covers up what was done below data.
func cover(b *Bundle, how int) {
	if how >= firstList {
		b.files[payload256] = b.listOf(b.inPayload(), sum256).text()
	}
	if how >= bothLists {
		b.files[payload512] = b.listOf(b.inPayload(), sum512).text()
	}
	if how >= statementToo {
		b.files[statementName] = restated(b)
	}
	if how >= allLists {
		b.files[infoName] = b.infoText(made, "v1.2.3")
		b.files[tags256] = b.listOf(tagged, sum256).text()
	}
	switch how {
	case signedAnew:
		if err := b.Sign(other); err != nil {
			panic(err)
		}
	case signedNoMore, nobodyAsked:
		delete(b.files, SignatureName)
	}
}

// restated is the statement with the digests of what is there now, and its log.
func restated(b *Bundle) []byte {
	text := b.files[statementName]
	start, end := bytes.Index(text, []byte(`"subject"`)), bytes.Index(text, []byte(`"predicateType"`))
	var subjects []string
	for _, name := range b.inPayload() {
		subjects = append(subjects, fmt.Sprintf(`{"name":%q,"digest":{"sha256":%q}}`, name, sum256(b.files[name])))
	}
	out := slices.Concat(text[:start], []byte(`"subject":[`+strings.Join(subjects, ",")+`],`), text[end:])
	return out
}

// sealed are what is told beside the fault itself where it was covered up.
func sealed(how int, gone string) []string {
	list := func(name string) string {
		if gone != "" { // its line is gone, and the others have it
			return "shortened " + name + " " + gone
		}
		return "changed " + name
	}
	switch how {
	case firstList:
		return []string{list(payload256)}
	case bothLists:
		return []string{list(payload256), list(payload512)}
	case statementToo: // no list is left that has it
		return []string{"changed " + payload256, "changed " + payload512, "changed " + statementName}
	case allLists:
		return []string{"signature_of_other_files " + SignatureName}
	case signedAnew:
		return []string{"signed_by_another " + SignatureName}
	case signedNoMore:
		return []string{"not_signed " + SignatureName}
	}
	return nil
}

// A doing is what can be done to a file below data.
type doing struct {
	name string
	do   func(b *Bundle, file, second string)
	// says is what is told of it, and gone what the new lists lack.
	says func(file, second string) string
	gone bool
}

var doings = []doing{
	{"a byte changed", func(b *Bundle, file, _ string) { b.files[file] = flipped(b.files[file]) }, changedFile, false},
	{"the end cut off", func(b *Bundle, file, _ string) { b.files[file] = b.files[file][:len(b.files[file])/2] }, cutFile, false},
	{"emptied", func(b *Bundle, file, _ string) { b.files[file] = []byte{} }, cutFile, false},
	{"longer", func(b *Bundle, file, _ string) { b.files[file] = slices.Concat(b.files[file], []byte("\n\n")) }, changedFile, false},
	{"dropped", func(b *Bundle, file, _ string) { delete(b.files, file) }, func(f, _ string) string { return "dropped " + f }, true},
	{"renamed", func(b *Bundle, file, _ string) {
		b.files[payload+"new"+sum256([]byte(file))[:8]] = b.files[file]
		delete(b.files, file)
	}, func(f, _ string) string { return "renamed " + f + " " + payload + "new" + sum256([]byte(f))[:8] }, false},
	{"a copy added", func(b *Bundle, file, _ string) { b.files[file+".old"] = b.files[file] }, func(f, _ string) string { return "added " + f + ".old" }, false},
	{"swapped", func(b *Bundle, file, second string) { b.files[file], b.files[second] = b.files[second], b.files[file] },
		func(f, second string) string { return "swapped " + min(f, second) + " " + max(f, second) }, false},
	{"another put over it", func(b *Bundle, file, second string) { b.files[file] = b.files[second] }, changedFile, false},
}

func changedFile(file, _ string) string {
	if file == logName {
		return "log_changed " + file
	}
	return "changed " + file
}

func cutFile(file, _ string) string {
	if file == logName {
		return "log_shortened " + file
	}
	return "changed " + file
}

func flipped(text []byte) []byte {
	out := slices.Clone(text)
	out[len(out)/2] ^= 1
	return out
}

// onFiles are the faults of what lies below data: everything that can be done to every
// file, covered up in every way.
func onFiles(b *Bundle, random *rand.Rand) []plant {
	var out []plant
	names := b.inPayload()
	for i, file := range names {
		for _, d := range doings {
			second := names[(i+1+random.IntN(len(names)-1))%len(names)]
			for bytes.Equal(b.files[file], b.files[second]) {
				second = names[random.IntN(len(names))]
			}
			for how := range covers {
				p := plant{name: fmt.Sprintf("%s: %s, cover %d", file, d.name, how), want: sealed(how, ""), also: how >= allLists, open: how == nobodyAsked}
				if d.gone {
					p.want = sealed(how, file)
				}
				if how < statementToo {
					p.want = append(p.want, d.says(file, second))
				}
				p.do = func(b *Bundle) {
					d.do(b, file, second)
					cover(b, how)
				}
				out = append(out, p)
			}
		}
	}
	return out
}

// bearing are the files that a report is made of, or that follow from it: of those it is
// told that they do not go together, whoever covers it up.
func bearing(name string) bool {
	return !strings.HasPrefix(name, catalogueDir+"schemes/") || strings.HasSuffix(name, "england-2026.yaml")
}

// onStructure are the faults of the files that make a bundle.
func onStructure(b *Bundle, random *rand.Rand) []plant {
	var out []plant
	add := func(name string, do func(*Bundle), want ...string) {
		out = append(out, plant{name: name, do: do, want: want})
	}
	unfit := "signature_of_other_files " + SignatureName
	for _, file := range tagged {
		add(file+": changed", func(b *Bundle) { b.files[file] = flipped(b.files[file]) }, "changed "+file)
		add(file+": emptied", func(b *Bundle) { b.files[file] = []byte{} }, emptied(b, file))
		add(file+": dropped", func(b *Bundle) { delete(b.files, file) }, "dropped "+file)
		add(file+": renamed", func(b *Bundle) { b.files["new.txt"] = b.files[file]; delete(b.files, file) }, "renamed "+file+" new.txt")
		add(file+": added", func(b *Bundle) { b.files[file+".bak"] = b.files[file] }, "added "+file+".bak")
		add(file+": its line gone from the signed list", func(b *Bundle) { b.files[tags256] = without(b.files[tags256], file) }, "shortened "+tags256+" "+file, unfit)
		add(file+": its digest changed in the signed list", func(b *Bundle) {
			b.files[tags256] = bytes.Replace(b.files[tags256], []byte(sum256(b.files[file])), []byte(sum256(nil)), 1)
		}, "changed "+tags256, unfit)
		for _, second := range tagged {
			if second > file {
				add(file+": swapped with "+second, func(b *Bundle) { b.files[file], b.files[second] = b.files[second], b.files[file] }, "swapped "+file+" "+second)
			}
		}
	}
	add("the signed list dropped", func(b *Bundle) { delete(b.files, tags256) }, "dropped "+tags256)
	add("the signed list renamed", func(b *Bundle) { b.files["list.txt"] = b.files[tags256]; delete(b.files, tags256) }, "renamed "+tags256+" list.txt")
	for _, list := range []string{payload256, payload512} {
		names := b.inPayload()
		for range 20 {
			file := names[random.IntN(len(names))]
			add(list+": without "+file, func(b *Bundle) { b.files[list] = without(b.files[list], file) }, "shortened "+list+" "+file)
			add(list+": without "+file+", under a new list of lists", func(b *Bundle) {
				b.files[list] = without(b.files[list], file)
				b.files[tags256] = b.listOf(tagged, sum256).text()
			}, "shortened "+list+" "+file, unfit)
			add(list+": another digest of "+file, func(b *Bundle) {
				b.files[list] = bytes.Replace(b.files[list], lineOf(b.files[list], file)[:8], []byte("00000000"), 1)
			}, "changed "+list)
		}
		add(list+": a line that is none", func(b *Bundle) {
			b.files[list] = append(slices.Clone(b.files[list]), "nothing\n"...)
			b.files[tags256] = b.listOf(tagged, sum256).text()
		}, "bad_list "+list, unfit)
		add(list+": a line twice", func(b *Bundle) {
			b.files[list] = append(slices.Clone(b.files[list]), lineOf(b.files[list], reportName)...)
			b.files[tags256] = b.listOf(tagged, sum256).text()
		}, "bad_list "+list, unfit)
		add(list+": a way out of the folder", func(b *Bundle) {
			b.files[list] = append(slices.Clone(b.files[list]), bytes.Replace(lineOf(b.files[list], reportName), []byte(reportName), []byte("../../etc/passwd"), 1)...)
			b.files[tags256] = b.listOf(tagged, sum256).text()
		}, "bad_list "+list, unfit)
	}
	return slices.Concat(out, onLog(b), onSignature(), onReport(b))
}

// emptied is what is told of a file of the top that is empty: a list is cut.
func emptied(b *Bundle, file string) string {
	if file == payload256 || file == payload512 {
		return "shortened " + file + " " + b.inPayload()[0]
	}
	return "changed " + file
}

// lineOf is the line of a list that names a file.
func lineOf(list []byte, file string) []byte {
	for line := range bytes.Lines(list) {
		if bytes.HasSuffix(line, []byte("  "+file+"\n")) {
			return line
		}
	}
	panic(file)
}

func without(list []byte, file string) []byte {
	return bytes.Replace(list, lineOf(list, file), nil, 1)
}

// onLog are the faults of the log: lines gone from the end, the middle and the beginning,
// with and without a statement that says the same.
func onLog(b *Bundle) []plant {
	var out []plant
	lines := slices.Collect(bytes.Lines(b.files[logName]))
	for i := 1; i < len(lines); i++ {
		for how := range covers {
			cut := plant{name: fmt.Sprintf("log: %d lines left, cover %d", i, how), want: sealed(how, ""), open: how == nobodyAsked,
				do: func(b *Bundle) { b.files[logName] = bytes.Join(lines[:i], nil); cover(b, how) }}
			gone := plant{name: fmt.Sprintf("log: line %d gone, cover %d", i, how), want: sealed(how, ""), open: how == nobodyAsked,
				do: func(b *Bundle) {
					b.files[logName] = bytes.Join(slices.Delete(slices.Clone(lines), i-1, i), nil)
					cover(b, how)
				}}
			if how != statementToo {
				cut.want, gone.want = append(cut.want, "log_shortened "+logName), append(gone.want, "log_changed "+logName)
			}
			out = append(out, cut, gone)
		}
	}
	return out
}

// onSignature are the faults of the signature.
func onSignature() []plant {
	return []plant{
		{name: "signature: gone", do: func(b *Bundle) { delete(b.files, SignatureName) }, want: []string{"not_signed " + SignatureName}},
		{name: "signature: renamed", do: func(b *Bundle) { b.files["mine.sig"] = b.files[SignatureName]; delete(b.files, SignatureName) }, want: []string{"renamed " + SignatureName + " mine.sig"}},
		{name: "signature: cut", do: func(b *Bundle) { b.files[SignatureName] = b.files[SignatureName][:90] }, want: []string{"bad_signature " + SignatureName}},
		{name: "signature: empty", do: func(b *Bundle) { b.files[SignatureName] = []byte{} }, want: []string{"bad_signature " + SignatureName}},
		{name: "signature: other text", do: func(b *Bundle) { b.files[SignatureName] = []byte("signed, me") }, want: []string{"bad_signature " + SignatureName}},
		{name: "signature: by another key", do: func(b *Bundle) { must(b.Sign(other)) }, want: []string{"signed_by_another " + SignatureName}},
		{name: "signature: for another purpose", do: func(b *Bundle) { b.files[SignatureName] = signedFor("file", b.files[SignedName]) }, want: []string{"signature_for_other_purpose " + SignatureName}},
		{name: "signature: of an older form", do: func(b *Bundle) { b.files[SignatureName] = signedFor("paperlight-evidence", b.files[SignedName]) }, want: []string{"signature_for_other_purpose " + SignatureName}},
		{name: "signature: of other files", do: func(b *Bundle) { b.files[SignatureName] = signedFor(Namespace, []byte("other")) }, want: []string{"signature_of_other_files " + SignatureName}},
	}
}

func signedFor(purpose string, message []byte) []byte {
	text, err := signedBy(assessor, purpose, message)
	must(err)
	return text
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// onReport are reports and rules that do not go together, under lists that say nothing of
// it: by somebody with a key of his own, and by somebody who leaves the signature out.
func onReport(b *Bundle) []plant {
	var out []plant
	put := func(file, from, to string, want ...string) {
		if !bytes.Contains(b.files[file], []byte(from)) {
			panic(file + " has no " + from)
		}
		for how := allLists; how < covers; how++ {
			out = append(out, plant{name: fmt.Sprintf("%s: %s is %s, cover %d", file, from, to, how), open: how == nobodyAsked, want: append(sealed(how, ""), want...),
				do: func(b *Bundle) {
					b.files[file] = bytes.Replace(b.files[file], []byte(from), []byte(to), 1)
					cover(b, how)
				}})
		}
	}
	both := []string{"report_differs " + reportName, "report_differs " + pageName}
	for _, lie := range [][2]string{{`"verdict": "not_ready"`, `"verdict": "ready"`}, {`"status": "failed"`, `"status": "passed"`}, {`"numerator": `, `"numerator": 1`}, {`"level": "assessor"`, `"level": "publish"`},
		{`"as_of": "2026-03-31"`, `"as_of": "2026-12-31"`}, {`"practice_id": "A80001"`, `"practice_id": "A80009"`}} {
		put(reportName, lie[0], lie[1], both[0])
	}
	put(pageName, "Not ready", "Ready", both[1])
	put(pageName, "</body>", "<script>1</script></body>", both[1])
	for i := range 2 {
		put(stateName(i), `"Denominator":`, `"Denominator":1`, both...)
		put(stateName(i), `"Numerator":`, `"Numerator":999999`, "not_a_bundle "+stateName(i))
		put(stateName(i), `"Denominator":`, `"Denominator":-`, "not_a_bundle "+stateName(i))
		put(stateName(i), `"Registered":5`, `"Registered":9`, both...)
	}
	put(runName, `"as_of": ""`, `"as_of": "2026-01-01"`)
	put(catalogueDir+"allergy/coded.md", "threshold: ", "threshold:  ", "rules_differ "+runName)
	put(catalogueDir+"codelists/asthma.csv", "\n", "\nsct,44054006,x\n", "rules_differ "+runName)
	put(catalogueDir+"schemes/england-2026.yaml", "severity: blocker", "severity: minor", "rules_differ "+runName)
	put(bagName, "1.0", "0.97", "not_a_bundle "+bagName)
	put(readmeName, "Without a signature", "Even without a signature", "not_a_bundle "+readmeName)
	put(statementName, `"FAILED"`, `"PASSED"`, "statement_differs "+statementName)
	return slices.DeleteFunc(out, func(p plant) bool { return strings.Contains(p.name, `"as_of": ""`) }) // which changes nothing that is judged
}

// plants are all faults: those of the structure, and of the rest as many as make them
// up, drawn by a seed.
func plants(b *Bundle) []plant {
	random := rand.New(rand.NewPCG(12, 40))
	out, rest := onStructure(b, random), onFiles(b, random)
	random.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
	// Files that hold a rule are many, and much alike: the others come first.
	slices.SortStableFunc(rest, func(x, y plant) int { return cmp.Compare(weight(x.name), weight(y.name)) })
	return append(out, rest[:planted-len(out)]...)
}

func weight(name string) int {
	if strings.HasPrefix(name, catalogueDir) {
		return 1
	}
	return 0
}

func TestEveryPlantedFaultIsToldForWhatItIs(t *testing.T) {
	whole := bundleOf(t, 1)
	require.Empty(t, whole.Verify(asking(t)).Faults)
	all := plants(whole)
	require.Len(t, all, planted)
	kinds, done := map[Kind]int{}, 0
	for i, p := range all {
		if !*everyFault && i%40 != 3 {
			continue
		}
		done++
		b := &Bundle{files: maps.Clone(whole.files)}
		p.do(b)
		require.False(t, maps.EqualFunc(b.files, whole.files, bytes.Equal), "%s: plants nothing", p.name)
		ask := asking(t)
		if p.open {
			ask.Signers = nil
		}
		found := b.Verify(ask)
		got := told(found)
		if p.also {
			got = slices.DeleteFunc(got, func(says string) bool { return follows(says) && !slices.Contains(p.want, says) })
			if bearing(strings.SplitN(p.name, ":", 2)[0]) {
				require.Greater(t, len(found.Faults), len(p.want), "%s: what does not go together is told", p.name)
			}
		}
		slices.Sort(p.want)
		require.Equal(t, append([]string{}, p.want...), got, "%s\n%v", p.name, found.Faults)
		for _, f := range found.Faults {
			kinds[f.Kind]++
			require.NotEmpty(t, f.Says)
		}
	}
	t.Logf("%d of %d planted, each told for what it is: %v", done, len(all), kinds)
}

// follows reports whether a fault is of what does not follow from the rest.
func follows(says string) bool {
	kind, _, _ := strings.Cut(says, " ")
	return slices.Contains([]Kind{RulesDiffer, ReportDiffers, StatementDiffers, NotABundle, LogChanged, LogShortened, Extra, Dropped}, Kind(kind))
}
