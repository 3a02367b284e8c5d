package webpage

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A flag is not broken between its hyphens, or it could not be typed as it stands; and
// nothing is added to the text.
func TestFlagsStayWhole(t *testing.T) {
	said := "Give a list with --codelists, or --scheme ours.yaml - well-known."
	require.Equal(t, []piece{{Text: "Give a list with "}, {"--codelists", true}, {Text: ", or "}, {"--scheme", true}, {Text: " ours.yaml - well-known."}}, pieces(said))
	require.Equal(t, []piece{{Text: "Plain."}}, pieces("Plain."))
}

// What others wrote is text wherever it stands.
func TestPagesEscapeWhatTheyAreGiven(t *testing.T) {
	const hostile = `</title></style><script>alert(1)</script>--flag<b>`
	page := Template("test", `{{template "head" .Head}}<body>{{template "list" list .Says .All}}</body>`, nil)
	var out strings.Builder
	require.NoError(t, Write(&out, page, map[string]any{"Head": NewHead(hostile, "Keep it.", ""), "Says": hostile, "All": []string{hostile}}))
	require.NotContains(t, out.String(), "<script")
	require.NotContains(t, out.String(), "<b>")
	require.Equal(t, 1, strings.Count(out.String(), "</style>"))
}

// A page of which a part fails is not begun.
func TestPagesAreWrittenWholeOrNotAtAll(t *testing.T) {
	var out strings.Builder
	require.Error(t, Write(&out, Template("test", `begun {{.None.Of}}`, nil), struct{ None *Head }{}))
	require.Empty(t, out.String())
}
