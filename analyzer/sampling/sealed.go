package sampling

import (
	"bytes"
	"crypto/hmac"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"

	"paperlight/analyzer/visible"
)

// schemaVersion is of the sealed file and of the result. What is added within a major
// version changes nothing that was there.
const schemaVersion = "1.0"

// The bounds of a sealed file.
const (
	maxRules = 2000
	maxLines = 2 * Each * maxRules
	// MaxSealed is how many bytes one may have.
	MaxSealed = 16 << 20
)

// A Sealed is a draw without the keys of its records: what is needed to read the sheets
// back once the extract is gone. What was found is covered under the seed.
type Sealed struct {
	SchemaVersion string `json:"schema_version"`
	Kind          string `json:"kind"`
	Draw          string `json:"draw"`
	// SeedCheck tells whether a seed is that of the draw, and nothing else of it.
	SeedCheck string `json:"seed_check"`
	About
	Rules []Rule       `json:"rules"`
	Lines []sealedLine `json:"lines"`
	Seal  string       `json:"seal"`
	seed  Seed
}

type sealedLine struct {
	Rule int    `json:"rule"` // its place among the rules
	Mark string `json:"mark"`
	// Found is 0 or 1: what was found, turned round or not as the seed says.
	Found int `json:"found"`
}

const sealedKind = "paperlight draw"

// Sealed is the draw as a sealed file.
func (d *Draw) Sealed() ([]byte, error) {
	s := Sealed{SchemaVersion: schemaVersion, Kind: sealedKind, Draw: d.ID, SeedCheck: code(d.seed.sum("seed")), About: d.About, Rules: d.Rules, Lines: []sealedLine{}, seed: d.seed}
	at := -1
	for i := range d.Lines {
		l := &d.Lines[i]
		if at < 0 || d.Rules[at].ID != l.Rule {
			at++
		}
		s.Lines = append(s.Lines, sealedLine{Rule: at, Mark: l.Mark, Found: side(l.Met) ^ s.cover(l.Number)})
	}
	var err error
	if s.Seal, err = s.seal(); err != nil {
		return nil, err
	}
	return visible.JSON(&s)
}

// cover is 0 or 1: whether what was found of a line is turned round.
func (s *Sealed) cover(number int) int {
	return int(s.seed.sum("cover", s.Draw, strconv.Itoa(number))[0] & 1)
}

// seal is over all of the file but itself.
func (s *Sealed) seal() (string, error) {
	bare := *s
	bare.Seal = ""
	text, err := json.Marshal(&bare)
	return hex.EncodeToString(s.seed.sum("seal", string(text))), err
}

// The ways in which a sealed file is not the one that was written.
var (
	ErrNotSealed = errors.New("is not the file of a draw")
	ErrSeed      = errors.New("was drawn with another seed")
	ErrEdited    = errors.New("was changed after the draw")
)

// Open reads a sealed file with its seed.
func Open(text []byte, seed Seed) (*Sealed, error) {
	s := &Sealed{}
	read := json.NewDecoder(bytes.NewReader(text))
	read.DisallowUnknownFields()
	if len(text) > MaxSealed || read.Decode(s) != nil || s.Kind != sealedKind || s.SchemaVersion != schemaVersion {
		return nil, ErrNotSealed
	}
	if len(s.Rules) > maxRules || len(s.Lines) > maxLines || s.SeedCheck == "" {
		return nil, ErrNotSealed
	}
	s.seed = seed
	if s.SeedCheck != code(seed.sum("seed")) {
		return nil, ErrSeed
	}
	want, err := s.seal()
	if err != nil || !hmac.Equal([]byte(want), []byte(s.Seal)) {
		return nil, ErrEdited
	}
	for i, l := range s.Lines { // of a draw of ours all of this holds
		if l.Rule < 0 || l.Rule >= len(s.Rules) || i > 0 && l.Rule < s.Lines[i-1].Rule || l.Found < 0 || l.Found > 1 {
			return nil, ErrEdited
		}
	}
	return s, nil
}

// met reports what was found of a line.
func (s *Sealed) met(number int) bool { return s.Lines[number-1].Found^s.cover(number) == 0 }
