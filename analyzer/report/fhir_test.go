package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

var wholeFHIR = flag.String("fhir-schema", "", "the whole JSON Schema of FHIR R4, in place of the part of it in fhir-r4")

func fhirSchemaOf(t *testing.T) *jsonschema.Schema {
	t.Helper()
	file := filepath.Join("fhir-r4", "measurereport-r4.schema.json")
	if *wholeFHIR != "" {
		file = *wholeFHIR
	}
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("fhir.json", doc))
	s, err := c.Compile("fhir.json")
	require.NoError(t, err)
	return s
}

func fhirOf(t *testing.T, r *Report) (text []byte, bundle fhirBundle, reports []fhirMeasureReport) {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, WriteFHIR(&out, Release(r), Options{}))
	require.NoError(t, json.Unmarshal(out.Bytes(), &bundle))
	for _, e := range bundle.Entry {
		one, err := json.Marshal(e.Resource)
		require.NoError(t, err)
		var m fhirMeasureReport
		require.NoError(t, json.Unmarshal(one, &m))
		if m.ResourceType == "MeasureReport" {
			reports = append(reports, m)
		}
	}
	return out.Bytes(), bundle, reports
}

func TestFHIRGolden(t *testing.T) {
	for _, name := range []string{"not-ready", "published", "joined-assessor"} {
		compare(t, name+".fhir.json", samples()[name], WriteFHIR, Options{})
	}
}

func TestFHIRIsAsPublished(t *testing.T) {
	schema := fhirSchemaOf(t)
	valid := func(text []byte) error {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		require.NoError(t, err)
		return schema.Validate(doc)
	}
	all := samples()
	all["nothing"] = reportOf(nil)
	for name, r := range all {
		text, bundle, reports := fhirOf(t, r)
		require.NoError(t, valid(text), name)
		results := 0
		for i := range r.Practices {
			results += len(r.Practices[i].Results)
		}
		require.Len(t, reports, results, "a MeasureReport for each result")
		require.Len(t, bundle.Entry, results+len(r.NotRead), "and no extract is passed over")
		urls := map[string]bool{}
		for _, e := range bundle.Entry {
			urls[e.FullURL] = true
		}
		require.Len(t, urls, len(bundle.Entry), "each has its own address")
		for _, m := range reports {
			require.Equal(t, levelWords[r.Level], m.Meta.Tag[0].Display, "the level is in each")
		}
	}
	text, _, _ := fhirOf(t, readySample())
	for _, wrong := range [][2]string{{`"status": "complete"`, `"status": "finished"`}, {`"type": "summary"`, `"type": "sum"`}, {`"count": `, `"counts": `}, {`"period"`, `"periods"`}} {
		damaged := bytes.Replace(text, []byte(wrong[0]), []byte(wrong[1]), 1)
		require.NotEqual(t, text, damaged)
		require.Error(t, valid(damaged), "the schema looks")
	}
}

// Every count of FHIR is that of the report, and one that is not shown says why.
func TestFHIRCountsAsTheReportDoes(t *testing.T) {
	for name, r := range samples() {
		_, _, reports := fhirOf(t, r)
		at := 0
		for i := range r.Practices {
			p := &r.Practices[i]
			for j := range p.Results {
				one, m := &p.Results[j], reports[at]
				at++
				require.Equal(t, "urn:paperlight:rule:"+one.Rule+"|"+r.Rules.Version, m.Measure)
				require.Equal(t, fhirPeriod{p.AsOf, p.AsOf}, m.Period)
				if p.ODSCode != "" {
					require.Equal(t, &fhirIdentifier{odsSystem, p.ODSCode}, m.Reporter.Identifier)
				}
				counts := map[string]fhirPopulation{}
				for _, c := range m.Group[0].Population {
					counts[c.Code.Coding[0].Code] = c
				}
				require.Len(t, counts, 5)
				for code, want := range map[string]*int64{"numerator": one.Numerator, "denominator-exclusion": one.Excluded, "denominator-after-exclusion": one.Denominator} {
					require.Equal(t, want, counts[code].Count, "%s %s %s", name, one.Rule, code)
				}
				require.Equal(t, counts["initial-population"].Count, counts["denominator"].Count)
				if counts["denominator"].Count != nil {
					require.Equal(t, *one.Denominator+*one.Excluded, *counts["denominator"].Count, "FHIR's denominator holds what is excluded")
				}
				for code, c := range counts {
					require.Equal(t, c.Count == nil, c.AbsentCount != nil, "%s %s %s: a count or why there is none", name, one.Rule, code)
				}
				score := m.Group[0].MeasureScore
				require.Equal(t, score.Value == nil, len(score.Extension) > 0)
				if one.Rate != nil {
					require.Equal(t, one.Rate, score.Value)
				}
			}
		}
	}
}

func TestWhyAFigureOfFHIRIsAbsent(t *testing.T) {
	n := func(v int64) *int64 { return &v }
	for name, test := range map[string]struct {
		one  Result
		want []string // of the numerator, FHIR's denominator, the exclusion and the score
	}{
		"hidden":         {Result{Suppressed: []string{"numerator", "denominator", "excluded", "rate"}}, []string{masked, masked, masked, masked}},
		"hidden in part": {Result{Denominator: n(40), Numerator: n(20), Suppressed: []string{"excluded", "rate"}}, []string{"", masked, masked, masked}},
		"no evidence":    {Result{Missing: []string{"events"}}, []string{notKnown, notKnown, notKnown, notKnown}},
		"none to count":  {Result{Denominator: n(0), Numerator: n(0), Excluded: n(3)}, []string{"", "", "", notApplicable}},
	} {
		var got []string
		why := func(e []fhirExtension) string {
			if len(e) == 0 {
				return ""
			}
			require.Equal(t, absentExtension, e[0].URL)
			return e[0].ValueCode
		}
		counts := populations(&test.one)
		for _, i := range []int{3, 1, 2} {
			if counts[i].AbsentCount == nil {
				got = append(got, "")
				continue
			}
			got = append(got, why(counts[i].AbsentCount.Extension))
		}
		got = append(got, why((&reader{}).measureScore(&test.one).Extension))
		require.Equal(t, test.want, got, name)
	}
}

func TestFewerIsBetterOfAShareOfFaults(t *testing.T) {
	p := &PracticeReport{Accreditations: []Accreditation{{Criteria: []Criterion{{Rule: "a/b", Threshold: "<= 5%"}, {Rule: "c/d", Threshold: "80%"}, {Rule: "e/f"}}}}}
	require.Equal(t, []string{"decrease", "increase", "", ""}, []string{improvement(p, "a/b"), improvement(p, "c/d"), improvement(p, "e/f"), improvement(p, "g/h")})
}
