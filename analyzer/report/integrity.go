package report

import (
	"strings"

	"paperlight/analyzer/figures"
)

// Integrity says what shows that the files of an extract were read as they were
// sent. It is no proof of who sent them.
type Integrity struct {
	// Lists are the lists of checksums that came with the extract. Every file in
	// them was held to them before anything was read, or the extract was refused.
	Lists []string `json:"lists"`
	// Unvouched counts the files that no list holds and whose format has no
	// checksum of its own; Files names them, at the practice level alone, for the
	// forms that people read.
	Unvouched int `json:"unvouched"`
	// Unlisted counts the files that no list holds, but whose format has a checksum
	// of its own: it shows that they were copied whole.
	Unlisted int      `json:"unlisted"`
	Files    []string `json:"-"`
}

// fewFiles is how many files a sentence names.
const fewFiles = 5

// sentence says it for people.
func (i *Integrity) sentence() string {
	lists, files := list(i.Lists), "the files"
	if n := len(i.Files); n > 0 && n <= fewFiles {
		files = list(i.Files)
	} else if n > 0 {
		files = strings.Join(i.Files[:fewFiles], ", ") + " and " + figures.Plural(int64(n-fewFiles), "more file", "more files")
	}
	switch {
	case i.Unvouched == 0 && lists != "" && i.Unlisted > 0:
		return "The files in " + lists + " are those that were sent. No list names the others. Each of those holds a checksum, which shows only that it was copied whole."
	case i.Unvouched == 0 && lists != "":
		return "The files are those that were sent: each was compared with " + lists + "."
	case i.Unvouched == 0:
		return "The files arrived whole: each holds a checksum, and it was right. No list of checksums came with them."
	case lists != "":
		return "The files in " + lists + " are those that were sent. Nothing shows whether the others arrived whole: " + files + "."
	}
	return "Nothing shows whether the files arrived whole and unchanged. No list of checksums (SHA256SUMS) came with them, and there is none inside " + files + "."
}

// notes are what everyone who reads the report must know of how it came about.
func notes(r *Report) []string {
	var out []string
	for _, n := range r.Notes {
		out = append(out, sentence(n))
	}
	for i := range r.Extracts {
		said := r.Extracts[i].Integrity.sentence()
		if r.several() {
			said = r.extractWords(i) + ": " + said
		}
		out = append(out, said)
	}
	return out
}
