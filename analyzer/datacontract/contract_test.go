package datacontract

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"paperlight/analyzer/schema"
	"paperlight/analyzer/visible"
	"paperlight/rules"
)

func published(t *testing.T) (*rules.Catalogue, []byte) {
	t.Helper()
	c, err := rules.Embedded()
	require.NoError(t, err)
	var out, again bytes.Buffer
	require.NoError(t, Write(&out, c))
	require.NoError(t, Write(&again, c))
	require.Equal(t, out.String(), again.String())
	return c, out.Bytes()
}

func validatorOf(t *testing.T) func(text []byte) error {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("odcs-3.0.2", "odcs.schema.json"))
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("odcs.json", doc))
	s, err := c.Compile("odcs.json")
	require.NoError(t, err)
	return func(text []byte) error {
		asJSON, err := yaml.YAMLToJSON(text)
		require.NoError(t, err)
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
		require.NoError(t, err)
		return s.Validate(doc)
	}
}

func TestTheContractIsAsPublished(t *testing.T) {
	valid := validatorOf(t)
	_, text := published(t)
	require.NoError(t, valid(text))
	for _, wrong := range [][2]string{{"apiVersion: v3.0.2", "apiVersion: v9"}, {"dimension: conformity", "dimension: kahn"}, {"engine: paperlight\n", "engin: paperlight\n"}, {"logicalType: date", "logicalType: day"}, {"classification:", "class:"}} {
		damaged := strings.Replace(string(text), wrong[0], wrong[1], 1)
		require.NotEqual(t, string(text), damaged)
		require.Error(t, valid([]byte(damaged)), "the schema looks: %s", wrong[1])
	}
}

// What is read is what was written: no text is taken for a number, a truth or a mark of YAML.
func TestTheContractHoldsEveryTableColumnAndRule(t *testing.T) {
	c, text := published(t)
	var got contract
	require.NoError(t, yaml.UnmarshalWithOptions(text, &got, yaml.Strict()))
	require.Equal(t, contractOf(c), &got)
	require.Len(t, got.Schema, len(schema.Tables))
	checks := 0
	for i, t1 := range got.Schema {
		require.Equal(t, schema.Tables[i].Name, t1.Name)
		for _, column := range t1.Properties {
			require.False(t, schema.Tables[i].Column(column.Name).Virtual)
			require.NotEmpty(t, column.LogicalType)
		}
		for _, one := range t1.Quality {
			checks++
			r := c.Rule(one.Name)
			require.Equal(t, t1.Name, r.Table.Name)
			require.NotEmpty(t, one.Dimension, one.Name)
			bounds := 0
			for _, b := range []*float64{one.GreaterOrEqual, one.GreaterThan, one.LessOrEqual, one.LessThan} {
				if b != nil {
					bounds++
				}
			}
			require.Equal(t, r.Threshold.Set && !r.Info, bounds == 1, one.Name)
		}
	}
	require.Equal(t, len(c.Rules), checks, "every rule once")
}

func TestPassMarksOfAContract(t *testing.T) {
	for mark, want := range map[string]string{
		"80%": `"GreaterOrEqual":80`, "> 50%": `"GreaterThan":50`, "<= 5%": `"LessOrEqual":5`, "< 99.95%": `"LessThan":99.95`,
	} {
		threshold, err := rules.ParseThreshold(mark)
		require.NoError(t, err)
		text, err := json.Marshal(checkOf(&rules.Rule{Threshold: threshold}))
		require.NoError(t, err)
		require.Contains(t, string(text), want)
		require.Equal(t, 3, strings.Count(string(text), "null"), "one bound alone")
	}
	require.Empty(t, checkOf(&rules.Rule{Info: true, Threshold: rules.Threshold{Set: true}}).Unit, "what is not judged has no pass mark")
}

// Texts of a rule of a user's own are written as they are, whatever they hold.
func FuzzTextsOfAContract(f *testing.F) {
	for _, s := range []string{"yes", "null", "1.0", "0x1F", "- a", "a: b", "# no", "'", `"`, "a\nb", " a ", "\ta", "%", "&x", "*x", "!!int 1", "|", ">", "a\n\n", "\n", "{", "[a]", "~", "2026-03-31", "a #b", "\u00a0", "<<", "=", "a:", "---", "...", "- ", "?", "`", "@a", "1_000", "1e3", ".inf", "0o7", "\\n", "\x1b", "a\r\nb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := &rules.Rule{ID: "local/a", Title: s, Table: schema.Patients, ThresholdFrom: s}
		r.Source.Where = s
		var out bytes.Buffer
		require.NoError(t, Write(&out, &rules.Catalogue{Rules: []*rules.Rule{r}}))
		var got contract
		require.NoError(t, yaml.UnmarshalWithOptions(out.Bytes(), &got, yaml.Strict()), "%q", s)
		for _, one := range got.Schema {
			for _, q := range one.Quality {
				require.Equal(t, visible.Text(s), q.Description)
				require.Equal(t, visible.Text(s), q.Implementation.Where)
				return
			}
		}
		t.Fatal("the rule is there")
	})
}
