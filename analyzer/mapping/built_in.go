package mapping

import (
	"embed"
	"fmt"
)

//go:embed *.yaml
var files embed.FS

// Systems returns the built-in vendor systems, sorted by id.
func Systems() ([]*System, error) {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil, fmt.Errorf("built-in mappings: %w", err)
	}
	out := make([]*System, 0, len(entries))
	for _, e := range entries {
		text, err := files.ReadFile(e.Name())
		if err != nil {
			return nil, fmt.Errorf("built-in mappings: %w", err)
		}
		s, err := ParseSystem(e.Name(), text)
		if err != nil {
			return nil, fmt.Errorf("built-in mappings: %w", err)
		}
		out = append(out, s)
	}
	return out, nil
}
