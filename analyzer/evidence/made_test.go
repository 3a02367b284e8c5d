package evidence

import (
	"crypto/ed25519"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"paperlight/analyzer/report"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/score"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// The assessor, and somebody else.
var assessor, other = keyOf(1), keyOf(2)

func keyOf(seed byte) ssh.Signer {
	from := [ed25519.SeedSize]byte{seed}
	key, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(from[:]))
	if err != nil {
		panic(err)
	}
	return key
}

// signersLine is the line of a file of signers.
func signersLine(who string, key ssh.Signer) string {
	return who + " " + string(ssh.MarshalAuthorizedKey(key.PublicKey()))
}

var (
	now  = time.Date(2026, 4, 2, 9, 0, 0, 0, time.UTC)
	made = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)
)

// asking is how the assessor's own bundles are verified.
func asking(t testing.TB) Asking {
	t.Helper()
	signers, err := ParseSigners([]byte(signersLine("assessor", assessor)))
	require.NoError(t, err)
	return Asking{Signers: signers, Now: now, Version: "v1.2.3"}
}

var published = sync.OnceValues(func() (*rules.Catalogue, error) { return rules.Embedded() })

// runOf is a run over two extracts, of a practice each, with counts made of a seed. What it
// released comes with it.
func runOf(t testing.TB, seed uint64, level report.Level) (*Run, report.Released) {
	t.Helper()
	c, err := published()
	require.NoError(t, err)
	scheme, err := rules.PublishedScheme("england-2026", c)
	require.NoError(t, err)
	base, err := rules.Published().Texts(true)
	require.NoError(t, err)
	run := &Run{At: made, Level: level, Tool: Tool{Version: "v1.2.3", Go: "go1", System: "linux/amd64"}, Texts: Texts{Version: c.Version, Base: base, Scheme: scheme.ID},
		NotRead: []report.NotRead{{Name: "private.zip", ExitCode: 3, Says: "private.zip is damaged", Hint: "look at private.zip"}}}
	random := rand.New(rand.NewPCG(seed, 7))
	var parts []report.Released
	for i, id := range []string{"A80001", "A80002"} {
		in := score.Input{State: stateOf(c, id, random), Catalogue: c, Scheme: scheme, Level: level, ToolVersion: "v1.2.3",
			Missing: map[string][]string{}, RuleNotes: map[string][]string{"allergy/coded": {"a note"}},
			Extract: score.Extract{Name: "private name", System: "canonical", Format: "csv", SHA256: sum256([]byte(id)), Slips: []string{"private slip"}, Notes: []string{"private note"},
				Lists: []string{}, Bare: []string{"private.csv", "more.csv"}, Own: i, Identifying: &report.Identifying{Looked: "sample", Kinds: 3, Found: []report.IdentifyingColumn{{Table: "patients", Column: "name", Kind: "name", File: "private.csv", Rows: 3}}}},
			Options: []report.Option{{Name: "--declarations", Value: "private.yaml", SHA256: sum256(nil), Says: "answers were taken", File: true}, {Name: "--outgoing", Says: "leaves", Reads: true}},
			Declarations: []rules.Declaration{{Key: "audit-trail-on", Practice: id, Answer: rules.Yes, Evidence: "private words", Role: "private role", Date: 20540, HasDate: true,
				VerifiedBy: "private person", VerifiedDate: 20541, HasVerifiedDate: true, File: "private.yaml", Line: 3}}}
		run.Extracts = append(run.Extracts, Extract{Scored: in, Files: map[string]string{"private/patients.csv": sum256([]byte(id)), "private/events.csv": sum256([]byte(id + "e"))}})
		parts = append(parts, score.Release(in))
	}
	return run, report.Join(parts, run.NotRead)
}

func stateOf(c *rules.Catalogue, id string, random *rand.Rand) *state.State {
	s := &state.State{Notes: []string{}}
	p := state.PracticeState{ID: id, ODSCode: id, Name: "The practice", AsOf: 20543, AsOfFrom: state.AsOfStated, Registered: 5000 + random.Int64N(100)}
	for _, r := range c.Rules {
		if r.Checked == nil || r.Set() != "file" && random.IntN(8) == 0 {
			continue
		}
		of := 100 + random.Int64N(900)
		s.Rules = append(s.Rules, r.ID)
		tally := state.Tally{Denominator: of, Numerator: of - random.Int64N(50), Excluded: random.Int64N(5)}
		if r.Set() == "file" { // a damaged file has no verdict
			tally = state.Tally{Denominator: 1, Numerator: 1}
		}
		p.Tallies = append(p.Tallies, tally)
	}
	s.Practices = []state.PracticeState{p}
	patients := schema.Lookup("patients")
	s.Tables = []state.TableState{{Table: patients, Rows: 5100, Malformed: 2, DuplicateIDs: -1,
		Faults: []state.Fault{{Column: patients.Columns[1], Want: "a date", Count: 2, First: []state.Position{{File: "private.csv", Record: 7}}}}}}
	return s
}

// bundleOf is a signed bundle, made once for each seed.
func bundleOf(t testing.TB, seed uint64) *Bundle {
	t.Helper()
	bundles.Lock()
	defer bundles.Unlock()
	b := bundles.made[seed]
	if b == nil {
		run, released := runOf(t, seed, report.Assessor)
		var err error
		b, err = Make(run, released)
		require.NoError(t, err)
		require.NoError(t, b.Sign(assessor))
		bundles.made[seed] = b
	}
	return &Bundle{files: maps.Clone(b.files)}
}

var bundles = struct {
	sync.Mutex
	made map[uint64]*Bundle
}{made: map[uint64]*Bundle{}}

// told are the faults in short: kind, file and other file.
func told(f *Findings) []string {
	out := []string{}
	for _, one := range f.Faults {
		says := string(one.Kind) + " " + one.File
		if one.Other != "" {
			says += " " + one.Other
		}
		out = append(out, says)
	}
	slices.Sort(out)
	return out
}
