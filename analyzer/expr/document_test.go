package expr

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cel.dev/cel-go/common/operators"
	"github.com/stretchr/testify/require"
)

// docs/language.md names every function, macro and operator of the language,
// and calls nothing that does not exist.
func TestTheDocumentIsOfThisLanguage(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "language.md"))
	require.NoError(t, err)
	var code strings.Builder
	for _, quoted := range regexp.MustCompile("`[^`]+`").FindAllString(string(text), -1) {
		code.WriteString(strings.ReplaceAll(strings.Trim(quoted, "`"), `\|`, "|") + "\n")
	}
	names, signs := vocabulary()
	require.Greater(t, len(names), 40)
	for _, name := range names {
		require.True(t, regexp.MustCompile(`\b`+name+`\b`).MatchString(code.String()), "docs/language.md does not name %s", name)
	}
	for _, sign := range signs {
		require.True(t, strings.Contains(code.String(), sign), "docs/language.md does not name the operator %s", sign)
	}
	for _, call := range regexp.MustCompile(`([a-z][A-Za-z0-9_]*)\(`).FindAllStringSubmatch(code.String(), -1) {
		require.Contains(t, names, call[1], "docs/language.md calls what the language does not have")
	}
	row := regexp.MustCompile("(?m)^\\| `==` .*$").FindString(string(text))
	require.NotEmpty(t, row)
	for _, sign := range regexp.MustCompile("`([^`a-z ]+)`").FindAllStringSubmatch(row, -1) {
		require.Contains(t, signs, sign[1], "docs/language.md has an operator that the language does not have")
	}
}

// vocabulary are the names and the operators that a condition may use.
func vocabulary() (names, signs []string) {
	for _, m := range macros() {
		names = append(names, m.Function())
	}
	for _, o := range overloads() {
		switch sign, isOperator := operators.FindReverse(o.function); {
		case o.function == operators.Conditional:
			signs = append(signs, "?:")
		case isOperator:
			signs = append(signs, sign)
		case !strings.HasPrefix(o.function, "@"):
			names = append(names, o.function)
		}
	}
	slices.Sort(names)
	slices.Sort(signs)
	return slices.Compact(names), slices.Compact(signs)
}
