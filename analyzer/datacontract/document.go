package datacontract

// The parts of the standard that a contract uses, in the order in which they are written.

type contract struct {
	APIVersion       string      `yaml:"apiVersion"`
	Kind             string      `yaml:"kind"`
	ID               string      `yaml:"id"`
	Version          string      `yaml:"version"`
	Status           string      `yaml:"status"`
	Name             string      `yaml:"name"`
	Domain           string      `yaml:"domain"`
	Description      description `yaml:"description"`
	CustomProperties []property  `yaml:"customProperties"`
	Schema           []table     `yaml:"schema"`
}

type description struct {
	Purpose     string `yaml:"purpose"`
	Usage       string `yaml:"usage"`
	Limitations string `yaml:"limitations"`
}

type property struct {
	Property string `yaml:"property"`
	Value    string `yaml:"value"`
}

type table struct {
	Name         string   `yaml:"name"`
	LogicalType  string   `yaml:"logicalType"`
	PhysicalType string   `yaml:"physicalType"`
	Description  string   `yaml:"description"`
	Properties   []column `yaml:"properties"`
	Quality      []check  `yaml:"quality,omitempty"`
}

type column struct {
	Name             string   `yaml:"name"`
	LogicalType      string   `yaml:"logicalType"`
	Options          *options `yaml:"logicalTypeOptions,omitempty"`
	PhysicalType     string   `yaml:"physicalType"`
	PrimaryKey       bool     `yaml:"primaryKey,omitempty"`
	Required         bool     `yaml:"required"`
	Classification   string   `yaml:"classification,omitempty"`
	TransformSources []string `yaml:"transformSourceObjects,omitempty"`
	Description      string   `yaml:"description"`
}

type options struct {
	Format  string `yaml:"format,omitempty"`
	Pattern string `yaml:"pattern,omitempty"`
}

// A check is a rule. What it must be is the share, in percent, that meets it.
type check struct {
	Name             string         `yaml:"name"`
	Description      string         `yaml:"description"`
	Dimension        string         `yaml:"dimension"`
	Type             string         `yaml:"type"`
	Engine           string         `yaml:"engine"`
	Implementation   implementation `yaml:"implementation"`
	Unit             string         `yaml:"unit,omitempty"`
	GreaterOrEqual   *float64       `yaml:"mustBeGreaterOrEqualTo,omitempty"`
	GreaterThan      *float64       `yaml:"mustBeGreaterThan,omitempty"`
	LessOrEqual      *float64       `yaml:"mustBeLessOrEqualTo,omitempty"`
	LessThan         *float64       `yaml:"mustBeLessThan,omitempty"`
	CustomProperties []property     `yaml:"customProperties"`
}

// An implementation is the conditions of a rule, in CEL, or the question that the
// practice answers in their place.
type implementation struct {
	Rule     string `yaml:"rule"`
	Where    string `yaml:"where,omitempty"`
	Exclude  string `yaml:"exclude,omitempty"`
	Expect   string `yaml:"expect,omitempty"`
	Value    string `yaml:"value,omitempty"`
	Declares string `yaml:"declares,omitempty"`
}
