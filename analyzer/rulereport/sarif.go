package rulereport

import (
	"io"
	"net/url"
	"slices"

	"paperlight/rules"
)

// The form is SARIF 2.1.0, an OASIS standard. A test holds it to the published schema.
const (
	sarifVersion = "2.1.0"
	sarifSchema  = "https://json.schemastore.org/sarif-2.1.0.json"
	sourceRoot   = "%SRCROOT%" // the folder that a build server checked the files out to
)

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver sarifDriver `json:"driver"`
	} `json:"tool"`
	AutomationDetails struct {
		ID string `json:"id"`
	} `json:"automationDetails"`
	ColumnKind string        `json:"columnKind"`
	Results    []sarifResult `json:"results"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version"`
	Rules   []sarifRule `json:"rules"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifRule struct {
	ID               string    `json:"id"`
	ShortDescription sarifText `json:"shortDescription"`
}

type sarifResult struct {
	RuleID    string          `json:"ruleId"`
	RuleIndex int             `json:"ruleIndex"`
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations"`
}

type sarifLocation struct {
	PhysicalLocation struct {
		ArtifactLocation struct {
			URI       string `json:"uri"`
			URIBaseID string `json:"uriBaseId"`
		} `json:"artifactLocation"`
		Region struct {
			StartLine   int `json:"startLine"`
			StartColumn int `json:"startColumn,omitempty"`
		} `json:"region"`
	} `json:"physicalLocation"`
}

// writeSARIF writes findings and the checks that look for them.
func writeSARIF(w io.Writer, command string, checks []rules.LintCheck, all []found, from Origin) error {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.AutomationDetails.ID = "paperlight/" + command + "/"
	run.Tool.Driver = sarifDriver{Name: "paperlight", Version: from.Version, Rules: []sarifRule{}}
	for _, c := range checks {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{c.ID, sarifText{c.Says}})
	}
	for _, f := range all {
		text := f.Message
		if f.Hint != "" {
			text += "\nhint: " + f.Hint
		}
		one := sarifResult{RuleID: f.check, Level: f.Severity, Message: sarifText{text}, Locations: make([]sarifLocation, 1),
			RuleIndex: slices.IndexFunc(checks, func(c rules.LintCheck) bool { return c.ID == f.check })}
		at := &one.Locations[0].PhysicalLocation
		at.ArtifactLocation.URI, at.ArtifactLocation.URIBaseID = (&url.URL{Path: from.place(f.File)}).String(), sourceRoot
		// A finding of the whole file stands at its first line: code scanning shows none
		// that has no line.
		at.Region.StartLine, at.Region.StartColumn = max(f.Line, 1), f.Column
		run.Results = append(run.Results, one)
	}
	return writeJSON(w, sarifLog{sarifSchema, sarifVersion, []sarifRun{run}})
}
