package fairness

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"paperlight/analyzer/report"
)

//go:embed exceptions.yaml
var exceptionsYAML []byte

// Exceptions are the differences that are known, each with its reason.
type Exceptions struct {
	// Absent are facts that a system does not hand over: rules that read them
	// cannot be judged.
	Absent []*Absence `yaml:"absent"`
	// Differs are rules that count otherwise.
	Differs []*Exception `yaml:"differs"`
}

// An Absence is facts that systems do not hand over: tables, columns, or code
// lists that have none of the codes in use.
type Absence struct {
	Systems []string `yaml:"systems"`
	Facts   []string `yaml:"facts"`
	Why     string   `yaml:"why"`

	used map[[2]string]bool // by system and fact
}

// An Exception is rules of which systems give other figures.
type Exception struct {
	Systems []string `yaml:"systems"`
	Rules   []string `yaml:"rules"`
	Kind    Kind     `yaml:"kind"`
	// Worse: more rows may fail.
	Worse bool `yaml:"worse"`
	// Moves are the statuses that may differ. One that fails needs Lacks.
	Moves []string `yaml:"moves"`
	// Lacks are the facts that are missing, where that is the reason.
	Lacks []string `yaml:"lacks"`
	Why   string   `yaml:"why"`

	used map[[2]string]bool // by system and rule, and by what it moves
}

// LoadExceptions reads exceptions.yaml.
func LoadExceptions() (*Exceptions, error) { return ParseExceptions(exceptionsYAML) }

// ParseExceptions reads a list of exceptions, and refuses one without a reason.
func ParseExceptions(text []byte) (*Exceptions, error) {
	e := &Exceptions{}
	if err := yaml.UnmarshalWithOptions(text, e, yaml.Strict()); err != nil {
		return nil, err
	}
	for _, a := range e.Absent {
		if len(a.Systems) == 0 || len(a.Facts) == 0 || !sentence(a.Why) {
			return nil, fmt.Errorf("absent %v: want systems, facts and a sentence that says why", a.Facts)
		}
		a.used = map[[2]string]bool{}
	}
	for _, x := range e.Differs {
		if err := x.check(); err != nil {
			return nil, fmt.Errorf("differs %v: %w", x.Rules, err)
		}
		x.used = map[[2]string]bool{}
	}
	return e, nil
}

func (x *Exception) check() error {
	switch {
	case len(x.Systems) == 0 || len(x.Rules) == 0 || !sentence(x.Why):
		return fmt.Errorf("want systems, rules and a sentence that says why")
	case !slices.Contains(Kinds, x.Kind) || x.Kind == NotAssessable:
		return fmt.Errorf("want a kind of difference; what cannot be assessed is told by what is absent")
	}
	for _, move := range x.Moves {
		if intoFailed(move) && len(x.Lacks) == 0 {
			return fmt.Errorf("%s: want the facts that it lacks: nobody fails for nothing", move)
		}
	}
	for _, fact := range x.Lacks {
		if _, _, ok := cutFact(fact); !ok {
			return fmt.Errorf("%s: want a table or a column of the schema", fact)
		}
	}
	return nil
}

func sentence(s string) bool {
	return strings.HasSuffix(s, ".") && strings.ToUpper(s[:1]) == s[:1]
}

// Explains reports whether a difference is explained, and notes what was needed.
func (e *Exceptions) Explains(d *Difference) bool {
	if d.Kind == NotAssessable {
		return e.explainsAbsence(d)
	}
	explained := false
	for _, x := range e.Differs {
		explained = x.explains(d) || explained
	}
	return explained
}

// explainsAbsence: each thing that the rule lacks is known to be absent, and nothing
// comes of it but that nobody can tell.
func (e *Exceptions) explainsAbsence(d *Difference) bool {
	for _, move := range d.Moves {
		if !strings.HasSuffix(move, " -> "+string(report.NotAssessable)) {
			return false
		}
	}
	for _, lacked := range d.Lacks {
		if !e.absent(d.System, lacked) {
			return false
		}
	}
	return len(d.Lacks) > 0
}

// absent reports whether what a rule lacks is known: a fact, several of which any
// would do, or a sentence about a code list.
func (e *Exceptions) absent(system, lacked string) bool {
	for fact := range strings.SplitSeq(lacked, " or ") {
		if _, _, isFact := cutFact(fact); !isFact && fact != lacked { // a sentence
			return e.absenceOf(system, lacked) != nil
		}
		if e.absenceOf(system, fact) == nil {
			return false
		}
	}
	return true
}

// absenceOf finds the absence that a fact, or a sentence that names a list, is of.
func (e *Exceptions) absenceOf(system, fact string) *Absence {
	for _, a := range e.Absent {
		if !slices.Contains(a.Systems, system) {
			continue
		}
		for _, name := range a.Facts {
			if name == fact || strings.HasPrefix(fact, name+".") || strings.Contains(fact, "("+name+")") {
				a.used[[2]string{system, name}] = true
				return a
			}
		}
	}
	return nil
}

func (x *Exception) explains(d *Difference) bool {
	if x.Kind != d.Kind || d.Worse && !x.Worse || !slices.Contains(x.Systems, d.System) || !slices.Contains(x.Rules, d.Rule) {
		return false
	}
	for _, move := range d.Moves {
		if !slices.Contains(x.Moves, move) {
			return false
		}
	}
	for _, fact := range x.Lacks {
		if !d.finding.lacks(fact) {
			return false
		}
	}
	x.used[[2]string{d.System, d.Rule}] = true
	for _, move := range d.Moves {
		x.used[[2]string{"", move}] = true
	}
	if d.Worse {
		x.used[[2]string{"", "worse"}] = true
	}
	return true
}

// Unused are the exceptions that no difference needed.
func (e *Exceptions) Unused() []string {
	var out []string
	for _, a := range e.Absent {
		for _, system := range a.Systems {
			for _, fact := range a.Facts {
				if !a.used[[2]string{system, fact}] {
					out = append(out, system+" lacks "+fact)
				}
			}
		}
	}
	for _, x := range e.Differs {
		for _, system := range x.Systems {
			for _, rule := range x.Rules {
				if !x.used[[2]string{system, rule}] {
					out = append(out, fmt.Sprintf("%s of %s: %s", rule, system, x.Kind))
				}
			}
		}
		for _, move := range x.Moves {
			if !x.used[[2]string{"", move}] {
				out = append(out, fmt.Sprintf("%v: %s", x.Rules, move))
			}
		}
		if x.Worse && !x.used[[2]string{"", "worse"}] {
			out = append(out, fmt.Sprintf("%v: worse", x.Rules))
		}
	}
	return out
}
