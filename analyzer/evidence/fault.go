package evidence

import (
	"cmp"
	"slices"
	"strings"

	"paperlight/analyzer/visible"
)

// A Kind says what was done to a bundle.
type Kind string

// The kinds of fault.
const (
	Changed   Kind = "changed"   // a file is not as it was listed
	Dropped   Kind = "dropped"   // a file that is listed is not there
	Extra     Kind = "added"     // a file is there that is not listed, or has no place in a bundle
	Renamed   Kind = "renamed"   // a file is there under another name
	Swapped   Kind = "swapped"   // two files have each other's content
	Shortened Kind = "shortened" // a list of files lacks one
	BadList   Kind = "bad_list"  // a list of files cannot be read

	LogShortened Kind = "log_shortened" // lines are gone from the end of the log
	LogChanged   Kind = "log_changed"   // lines of the log are gone or not as they were

	NotSigned     Kind = "not_signed"    // there is no signature, and one is asked for
	BadSignature  Kind = "bad_signature" // the signature cannot be read
	OtherFiles    Kind = "signature_of_other_files"
	OtherPurpose  Kind = "signature_for_other_purpose"
	SignedByOther Kind = "signed_by_another" // the key is not one of those that count

	RulesDiffer      Kind = "rules_differ"            // the rules are not those that the run names
	ReportDiffers    Kind = "report_differs"          // the report does not follow from the counts
	OtherVersion     Kind = "other_version"           // as ReportDiffers, and another version of the program made the bundle
	StatementDiffers Kind = "statement_differs"       // the statement does not follow from the files
	OtherSeed        Kind = "drawn_with_another_seed" // the records of a hand check, than the one asked for
	NotABundle       Kind = "not_a_bundle"            // a file that makes a bundle says something else
)

// A Fault is one thing that is wrong with a bundle.
type Fault struct {
	Kind Kind `json:"kind"`
	// File is where it is; Other the second of two files, or what a file is called now.
	File  string `json:"file"`
	Other string `json:"other"`
	Says  string `json:"says"`
}

// words say what a kind means.
var words = map[Kind]string{
	Changed:          "this file was changed after the bundle was made",
	Dropped:          "this file is missing",
	Extra:            "this file was added: it is not one of the bundle's",
	Renamed:          "this file has another name now",
	Swapped:          "these two files were swapped",
	Shortened:        "this list of files was cut: it lacks a file",
	BadList:          "this list of files cannot be read",
	LogShortened:     "the end of the log was cut off",
	LogChanged:       "lines of the log were changed, or taken out",
	NotSigned:        "the bundle is not signed",
	BadSignature:     "the signature cannot be read",
	OtherFiles:       "the signature is not of these files: the lists were changed after it was made, or it was taken from elsewhere",
	OtherPurpose:     "the signature was made for something else than a bundle of paperlight",
	SignedByOther:    "the bundle is signed by somebody else",
	RulesDiffer:      "the rules in the bundle are not those that the practice was judged by",
	ReportDiffers:    "this does not follow from the counts and rules in the bundle",
	OtherVersion:     "the report cannot be made again by this version of paperlight: another one made the bundle",
	StatementDiffers: "the statement does not say what the files say",
	OtherSeed:        "the records of this hand check were not drawn with the words given",
	NotABundle:       "this is not as paperlight writes it",
}

func (v *verifying) fault(kind Kind, file, other, more string) {
	says := words[kind]
	if more != "" { // it may come of what a stranger wrote
		first, _, _ := strings.Cut(more, "\n")
		says += ": " + visible.Name(first)
	}
	v.found.Faults = append(v.found.Faults, Fault{kind, visible.Name(file), visible.Name(other), says})
}

// order sorts faults, and leaves each once.
func order(faults []Fault) []Fault {
	slices.SortFunc(faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Other, b.Other), cmp.Compare(a.Says, b.Says))
	})
	return slices.Compact(faults)
}
