package damage

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// Exceptions are what is known to break a property and is borne.
type Exceptions struct {
	// Open are properties that are reported and do not fail yet.
	Open []Open `yaml:"open"`
	// Borne are violations that are right or cannot be helped.
	Borne []*Exception `yaml:"exceptions"`
}

// An Open property is one that does not hold yet.
type Open struct {
	Property string `yaml:"property"`
	Reason   string `yaml:"reason"`
}

// An Exception is a violation that is borne. Damage is a pattern, in which *
// stands for anything but a slash; the others are exact, and empty for any.
type Exception struct {
	Property      string `yaml:"property"`
	Damage        string `yaml:"damage"`
	Practice      string `yaml:"practice"`
	Scheme        string `yaml:"scheme"`
	Accreditation string `yaml:"accreditation"`
	Reason        string `yaml:"reason"`

	used int
}

var (
	mayBeOpen  = []string{NoGain, NoPromotion, BlockersNotice, LossNamed, NothingThere}
	mayBeBorne = []string{NoGain, NoPromotion, BlockersNotice, LossNamed, NothingThere, NoFault}
)

// ParseExceptions reads a list of exceptions. Each needs a property, a damage
// and a reason.
func ParseExceptions(text []byte) (*Exceptions, error) {
	e := &Exceptions{}
	if err := yaml.UnmarshalWithOptions(text, e, yaml.Strict()); err != nil {
		return nil, err
	}
	for _, o := range e.Open {
		if !slices.Contains(mayBeOpen, o.Property) || strings.TrimSpace(o.Reason) == "" {
			return nil, fmt.Errorf("open %q: want one of %s, and a reason", o.Property, strings.Join(mayBeOpen, ", "))
		}
	}
	for _, x := range e.Borne {
		if _, err := path.Match(x.Damage, ""); err != nil || x.Damage == "" || !slices.Contains(mayBeBorne, x.Property) || strings.TrimSpace(x.Reason) == "" {
			return nil, fmt.Errorf("exception %q: want a property, a pattern of damage and a reason", x.Damage)
		}
	}
	return e, nil
}

// bears reports whether a violation is an exception, and notes its use.
func (e *Exceptions) bears(v *Violation) bool {
	borne := false
	for _, x := range e.Borne {
		if x.matches(v) {
			x.used++
			borne = true
		}
	}
	return borne
}

func (x *Exception) matches(v *Violation) bool {
	for _, want := range [][2]string{{x.Property, v.Property}, {x.Practice, v.Practice}, {x.Scheme, v.Scheme}, {x.Accreditation, v.Accreditation}} {
		if want[0] != "" && want[0] != want[1] {
			return false
		}
	}
	ok, err := path.Match(x.Damage, v.Damage.Name())
	return ok && err == nil
}

// unused are the exceptions that no violation needed.
func (e *Exceptions) unused() []string {
	var out []string
	for _, x := range e.Borne {
		if x.used == 0 && x.Property != NothingThere { // a test of its own uses those
			out = append(out, strings.Join([]string{x.Property, x.Damage, x.Practice, x.Scheme, x.Accreditation}, " "))
		}
	}
	return out
}

// open reports whether a property does not fail yet.
func (e *Exceptions) open(property string) bool {
	return slices.ContainsFunc(e.Open, func(o Open) bool { return o.Property == property })
}

// held are the open properties of the matrix that nothing broke.
func (e *Exceptions) held(s *Summary) []string {
	var out []string
	for _, o := range e.Open {
		if o.Property != NothingThere && !slices.ContainsFunc(s.Violations, func(v Violation) bool { return v.Property == o.Property }) {
			out = append(out, o.Property)
		}
	}
	return out
}
