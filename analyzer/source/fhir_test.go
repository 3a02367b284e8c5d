package source

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// written writes files below a folder, and returns it.
func written(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		at := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o755))
		require.NoError(t, os.WriteFile(at, []byte(text), 0o600))
	}
	return dir
}

func gzipped(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.String()
}

func zipped(t testing.TB, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = w.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.String()
}

// the returns a path of members, each the first of its elements.
func the(names ...string) Path {
	var p Path
	for _, n := range names {
		p = append(p, Step{Name: n})
	}
	return p
}

// where adds a condition to the last step of a path.
func (p Path) where(member, text string) Path {
	p[len(p)-1].Where = append(p[len(p)-1].Where, Condition{strings.Split(member, "."), text})
	return p
}

// column is a column of a test, kept.
func column(name string, p Path) ResourceColumn {
	return ResourceColumn{Name: name, Path: p, Kept: true}
}

// resources reads a table of the extract at path: the cells of a row joined by bars.
func resources(t testing.TB, path string, opt Options, r Resource) (rows []string, err error) {
	t.Helper()
	b, err := Open([]string{path}, opt)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	require.NotNil(t, b.Documents)
	if err := b.Documents.Index(context.Background()); err != nil {
		return nil, err
	}
	f, err := b.Documents.Table(context.Background(), r)
	if err != nil {
		return nil, err
	}
	cols := make([]int, len(f.Columns))
	for i := range cols {
		cols[i] = i
	}
	next := int64(1)
	for _, p := range f.Parts {
		_, want := p.Size()
		for raw, err := range p.Scan(context.Background(), cols) {
			if err != nil {
				return rows, err
			}
			require.Equal(t, next, raw.First)
			next += int64(raw.Rows)
			want -= int64(raw.Rows)
			for i := range raw.Rows {
				var cells []string
				for _, c := range raw.Columns {
					cells = append(cells, string(c.Data[c.Start[i]:c.End[i]]))
				}
				rows = append(rows, strings.Join(cells, "|"))
			}
		}
		require.Zero(t, want)
	}
	return rows, nil
}

const twoPatients = `{"entry": [
  {"fullUrl": "urn:uuid:1", "resource": {"gender": "female", "id": "1", "name": [{"given": ["Ann", "B"]}, {"given": ["Nan"]}], "resourceType": "Patient"}},
  {"resource": {"resourceType": "Observation", "id": "o", "subject": {"reference": "Patient/1"}}},
  {"resource": {"resourceType": "Patient", "id": "2", "name": [], "gender": null}}
], "resourceType": "Bundle"}`

var patientColumns = Resource{Name: "Patient", Type: "Patient", Columns: []ResourceColumn{
	column("id", the("id")), column("gender", the("gender")), column("given", the("name", "given")),
}}

// TestFormsOfFHIR reads the same resources from every form of file.
func TestFormsOfFHIR(t *testing.T) {
	lines := `{"resourceType":"Patient","id":"1","gender":"female","name":[{"given":["Ann"]}]}` + "\n" + `{"resourceType":"Patient","id":"2"}` + "\r\n"
	first, second, _ := strings.Cut(lines, "\n")
	for form, files := range map[string]map[string]string{
		"a bundle, its type last":  {"b.json": twoPatients},
		"a byte-order mark before": {"b.json": "\xef\xbb\xbf" + twoPatients},
		"a resource a line":        {"Patient.ndjson": lines, "Observation.ndjson": `{"resourceType":"Observation"}`},
		"by the other name":        {"Patient.jsonl": lines},
		"packed":                   {"Patient.ndjson.gz": gzipped(t, lines)},
		"a bundle, packed":         {"b.json.gz": gzipped(t, twoPatients)},
		"an array":                 {"a.json": "[" + first + "," + second + "]"},
		"a resource a file":        {"1.json": first, "2.json": second},
		"a bundle in a bundle":     {"b.json": `{"resourceType":"Bundle","entry":[{"resource":` + twoPatients + `}]}`},
		"a bundle a line":          {"b.ndjson": `{"resourceType":"Bundle","entry":[{"resource":` + first + "}]}\n" + `{"entry":[{"resource":` + second + "}]}"},
		"in a folder":              {"fhir/b.json": twoPatients},
	} {
		for _, place := range []string{"folder", "zip"} {
			path := written(t, files)
			if place == "zip" {
				path = filepath.Join(written(t, map[string]string{"all.zip": zipped(t, files)}), "all.zip")
			}
			rows, err := resources(t, path, Options{}, patientColumns)
			require.NoError(t, err, "%s, %s", form, place)
			require.Equal(t, []string{"1|female|Ann", "2||"}, rows, "%s, %s", form, place)
		}
	}
}

func TestJSONOfAnotherKindIsNoFHIR(t *testing.T) {
	dir := written(t, map[string]string{"codes.json": `{"codes": [1, 2]}`, "broken.json": "{{", "list.json": `[{"a": 1}]`})
	_, err := Open([]string{dir}, Options{})
	require.ErrorContains(t, err, "no data file found")
	_, err = Open([]string{filepath.Join(dir, "codes.json")}, Options{})
	require.EqualError(t, err, "codes.json: not a kind of file that holds a table")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "patients.csv"), []byte("patient_id\np1\n"), 0o600))
	b, err := Open([]string{dir}, Options{})
	require.NoError(t, err)
	require.Equal(t, []string{"broken.json", "codes.json", "list.json"}, b.Ignored)
	require.Nil(t, b.Documents)
	require.NoError(t, b.Close())
}

