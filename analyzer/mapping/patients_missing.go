package mapping

import (
	"fmt"
	"regexp"

	"paperlight/analyzer/source"
)

// tellingTables is how many tables of one system, that no other claims, tell the system
// where its table of patients is missing.
const tellingTables = 2

// withoutPatients refuses files that are most likely a system's, but for its table of
// patients; nil where nothing tells of which they are.
func withoutPatients(tried []*bindings) error {
	claims := map[*source.File]int{}
	for _, b := range tried {
		for f := range b.claimed() {
			claims[f]++
		}
	}
	var likely *bindings
	most, again := tellingTables-1, false
	for _, b := range tried {
		switch n := b.tablesOfItsOwn(claims); {
		case n > most:
			likely, most, again = b, n, false
		case n == most:
			again = true
		}
	}
	if likely == nil || again {
		return nil
	}
	return likely.lacksRequired()
}

// tablesOfItsOwn counts the tables of which some file is claimed by no other system.
func (b *bindings) tablesOfItsOwn(claims map[*source.File]int) (n int) {
	for _, files := range b.files {
		for _, f := range files {
			if claims[f.file] == 1 {
				n++
				break
			}
		}
	}
	return n
}

// lacksRequired names the first table that the system is known by and that is not there.
func (b *bindings) lacksRequired() error {
	for _, name := range sortedKeys(b.system.Sources) {
		src := b.system.Sources[name]
		if !src.Required || len(b.files[name]) > 0 {
			continue
		}
		missing := "its table of patients"
		if called := src.called(); called != "" {
			missing = called + ", " + missing + ","
		}
		return &RefusedError{
			Message: fmt.Sprintf("this looks like %s, but %s is missing", b.system.Title, missing),
			Hint:    "put it beside the other files; if you do not have it, ask for it too, and export again with it",
		}
	}
	return nil
}

// called is the name of the source's files as people write it; "" where it is a pattern.
func (src *Source) called() string {
	if src.File != "" && regexp.QuoteMeta(src.File) == src.File {
		return src.File
	}
	return ""
}
