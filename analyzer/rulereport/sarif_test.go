package rulereport

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"paperlight/analyzer/ruletest"
	"paperlight/rules"
)

func lintedSample() *Linted {
	return OfLint(&rules.Catalogue{Version: "1", SHA256: "ab"}, []rules.Warning{
		{Check: "scheme", File: "ours/local/phone.md", Message: "the rule stands in no scheme", Hint: "add a criterion"},
		{Check: "draft", Fault: true, File: "ours/local/phone no. 1%.md", Line: 10, Column: 34, Message: "the text of the draft stands here still"},
		{Check: "codes", File: "a:b/list.csv", Line: 2, Column: 1, Message: "a message\u202e with\x1b hidden marks"},
	})
}

func testedSample() *Tested {
	r := &rules.Rule{ID: "local/phone"}
	s := &ruletest.Summary{Failures: []ruletest.Failure{
		{Rule: r.ID, Case: "one", File: "ours/local/testdata/phone.txtar", Line: 16, Message: "want numerator, got failing"},
		{Rule: r.ID, File: "ours/local/phone.md", Message: "no case", Hint: "write one"}}}
	return OfTests(&rules.Catalogue{}, []*rules.Rule{r}, s, &ruletest.Mutation{Survivors: []ruletest.Failure{{File: "ours/local/phone.md", Line: 7, Message: "no case notices"}}})
}

func sarifSchemaOf(t *testing.T) *jsonschema.Schema {
	t.Helper()
	const name = "sarif-2.1.0-rtm.5.schema.json"
	text, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	require.NoError(t, c.AddResource(name, doc))
	s, err := c.Compile(name)
	require.NoError(t, err)
	return s
}

func TestSARIFIsAsPublished(t *testing.T) {
	schema := sarifSchemaOf(t)
	valid := func(text []byte) error {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		require.NoError(t, err)
		return schema.Validate(doc)
	}
	for _, empty := range []bool{true, false} {
		l := lintedSample()
		if empty {
			l.Findings = nil
		}
		var out, again bytes.Buffer
		require.NoError(t, l.Write(&out, "sarif", Origin{Version: "v1.2.3"}))
		require.NoError(t, l.Write(&again, "sarif", Origin{Version: "v1.2.3"}))
		require.Equal(t, out.String(), again.String())
		require.NoError(t, valid(out.Bytes()))
		require.Error(t, valid(bytes.Replace(out.Bytes(), []byte(`"version": "2.1.0"`), []byte(`"version": "2"`), 1)), "the schema looks")
	}
	var out bytes.Buffer
	require.NoError(t, testedSample().Write(&out, "sarif", Origin{}))
	require.NoError(t, valid(out.Bytes()))
}

func TestSARIFSaysWhereAndWhat(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, lintedSample().Write(&out, "sarif", Origin{Place: func(file string) string { return "ci/" + file }}))
	var log sarifLog
	require.NoError(t, json.Unmarshal(out.Bytes(), &log))
	run := log.Runs[0]
	require.Len(t, run.Tool.Driver.Rules, len(rules.LintChecks()))
	for i, want := range []struct {
		level, uri   string
		line, column int
	}{
		{"warning", "ci/ours/local/phone.md", 1, 0},
		{"error", "ci/ours/local/phone%20no.%201%25.md", 10, 34},
		{"warning", "ci/a:b/list.csv", 2, 1},
	} {
		got := run.Results[i]
		at := got.Locations[0].PhysicalLocation
		require.Equal(t, want.level, got.Level)
		require.Equal(t, want.uri, at.ArtifactLocation.URI)
		require.Equal(t, [2]int{want.line, want.column}, [2]int{at.Region.StartLine, at.Region.StartColumn})
		require.Equal(t, got.RuleID, run.Tool.Driver.Rules[got.RuleIndex].ID)
	}
	require.Equal(t, "the rule stands in no scheme\nhint: add a criterion", run.Results[0].Message.Text)
	require.NotContains(t, out.String(), "\u202e")

	out.Reset()
	l := lintedSample()
	require.NoError(t, l.Write(&out, "sarif", Origin{}))
	require.Contains(t, out.String(), `"uri": "./a:b/list.csv"`, "a name with a colon is no scheme of an address")
}

func TestFindingsAsAnnotations(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, lintedSample().Write(&out, "github", Origin{Place: func(file string) string { return strings.TrimPrefix(file, "ours/") }}))
	require.Equal(t, `::warning file=local/phone.md,title=rules lint%3A scheme::the rule stands in no scheme%0Ahint: add a criterion
::error file=local/phone no. 1%25.md,line=10,col=34,title=rules lint%3A draft::the text of the draft stands here still
::warning file=a%3Ab/list.csv,line=2,col=1,title=rules lint%3A codes::a message\u202E with\x1b hidden marks
`, out.String())
	out.Reset()
	require.NoError(t, testedSample().Write(&out, "github", Origin{}))
	require.Equal(t, `::error file=ours/local/testdata/phone.txtar,line=16,title=rules test%3A case::want numerator, got failing
::error file=ours/local/phone.md,title=rules test%3A case::no case%0Ahint: write one
::error file=ours/local/phone.md,line=7,title=rules test%3A change::no case notices
`, out.String())
}
