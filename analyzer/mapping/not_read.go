package mapping

import (
	"fmt"
	"strings"

	"paperlight/analyzer/source"
)

// A NotRead says why a system is told and not read, and what to do about it.
type NotRead struct {
	Because string `yaml:"because" json:"because,omitempty"`
	Cure    string `yaml:"cure" json:"cure,omitempty"`
}

// Unread reports whether the system is told by its files and no table is read from it.
func (s *System) Unread() bool { return s.NotRead != nil }

// checkNotRead wants words, and no tables that nobody would read.
func (s *System) checkNotRead() {
	switch {
	case s.NotRead == nil:
	case s.NotRead.Because == "" || s.NotRead.Cure == "":
		s.fault("$.not_read", "not_read: want because and cure")
	case len(s.Tables) > 0:
		s.fault("$.not_read", "not_read: a system with tables is read")
	}
}

// refusal names the files of a system that is not read.
func (b *bindings) refusal() error {
	return &RefusedError{
		Message: fmt.Sprintf("%s is a file of %s, which paperlight does not read: %s", shown(label(b.all()[0].file)), b.system.Title, b.system.NotRead.Because),
		Hint:    b.system.NotRead.Cure,
	}
}

// begun reports whether the first column's name begins as the source asks.
func (src *Source) begun(f *source.File) bool {
	if len(src.Begins) == 0 {
		return true
	}
	for _, start := range src.Begins {
		if len(f.Columns) > 0 && strings.HasPrefix(folded(f.Columns[0]), folded(start)) {
			return true
		}
	}
	return false
}