// TestPathsChooseElements follows paths through one resource.
func TestPathsChooseElements(t *testing.T) {
	const patient = `{"resourceType": "Patient", "id": "p",
	  "identifier": [
	    {"value": "local", "system": "https://practice"},
	    {"value": "9434765919", "system": "https://fhir.nhs.uk/Id/nhs-number", "extension": [
	      {"valueCodeableConcept": {"coding": [{"code": "01"}]}, "url": "https://hl7/NHSNumberVerificationStatus"},
	      {"valueString": "no", "url": "https://hl7/Other"}]},
	    {"value": "again", "system": "https://fhir.nhs.uk/Id/nhs-number"}],
	  "active": true, "multipleBirthInteger": 2.50,
	  "contact": [{"relationship": [{"coding": [{"code": "A"}, {"code": "N"}]}], "name": "kin"},
	              {"relationship": [{"coding": [{"code": "E"}]}], "name": "other"}],
	  "managingOrganization": {"reference": "https://server/fhir/Organization/7/_history/3"},
	  "link": [{"other": {"reference": "urn:uuid:8b19-1"}}, {"other": {"reference": "#inside"}}]}`
	nhs := func(rest ...string) Path {
		return append(the("identifier").where("system", "https://fhir.nhs.uk/Id/nhs-number"), the(rest...)...)
	}
	status := append(nhs("extension").where("url", "*/NHSNumberVerificationStatus"), the("valueCodeableConcept", "coding", "code")...)
	second := the("link", "other", "reference")
	second[0].Index = 1
	for _, c := range []struct {
		path Path
		want string
	}{
		{the("id"), "p"},
		{the("identifier", "value"), "local"},
		{nhs("value"), "9434765919"},
		{status, "01"},
		{append(nhs("extension").where("url", "*/Missing"), the("valueString")...), ""},
		{append(the("identifier").where("system", "https://f*"), the("value")...), "9434765919"},
		{append(the("identifier").where("system", "*nhs.uk*"), the("value")...), "9434765919"},
		{append(the("contact").where("relationship.coding.code", "N"), the("name")...), "kin"},
		{append(the("contact").where("relationship.coding.code", "E"), the("name")...), "other"},
		{append(the("contact").where("relationship.coding.code", "N").where("name", "other"), the("name")...), ""},
		{the("active"), "true"},
		{the("multipleBirthInteger"), "2.50"},
		{the("managingOrganization", "reference"), "7"},
		{the("managingOrganization"), ""},
		{the("link", "other", "reference"), "8b19-1"},
		{second, "p#inside"},
	} {
		dir := written(t, map[string]string{"p.json": patient})
		rows, err := resources(t, dir, Options{}, Resource{Type: "Patient", Columns: []ResourceColumn{column("c", c.path)}})
		require.NoError(t, err)
		require.Equal(t, []string{c.want}, rows, "%+v", c.path)
		// Beside all others it reads the same.
		rows, err = resources(t, dir, Options{}, Resource{Type: "Patient", Columns: []ResourceColumn{
			column("a", status), column("b", nhs("value")), column("c", c.path), column("d", the("identifier", "value"))}})
		require.NoError(t, err)
		require.Equal(t, []string{"01|9434765919|" + c.want + "|local"}, rows, "%+v", c.path)
	}
}

// TestContainedResourcesHaveNamesOfTheirOwn: one id inside two resources is two ids.
func TestContainedResourcesHaveNamesOfTheirOwn(t *testing.T) {
	request := func(id string) string {
		return `{"medicationReference":{"reference":"#m"},"contained":[{"id":"m","resourceType":"Medication","code":{"text":"` + id +
			`"}},{"resourceType":"Medication","id":"n","ingredient":{"reference":"#m"}}],"resourceType":"MedicationRequest"` + id + `}`
	}
	text := request(`,"id":"a"`[:0]) // one without an id
	text += "\n" + strings.Replace(request("x"), `"MedicationRequest"x`, `"MedicationRequest","id":"x"`, 1)
	for _, name := range []string{"r.ndjson", "r.ndjson.gz"} {
		content := text
		if strings.HasSuffix(name, ".gz") {
			content = gzipped(t, text)
		}
		dir := written(t, map[string]string{name: content})
		rows, err := resources(t, dir, Options{}, Resource{Type: "Medication", Columns: []ResourceColumn{
			column("id", the("id")), column("text", the("code", "text")), column("ref", the("ingredient", "reference"))}})
		require.NoError(t, err)
		require.Equal(t, []string{"1-0#m||", "1-0#n||1-0#m", "x#m|x|", "x#n||x#m"}, rows)
		rows, err = resources(t, dir, Options{}, Resource{Type: "MedicationRequest", Columns: []ResourceColumn{
			column("id", the("id")), column("drug", the("medicationReference", "reference"))}})
		require.NoError(t, err)
		require.Equal(t, []string{"|1-0#m", "x|x#m"}, rows)
	}
}

