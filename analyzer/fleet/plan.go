// Package fleet spreads the reading of many practices, and brings what was found of
// them together: a plan of shards, what became of each extract, and a table of
// practices made of their saved states.
package fleet

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"paperlight/analyzer/mapping"
	"paperlight/analyzer/source"
	"paperlight/analyzer/visible"
)

// A Plan says which extracts are read together.
type Plan struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	// Rules is the digest of the rules that all shards are read with.
	Rules    string    `json:"rules_sha256"`
	Extracts []Extract `json:"extracts"`
	Shards   []Shard   `json:"shards"`
	// Unused says of files beside the extracts that they are in none.
	Unused []string `json:"unused,omitempty"`
}

// An Extract is one of the plan. Number counts from 1.
type Extract struct {
	Number int     `json:"number"`
	Name   string  `json:"name"`
	Bytes  int64   `json:"bytes"`
	Places []Place `json:"places"`
	// Refused says why the files are no extract, with what to do; empty where they may be.
	Refused string `json:"refused,omitempty"`
	Hint    string `json:"hint,omitempty"`
}

// A Place is where its files lie, as source.Place.
type Place struct {
	Path   string `json:"path"`
	Within string `json:"within,omitempty"`
	Folder string `json:"folder,omitempty"`
}

// A Shard is the numbers of extracts that are read by one run, one after the other.
type Shard struct {
	Number   int   `json:"number"`
	Bytes    int64 `json:"bytes"`
	Extracts []int `json:"extracts"`
}

const (
	planFormat  = "paperlight plan"
	planVersion = 1
)

// PlanOf puts the extracts into shards in their order. A shard ends before the extract that
// would take it above size bytes; one that is larger alone has a shard of its own, and
// each has where size is 0.
func PlanOf(found *mapping.Discovery, rulesSHA256 string, size int64) *Plan {
	out := &Plan{Format: planFormat, Version: planVersion, Rules: rulesSHA256, Extracts: []Extract{}, Shards: []Shard{}, Unused: found.Unused}
	for i, f := range found.Extracts {
		x := Extract{Number: i + 1, Name: f.Name, Places: []Place{}}
		for _, p := range f.Places {
			x.Places = append(x.Places, Place(p))
		}
		if f.Refused != nil {
			x.Refused = f.Refused.Error()
			var told *mapping.RefusedError
			if errors.As(f.Refused, &told) {
				x.Hint = told.Hint
			}
		}
		// What cannot be sized cannot be read either, which is said when it is.
		x.Bytes, _ = source.SizeOf(f.Places)
		out.Extracts = append(out.Extracts, x)
		last := len(out.Shards) - 1
		if last < 0 || size == 0 || out.Shards[last].Bytes+x.Bytes > size {
			out.Shards = append(out.Shards, Shard{Number: last + 2})
			last++
		}
		out.Shards[last].Bytes += x.Bytes
		out.Shards[last].Extracts = append(out.Shards[last].Extracts, x.Number)
	}
	return out
}

// Found is the extract as Discover found it.
func (x *Extract) Found() mapping.Found {
	out := mapping.Found{Name: x.Name}
	for _, p := range x.Places {
		out.Places = append(out.Places, source.Place(p))
	}
	if x.Refused != "" {
		out.Refused = &mapping.RefusedError{Message: x.Refused, Hint: x.Hint}
	}
	return out
}

// Marshal writes the plan. Equal plans give equal bytes.
func (p *Plan) Marshal() ([]byte, error) { return visible.JSON(p) }

// MaxPlan bounds the bytes of a plan.
const MaxPlan = 64 << 20

// ReadPlan reads one. The error says in words what is wrong.
func ReadPlan(text []byte) (*Plan, error) {
	var p Plan
	if err := json.Unmarshal(text, &p); err != nil || p.Format != planFormat {
		return nil, errors.New("is no plan of paperlight")
	}
	if p.Version != planVersion {
		return nil, fmt.Errorf("is a plan of form %d, and this program reads form %d", p.Version, planVersion)
	}
	for i := range p.Extracts {
		if p.Extracts[i].Number != i+1 {
			return nil, errors.New("is a plan whose extracts are not numbered from 1")
		}
	}
	for i, s := range p.Shards {
		bad := func(n int) bool { return n < 1 || n > len(p.Extracts) }
		if s.Number != i+1 || slices.ContainsFunc(s.Extracts, bad) {
			return nil, errors.New("is a plan whose shards name extracts that it does not have")
		}
	}
	return &p, nil
}
