package mapping

import (
	"embed"
	"encoding/json"
	"fmt"
)

//go:embed *.yaml
var files embed.FS

// compiled is what the files say, as JSON: to parse and check them took more of a start
// than all else.
//
//go:generate go test -run TestCompiledSystemsAreWhatTheFilesSay -update .
//go:embed systems.json
var compiled []byte

// Systems returns the built-in vendor systems, sorted by id.
func Systems() ([]*System, error) {
	var out []*System
	if err := json.Unmarshal(compiled, &out); err != nil {
		return nil, fmt.Errorf("built-in mappings: %w", err)
	}
	for _, s := range out {
		if err := s.compile(); err != nil {
			return nil, fmt.Errorf("built-in mappings: %w", err)
		}
	}
	return out, nil
}

// Text is the mapping file; of a built-in system, the one that it was made from.
func (s *System) Text() []byte {
	if s.text == nil {
		s.text, _ = files.ReadFile(s.ID + ".yaml")
	}
	return s.text
}
