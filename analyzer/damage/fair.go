package damage

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/goccy/go-yaml"

	"paperlight/analyzer/report"
	"paperlight/rules"
)

//go:embed fair.yaml
var fairYAML []byte

// A FairPractice is one of which a fair assessor knows what to say.
type FairPractice struct {
	Practice `yaml:",inline"`
	Says     string `yaml:"says"`
	AsOf     string `yaml:"as_of"`
	// Since is the day of the change that its records tell of, if any.
	Since string `yaml:"since"`
	// Fair are the verdicts by scheme and accreditation.
	Fair map[string]map[string]Opinion `yaml:"fair"`
	// Rules are the statuses of single rules that it is there to try, by scheme.
	Rules map[string]map[string]RuleOpinion `yaml:"rules"`
}

// An Opinion is the verdict that a fair assessor gives, and why.
type Opinion struct {
	Verdict report.Verdict `yaml:"verdict"`
	Why     string         `yaml:"why"`
}

// A RuleOpinion is what a fair assessor makes of one rule, and why.
type RuleOpinion struct {
	Status report.Status `yaml:"status"`
	Why    string        `yaml:"why"`
}

// fairFile is fair.yaml.
type fairFile struct {
	// ReadChapters are the first characters of invented Read codes, by what
	// they code.
	ReadChapters map[string]string `yaml:"read_chapters"`
	Practices    []FairPractice    `yaml:"practices"`
}

func loadFair() (*fairFile, error) {
	f := &fairFile{}
	if err := yaml.UnmarshalWithOptions(fairYAML, f, yaml.Strict()); err != nil {
		return nil, err
	}
	for i := range f.Practices {
		p := &f.Practices[i]
		if alterations[p.Alter] == nil {
			return nil, fmt.Errorf("fair.yaml: %s: nothing is called %q", p.Name, p.Alter)
		}
	}
	return f, nil
}

// make makes the extract of a practice. folder must not exist.
func (f *fairFile) make(ctx context.Context, p *FairPractice, folder string, catalogue *rules.Catalogue) (*Extract, error) {
	all := &Practices{AsOf: p.AsOf, Since: p.Since, ReadChapters: f.ReadChapters}
	return all.Make(ctx, &p.Practice, folder, catalogue)
}
