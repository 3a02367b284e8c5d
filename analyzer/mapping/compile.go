package mapping

import (
	"regexp"
	"strings"

	"paperlight/analyzer/source"
)

// compile makes of the texts of a checked system what the reading needs: patterns and
// paths.
func (s *System) compile() (err error) {
	for _, name := range sortedKeys(s.Sources) {
		if err := s.compileSource(s.Sources[name]); err != nil {
			return err
		}
	}
	if err := s.Sets.compile(); err != nil {
		return err
	}
	if len(s.Unused) > 0 {
		if s.spare, err = s.fileName(strings.Join(s.Unused, "|")); err != nil {
			return err
		}
	}
	for _, name := range sortedKeys(s.Tables) {
		for _, t := range s.Tables[name] {
			for _, column := range sortedKeys(t.Columns) {
				if err := t.Columns[column].compile(); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (s *System) compileSource(src *Source) (err error) {
	if src.Resource.Resource == "" {
		src.pattern, err = s.fileName(src.File)
		return err
	}
	src.pattern, src.paths = noFile, map[string]source.Path{}
	for _, column := range sortedKeys(src.Paths) {
		if src.paths[column], err = parsePath(src.Paths[column]); err != nil {
			return err
		}
	}
	return nil
}

func (e *Expression) compile() (err error) {
	if e.clean, err = oneGroup(e.Clean); err != nil {
		return err
	}
	if e.match, err = oneGroup(e.Match); err != nil {
		return err
	}
	for _, alternative := range e.FirstOf {
		if err := alternative.compile(); err != nil {
			return err
		}
	}
	return nil
}

// oneGroup compiles a regular expression for the whole of a text; nil where none is
// given.
func oneGroup(text string) (*regexp.Regexp, error) {
	if text == "" {
		return nil, nil
	}
	return regexp.Compile("^(?s:" + text + ")$")
}
