package evidence

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/visible"
)

// Text writes the findings for people.
func (f *Findings) Text(w io.Writer) error {
	var b strings.Builder
	if n := len(f.Faults); n > 0 {
		fmt.Fprintf(&b, "This bundle does not stand up: %s.\n", figures.Plural(int64(n), "fault", "faults"))
		for _, one := range f.Faults {
			place := one.File
			if one.Other != "" {
				place += ", " + one.Other
			}
			fmt.Fprintf(&b, "  %s: %s (%s)\n", place, one.Says, one.Kind)
		}
	} else {
		begins := "No fault was found"
		if f.Signer != "" {
			begins = "This bundle stands up"
		}
		fmt.Fprintf(&b, "%s: %s are as the bundle lists them, and the report follows from the counts and the rules.\n", begins, figures.Plural(int64(f.Files), "file", "files"))
	}
	b.WriteString(f.signed())
	if f.ScoredAgain {
		f.about(&b)
	}
	_, err := io.WriteString(w, visible.Text(b.String()))
	return err
}

// signed says who signed.
func (f *Findings) signed() string {
	switch {
	case f.Signer != "":
		return fmt.Sprintf("Signed by %s, key %s.\n", visible.Name(f.Signer), f.Key)
	case f.Key != "":
		return fmt.Sprintf("Signed with the key %s. Nobody said whose that is: give --signers FILE.\n", f.Key)
	}
	return "UNSIGNED, as far as can be told: anybody can have made it.\n"
}

// about says what the bundle holds.
func (f *Findings) about(b *strings.Builder) {
	fmt.Fprintf(b, "Made at %s with paperlight %s, for the level %s.\n", f.MadeAt, visible.Name(f.Tool.Version), f.Level)
	published := "not those that this program comes with"
	if f.Published {
		published = "those that this program comes with"
	}
	fmt.Fprintf(b, "Rules %s (%s), scheme %s.\n", visible.Name(f.Rules), published, visible.Name(f.Scheme))
	for _, o := range f.Options {
		fmt.Fprintf(b, "Asked for: %s\n", visible.Line(o.Says))
	}
	for _, sum := range f.Extracts {
		if sum == "" {
			sum = "without a digest"
		}
		fmt.Fprintf(b, "Extract %s\n", visible.Name(sum))
	}
	for _, v := range f.Verdicts {
		fmt.Fprintf(b, "  %s, as of %s: %s: %s\n", visible.Name(cmp.Or(strings.TrimSpace(v.ODSCode), v.Practice)), visible.Name(v.AsOf), visible.Name(cmp.Or(v.Title, v.Accreditation)),
			visible.Name(strings.ReplaceAll(string(v.Verdict), "_", " ")))
	}
	f.attachedText(b)
	b.WriteString("It does not show that the extract was whole or true.\n")
}
