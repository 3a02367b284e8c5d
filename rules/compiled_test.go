package rules

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
	"paperlight/internal/fixture"
)

// parsed is the embedded folder with nothing worked out beforehand.
func parsed() Folder {
	f := Published()
	f.compiled = nil
	return f
}

// TestCatalogueIsCompiled holds the compiled form to the files.
func TestCatalogueIsCompiled(t *testing.T) {
	want, err := compile()
	require.NoError(t, err)
	if fixture.Updating() {
		require.NoError(t, os.WriteFile("catalogue.bin", want, 0o644))
	}
	have, err := os.ReadFile("catalogue.bin")
	require.NoError(t, err)
	require.True(t, string(want) == string(have), "catalogue.bin is stale; run: go generate ./rules")
	require.NotNil(t, readCompiled(string(have)))
	require.Less(t, len(have), 1<<20)
	again, err := compile()
	require.NoError(t, err)
	require.True(t, string(want) == string(again), "compiling twice gives two forms")
}

// Nothing is left to parse where the compiled form is current.
func TestAllPublishedFilesAreCompiled(t *testing.T) {
	f := Published()
	f.compiled.noted = map[string]*value{}
	c, err := Load(f)
	require.NoError(t, err)
	for _, id := range SchemeIDs() {
		l := &schemeLoader{catalogue: c, published: f}
		_, err := l.byID(id)
		require.NoError(t, err)
	}
	require.Empty(t, f.compiled.noted, "catalogue.bin is stale; run: go generate ./rules")
}

// everything is a binding to an extract that lacks nothing.
func everything(c *Catalogue) *expr.Binding {
	return &expr.Binding{
		Supplies: func(*schema.Column) bool { return true }, HasTable: func(*schema.Table) bool { return true },
		Lists: c.Lists, Prevalence: c.Prevalence.Shares(),
	}
}

// lowered prints the rules as the graph has them, and forgets what was made of their
// texts, so that the rest can be compared.
func lowered(c *Catalogue) string {
	var b strings.Builder
	graph, binding := expr.NewGraph(), everything(c)
	for _, whole := range c.Rules {
		for _, r := range whole.Whole() {
			r.Source.Compiled = nil
			if r.Checked == nil {
				continue
			}
			low := r.Checked.Lower(graph, binding)
			b.WriteString(r.ID + "\n" + strings.Join(low.Missing, ", ") + strings.Join(low.Notes, ", ") + "\n")
			for _, n := range []*expr.Node{low.Where, low.Exclude, low.Expect, low.Value, low.Date} {
				if n != nil {
					b.WriteString(n.String() + "\n")
				}
			}
			r.Checked = nil
		}
	}
	for i := range c.Definitions {
		c.Definitions[i].Compiled = nil
	}
	c.Language = nil
	return b.String()
}

func TestTheCompiledCatalogueIsTheParsedOne(t *testing.T) {
	quick, err := Load(Published())
	require.NoError(t, err)
	slow, err := Load(parsed())
	require.NoError(t, err)
	var checked [2][]*expr.Checked
	for i, c := range []*Catalogue{quick, slow} {
		for _, whole := range c.Rules {
			for _, r := range whole.Whole() {
				if r.Checked != nil {
					checked[i] = append(checked[i], r.Checked)
				}
			}
		}
	}
	require.NotEmpty(t, checked[1])
	require.True(t, string(quick.Language.Compile(checked[0])) == string(slow.Language.Compile(checked[1])), "the terms differ")
	require.Equal(t, Lint(slow, nil), Lint(quick, nil), "the places of warnings differ")
	for _, id := range SchemeIDs() {
		have, err := PublishedScheme(id, quick)
		require.NoError(t, err)
		want, err := (&schemeLoader{catalogue: quick, published: parsed()}).byID(id)
		require.NoError(t, err)
		require.Equal(t, want, have)
	}
	require.Equal(t, lowered(slow), lowered(quick))
	require.Len(t, quick.Rules, len(slow.Rules))
	for i, r := range slow.Rules {
		require.Equal(t, r, quick.Rules[i])
	}
	require.Equal(t, slow, quick)
}

// What was kept of the published catalogue is read as quickly as the catalogue itself, and
// what was kept of another one, by a single byte, is parsed: both mean what they say.
func TestKeptTextsAreParsedUnlessTheyArePublished(t *testing.T) {
	texts, err := Published().Texts(false)
	require.NoError(t, err)
	files := fstest.MapFS{}
	for name, text := range texts {
		files[name] = &fstest.MapFile{Data: text}
	}
	base := Folder{FS: files, Name: "kept"}
	kept, err := LoadKept(Version, base)
	require.NoError(t, err)
	require.NotNil(t, kept.Rules[0].Source.Compiled)
	require.True(t, kept.Rules[0].Source.Proven)
	parsed, err := Load(Folder{FS: files, Name: "kept"})
	require.NoError(t, err)
	require.Nil(t, parsed.Rules[0].Source.Compiled)
	want := lowered(parsed)
	require.Equal(t, want, lowered(kept))

	files["definitions.yaml"].Data = append(files["definitions.yaml"].Data, '\n')
	changed, err := LoadKept(Version, base)
	require.NoError(t, err)
	require.Nil(t, changed.Rules[0].Source.Compiled)
	require.False(t, changed.Rules[0].Source.Proven)
	require.NotEqual(t, kept.SHA256, changed.SHA256)
	require.Equal(t, want, lowered(changed))
}

// A page that is not the one that was compiled is read as it stands.
func TestAChangedFileIsParsed(t *testing.T) {
	const name = "demographics/sex-recorded.md"
	page, err := published.ReadFile(name)
	require.NoError(t, err)
	c := embedded(t)
	was := c.Rule("demographics/sex-recorded")
	require.NotNil(t, was)
	changed := strings.Replace(string(page), "where: ", "where: is_deceased && ", 1)
	require.NotEqual(t, string(page), changed)
	files := fstest.MapFS{}
	require.NoError(t, fs.WalkDir(published, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files[name] = &fstest.MapFile{}
			files[name].Data, err = published.ReadFile(name)
		}
		return err
	}))
	files[name].Data = []byte(changed)
	f := Published()
	f.FS = files
	c, err = Load(f)
	require.NoError(t, err)
	r := c.Rule(was.ID)
	require.Equal(t, "is_deceased && "+was.Source.Where, r.Source.Where)
	graph, binding := expr.NewGraph(), everything(c)
	require.Contains(t, r.Checked.Lower(graph, binding).Where.String(), "patients.is_deceased")
	require.NotEqual(t, was.Checked.Lower(graph, binding).Where, r.Checked.Lower(graph, binding).Where)
}

func TestADamagedFormIsNotUsed(t *testing.T) {
	require.Nil(t, readCompiled(""))
	require.Nil(t, readCompiled(catalogue[:len(catalogue)-1]))
	require.Nil(t, readCompiled(catalogue+"x"))
	f := Published()
	for sum, tree := range f.compiled.trees {
		f.compiled.trees[sum] = tree[:len(tree)-1]
	}
	c, err := Load(f)
	require.NoError(t, err)
	require.Len(t, c.Rules, len(embedded(t).Rules))
}
