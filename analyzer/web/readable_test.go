package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/internal/fixture"
)

// sentencesOfPages are what the templates say, without what is filled in.
func sentencesOfPages(t *testing.T) (out []string) {
	t.Helper()
	entries, err := pageFiles.ReadDir("pages")
	require.NoError(t, err)
	action, tag := regexp.MustCompile(`(?s)\{\{.*?\}\}`), regexp.MustCompile(`(?s)</?(a|strong|span|small|button|label)\b[^>]*>`)
	other := regexp.MustCompile(`(?s)<[^>]*>`)
	for _, e := range entries {
		text, err := pageFiles.ReadFile("pages/" + e.Name())
		require.NoError(t, err)
		plain := other.ReplaceAllString(tag.ReplaceAllString(action.ReplaceAllString(string(text), "x"), " "), "\n")
		for line := range strings.SplitSeq(plain, "\n") {
			if line = strings.Join(strings.Fields(line), " "); len(strings.Fields(line)) > 3 {
				out = append(out, strings.TrimRight(line, ".:")+".")
			}
		}
	}
	return out
}

// sentencesOfAnswers are the texts of the package that end as sentences do.
func sentencesOfAnswers(t *testing.T) (out []string) {
	t.Helper()
	files, err := parser.ParseDir(token.NewFileSet(), ".", nil, 0) //nolint:staticcheck // of one folder, without types
	require.NoError(t, err)
	for name, file := range files["web"].Files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				text, err := strconv.Unquote(lit.Value)
				if err == nil && strings.HasSuffix(text, ".") && len(strings.Fields(text)) > 3 {
					out = append(out, strings.ReplaceAll(text, "%s", "x"))
				}
			}
			return true
		})
	}
	return out
}

// A practice manager reads the page once, between two telephone calls.
func TestThePageCanBeRead(t *testing.T) {
	const hardest, longest = 6.0, 24
	reader := fixture.NewReader()
	for name, said := range map[string][]string{"pages": sentencesOfPages(t), "answers": sentencesOfAnswers(t)} {
		require.Greater(t, len(said), 15, name)
		require.Less(t, reader.Grade(strings.Join(said, " ")), hardest, name)
		for _, text := range said {
			for sentence := range strings.SplitSeq(text, ". ") {
				require.LessOrEqual(t, len(strings.Fields(sentence)), longest, sentence)
			}
		}
	}
}
