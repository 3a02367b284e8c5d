package report

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// counted are the nouns that reports count, several of each.
func counted() []string {
	out := []string{"things", "questions", "checks", "points", "minutes", "hours", "working days", "days", "months", "essentials", "desirables",
		"rows", "cells", "values", "records", "patients", "registered patients", "entries", "rules", "tables", "jobs", "registers", "practices", "record ids"}
	for _, words := range recordWords {
		out = append(out, words[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// faultsOfStyle are what no report may say: a plural of one, a count without its
// comma, a share in another style, words that readers stumbled over.
func faultsOfStyle() map[string]*regexp.Regexp {
	nouns := `(` + strings.Join(counted(), "|") + `)\b`
	return map[string]*regexp.Regexp{
		"a plural of one":           regexp.MustCompile(`(?:^|[^\d.,])1 ` + nouns),
		"a singular of several":     regexp.MustCompile(`(?:^|[^\d.,-])(?:0|[2-9]|[1-9]\d+) (row|record|check|question|thing|medicine|point|minute|hour)\b`),
		"a count without its comma": regexp.MustCompile(`\b[1-9]\d{3,} ` + nouns),
		"a space before %":          regexp.MustCompile(`\d %`),
		"a share with more places":  regexp.MustCompile(`\d\.\d{2,}%`),
		"(s)":                       regexp.MustCompile(`\w\(s\)`),
		"words that puzzle": regexp.MustCompile(`fall short|of the way\b|Others decide|and is not yet|Not one of|It stands|` +
			`unknown patient|want one of|cannot be told|waits for [A-Z]|judged on \d|entries count:|as a whole|, mark: `),
	}
}

var (
	markup = regexp.MustCompile(`(?s)<style>.*?</style>|<[^>]*>`)
	// marks are as their page or scheme writes them, with its own places.
	marks   = regexp.MustCompile(`\b(at least|at most|under|more than|to reach|down to)\s+[\d.]+%`)
	doubled = regexp.MustCompile(`[^|\s]  [^|\s]`)
)

// TestReportsAreWrittenInOneStyle reads every golden report as a reader would.
func TestReportsAreWrittenInOneStyle(t *testing.T) {
	var files []string
	for _, pattern := range []string{"testdata/*", "../../testdata/golden/*.txt"} {
		found, err := filepath.Glob(filepath.FromSlash(pattern))
		require.NoError(t, err)
		files = append(files, found...)
	}
	require.Greater(t, len(files), 40)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		prose := string(text)
		switch filepath.Ext(file) {
		case ".json":
			continue // the data themselves
		case ".html":
			prose = markup.ReplaceAllString(prose, "\n")
		case ".txt": // columns are set with spaces
		default:
			require.Empty(t, doubled.FindString(prose), "%s: two spaces", file)
		}
		prose = marks.ReplaceAllString(prose, "the mark")
		for what, fault := range faultsOfStyle() {
			at := fault.FindStringIndex(prose)
			if at != nil {
				t.Errorf("%s: %s: %q", file, what, prose[max(at[0]-40, 0):min(at[1]+40, len(prose))])
			}
		}
	}
}

func TestTheStyleTestSeesFaults(t *testing.T) {
	for what, text := range map[string]string{
		"a plural of one": "1 rows were read", "a singular of several": "all 12 row", "a count without its comma": "of 4000 patients", "a space before %": "84.4 %",
		"a share with more places": "84.45%", "(s)": "record(s)", "words that puzzle": "99.96% of the way",
	} {
		require.Regexp(t, faultsOfStyle()[what], text, what)
	}
	for _, text := range []string{"1 row", "2,001 rows", "0.1 points", "84.4%", "1 of 4 essentials", "pass mark: 80%"} {
		for what, fault := range faultsOfStyle() {
			require.NotRegexp(t, fault, text, what)
		}
	}
}