// TestContainedOfTheSameType: an organisation inside an organisation.
func TestContainedOfTheSameType(t *testing.T) {
	const text = `{"resourceType":"Organization","id":"a","name":"A","contained":[{"resourceType":"Organization","id":"b","name":"B"}],"partOf":{"reference":"#b"}}`
	for name, content := range map[string]string{"o.json": text, "o.json.gz": gzipped(t, text)} {
		rows, err := resources(t, written(t, map[string]string{name: content}), Options{}, Resource{Type: "Organization", Columns: []ResourceColumn{
			column("id", the("id")), column("name", the("name")), column("part", the("partOf", "reference"))}})
		require.NoError(t, err)
		require.Equal(t, []string{"a#b|B|", "a|A|a#b"}, rows, name)
	}
}

func TestOnceCountsTheFirst(t *testing.T) {
	dir := written(t, map[string]string{
		"1.json": `{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"1","managingOrganization":{"reference":"Organization/7"}}}]}`,
		"2.json": `{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"2","managingOrganization":{"reference":"Organization/7"}}},
			{"resource":{"resourceType":"Patient","id":"3"}},{"resource":{"resourceType":"Patient","id":"4","managingOrganization":{"reference":"Organization/8"}}}]}`,
	})
	rows, err := resources(t, dir, Options{part: 1}, Resource{Type: "Patient", Once: "practice", Columns: []ResourceColumn{
		column("id", the("id")), column("practice", the("managingOrganization", "reference"))}})
	require.NoError(t, err)
	require.Equal(t, []string{"1|7", "4|8"}, rows)
}

// TestColumnsWithoutATextAreLeftOut: what no resource says, the extract cannot supply.
func TestColumnsWithoutATextAreLeftOut(t *testing.T) {
	b, err := Open([]string{written(t, map[string]string{"b.json": twoPatients})}, Options{Digest: true})
	require.NoError(t, err)
	defer b.Close()
	require.NoError(t, b.Documents.Index(context.Background()))
	require.Equal(t, []string{"Observation", "Patient"}, b.Documents.Types())
	require.Equal(t, []string{"b.json"}, b.Documents.Names())
	require.Len(t, b.Documents.Digests()[0], 64)
	f, err := b.Documents.Table(context.Background(), Resource{Name: "Patient", Type: "Patient", Columns: []ResourceColumn{
		{Name: "birth", Path: the("birthDate")}, {Name: "kept", Path: the("birthDate"), Kept: true}, {Name: "gender", Path: the("gender")}}})
	require.NoError(t, err)
	require.Equal(t, []string{"kept", "gender"}, f.Columns)
	require.Equal(t, FHIR, f.Format)
}

// TestPartsOfFHIR: however the resources are divided, they are the same.
func TestPartsOfFHIR(t *testing.T) {
	var text strings.Builder
	var want []string
	for i := range 20_000 {
		fmt.Fprintf(&text, `{"resourceType":"%s","id":"%d","text":"%s"}`+"\n", []string{"Patient", "Other"}[i%2], i, strings.Repeat("é", i%300))
		if i%2 == 0 {
			want = append(want, fmt.Sprint(i))
		}
	}
	for name, content := range map[string]string{"p.ndjson": text.String(), "p.ndjson.gz": gzipped(t, text.String())} {
		dir := written(t, map[string]string{name: content})
		for _, part := range []int64{200_000, 1 << 20, 1 << 30} {
			rows, err := resources(t, dir, Options{part: part}, Resource{Type: "Patient", Columns: []ResourceColumn{column("id", the("id"))}})
			require.NoError(t, err)
			require.Equal(t, want, rows)
		}
	}
}

// TestManyFilesHoldNoHandle: a practice may come as a file a patient.
func TestManyFilesHoldNoHandle(t *testing.T) {
	files := map[string]string{}
	for i := range 300 {
		files[fmt.Sprintf("p%03d.json", i)] = fmt.Sprintf(`{"resourceType":"Patient","id":"%03d"}`, i)
	}
	dir := written(t, files)
	b, err := Open([]string{dir}, Options{Digest: true})
	require.NoError(t, err)
	require.Empty(t, b.closers)
	require.NoError(t, b.Close())
	rows, err := resources(t, dir, Options{}, patientColumns)
	require.NoError(t, err)
	require.Len(t, rows, 300)
	require.Equal(t, "000||", rows[0])
}

// TestAChangedDocumentIsRefused: what was indexed is what is read.
func TestAChangedDocumentIsRefused(t *testing.T) {
	dir := written(t, map[string]string{"p.json": twoPatients})
	b, err := Open([]string{dir}, Options{})
	require.NoError(t, err)
	defer b.Close()
	require.NoError(t, b.Documents.Index(context.Background()))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "p.json"), []byte(twoPatients+" "), 0o600))
	_, err = b.Documents.Table(context.Background(), patientColumns)
	require.EqualError(t, err, "p.json: the file was changed while it was being read")
}
