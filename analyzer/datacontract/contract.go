// Package datacontract writes the canonical tables, and the rules that judge them, as a
// data contract of the Open Data Contract Standard (ODCS). Equal rules are equal bytes.
package datacontract

import (
	"io"
	"reflect"
	"regexp"
	"strings"

	"paperlight/analyzer/schema"
	"paperlight/analyzer/visible"
	"paperlight/rules"
)

// standard is the version of ODCS that is written: a test holds it to its schema.
const standard = "v3.0.2"

// Write writes the contract as YAML.
func Write(w io.Writer, c *rules.Catalogue) error {
	var b strings.Builder
	fields(&b, reflect.ValueOf(visible.Copied(contractOf(c), visible.Text)).Elem(), "", false)
	_, err := io.WriteString(w, b.String())
	return err
}

func contractOf(c *rules.Catalogue) *contract {
	out := &contract{
		APIVersion: standard, Kind: "DataContract", ID: "urn:paperlight:contract:canonical-tables", Version: c.Version, Status: "active",
		Name: "Canonical tables of general practice records", Domain: "general practice",
		Description: description{
			Purpose:     "What paperlight reads from an extract of a practice's records, and the checks that it makes.",
			Usage:       "To say whether a practice is ready for accreditation, and which records to put right first.",
			Limitations: "Not for direct care. It gives no diagnosis and no treatment advice. An extract is de-identified and stays personal data.",
		},
		CustomProperties: []property{{"rulesSha256", c.SHA256}},
	}
	quality := map[*schema.Table][]check{}
	for _, r := range c.Rules {
		quality[r.Table] = append(quality[r.Table], checkOf(r))
	}
	for _, t := range schema.Tables {
		out.Schema = append(out.Schema, tableOf(t, quality[t]))
	}
	return out
}

func tableOf(t *schema.Table, quality []check) table {
	out := table{Name: t.Name, LogicalType: "object", PhysicalType: "table", Description: "One row is " + t.Row + ".", Quality: quality}
	for _, c := range t.Columns {
		if c.Virtual {
			continue // about the reading itself: no file has it
		}
		out.Properties = append(out.Properties, columnOf(t, c))
	}
	return out
}

// logicalTypes are the types of columns as the standard names them.
var logicalTypes = map[schema.Type]string{schema.Text: "string", schema.Date: "date", schema.Int: "integer", schema.Decimal: "number", schema.Bool: "boolean"}

// classifications are the privacy classes in words.
var classifications = map[schema.Privacy]string{schema.Direct: "direct identifier", schema.Quasi: "quasi-identifier", schema.Staff: "member of staff", schema.FreeText: "free text"}

func columnOf(t *schema.Table, c *schema.Column) column {
	out := column{Name: c.Name, LogicalType: logicalTypes[c.Type], PhysicalType: c.Type.String(), Required: c.Required,
		PrimaryKey: c == t.Key, Classification: classifications[c.Privacy], Description: c.Doc}
	if c.Derived != "" {
		out.TransformSources = []string{t.Name + "." + c.Derived}
	}
	switch {
	case c.Type == schema.Date:
		out.Options = &options{Format: "yyyy-MM-dd"}
	case len(c.Values) > 0 && c.Type == schema.Text:
		var values []string
		for _, v := range c.Values {
			values = append(values, regexp.QuoteMeta(v))
		}
		out.Options = &options{Pattern: "^(" + strings.Join(values, "|") + ")$"}
	}
	return out
}

// dimensions are those of rules as the standard names them.
var dimensions = map[rules.Dimension]string{
	rules.Conformance: "conformity", rules.Completeness: "completeness", rules.Plausibility: "accuracy", rules.Timeliness: "timeliness",
}

func checkOf(r *rules.Rule) check {
	s := &r.Source
	out := check{
		Name: r.ID, Type: "custom", Engine: "paperlight", Description: r.Title, Dimension: dimensions[r.Dimension],
		Implementation:   implementation{Rule: r.ID, Where: s.Where, Exclude: s.Exclude, Expect: s.Expect, Value: s.Value, Declares: r.Declares},
		CustomProperties: []property{{"code", r.Code}, {"passMark", r.Passes()}, {"evidence", string(r.Evidence)}, {"owner", string(r.Owner)}},
	}
	if r.ThresholdFrom != "" {
		out.CustomProperties = append(out.CustomProperties, property{"passMarkFrom", r.ThresholdFrom})
	}
	if t := r.Threshold; t.Set && !r.Info {
		percent := float64(t.Percent) / 100
		out.Unit = "percent"
		switch {
		case t.AtMost && t.Strict:
			out.LessThan = &percent
		case t.AtMost:
			out.LessOrEqual = &percent
		case t.Strict:
			out.GreaterThan = &percent
		default:
			out.GreaterOrEqual = &percent
		}
	}
	return out
}
