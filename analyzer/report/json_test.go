package report

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("report.json", doc))
	s, err := c.Compile("report.json")
	require.NoError(t, err)
	return s
}

func validate(t *testing.T, s *jsonschema.Schema, r *Report) error {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, WriteJSON(&out, Release(r), Options{}))
	doc, err := jsonschema.UnmarshalJSON(&out)
	require.NoError(t, err)
	return s.Validate(doc)
}

func TestJSONKeepsToItsSchema(t *testing.T) {
	s := compiled(t)
	for name, r := range samples() {
		require.NoError(t, validate(t, s, r), name)
	}
	for name, spoil := range map[string]func(*Report){
		"a status of no kind":   func(r *Report) { r.Practices[0].Accreditations[0].Criteria[0].Status = "fine" },
		"a verdict of no kind":  func(r *Report) { r.Practices[0].Accreditations[0].Verdict = "accredited" },
		"a rate above one":      func(r *Report) { r.Practices[0].Results[0].Rate = ptr(1.2) },
		"a negative count":      func(r *Report) { r.Practices[0].Results[0].Numerator = ptr(int64(-1)) },
		"a score above 100":     func(r *Report) { r.Practices[0].Accreditations[0].Score = ptr(int64(10001)) },
		"a date of no calendar": func(r *Report) { r.Practices[0].AsOf = "31/03/2026" },
		"an outcome of no kind": func(r *Report) { r.Practices[0].Requirements[0].Status = "passed" },
		"a kind of no kind":     func(r *Report) { r.Practices[0].Requirements[0].Kind = "vital" },
		"a list that is null":   func(r *Report) { r.Practices[0].Results = nil },
		"a share above one":     func(r *Report) { r.Practices[0].Results[0].Batch.BusiestShare = ptr(1.2) },
		"another version":       func(r *Report) { r.SchemaVersion = "2.0" },
	} {
		r := notReadySample()
		spoil(r)
		require.Error(t, validate(t, s, r), name)
	}
}

// Every field of the model is in the schema, and the other way round.
func TestSchemaNamesEveryField(t *testing.T) {
	var doc map[string]any
	require.NoError(t, json.Unmarshal(Schema(), &doc))
	defs := doc["$defs"].(map[string]any)
	nested := doc["properties"].(map[string]any)
	for _, test := range []struct {
		model  any
		schema any
	}{
		{Report{}, doc}, {Tool{}, nested["tool"]}, {Extract{}, nested["extract"]}, {Scheme{}, nested["scheme"]}, {RuleSet{}, nested["rules"]},
		{ExtractRead{}, defs["extract_read"]}, {NotRead{}, defs["not_read"]}, {Table{}, defs["table"]}, {Fault{}, defs["fault"]}, {PracticeReport{}, defs["practice"]},
		{Result{}, defs["result"]}, {Beside{}, defs["beside"]}, {Batch{}, defs["batch"]}, {Requirement{}, defs["requirement"]}, {Accreditation{}, defs["accreditation"]}, {Criterion{}, defs["criterion"]}, {RuleText{}, defs["rule_text"]},
	} {
		kind := reflect.TypeOf(test.model)
		schema := test.schema.(map[string]any)
		properties := schema["properties"].(map[string]any)
		var required []string
		named := 0
		for i := range kind.NumField() {
			name, option, _ := strings.Cut(kind.Field(i).Tag.Get("json"), ",")
			if name == "-" {
				continue
			}
			named++
			require.Contains(t, properties, name, kind.Name())
			if option != "omitempty" {
				required = append(required, name)
			}
		}
		require.Len(t, properties, named, kind.Name())
		require.ElementsMatch(t, required, schema["required"], kind.Name())
	}
}

func TestJSONComesBackAsItWas(t *testing.T) {
	r := severalSample()
	r.Practices[0].Name = "a\u202eb\x00c\u200dd\U000e0041e <b> & é"
	var out bytes.Buffer
	require.NoError(t, WriteJSON(&out, Release(r), Options{}))
	require.Contains(t, out.String(), `a\u202eb\u0000c\u200dd\udb40\udc41e <b> & é`)
	back, err := ReadJSON(&out)
	require.NoError(t, err)
	r.Extracts[0].Integrity.Files = nil // for people, as positions are; JSON leaves them out
	for i := range r.Extract.Tables {
		for j := range r.Extract.Tables[i].Faults {
			r.Extract.Tables[i].Faults[j].First = nil
		}
	}
	require.Equal(t, r, back)

	before, err := ReadJSON(strings.NewReader(`{"practices": [{"practice_id": "A81001"}]}`))
	require.NoError(t, err)
	require.Equal(t, []Requirement{}, before.Practices[0].Requirements, "a report from before they were part of it")

	_, err = ReadJSON(strings.NewReader("{"))
	require.Error(t, err)
}
