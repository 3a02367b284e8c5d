package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"paperlight/analyzer/evidence"
	"paperlight/analyzer/sampling"
	"paperlight/analyzer/source"
	"paperlight/analyzer/visible"
)

const verifyText = `Tell whether a bundle that evidence made is as it was made, and whether its report
follows from its counts and rules. The extract is not needed, and nothing is asked of
the network. Each fault is named for what it is.

With --signers the bundle has to be signed by one of those that the file names. With
--again the run is repeated over the extract, by the rules in the bundle and as of the
same day, and the two reports are compared.`

func newVerify(c *console) *cobra.Command {
	v := &verifying{console: c}
	cmd := &cobra.Command{
		Use:         "verify BUNDLE [--again EXTRACT]",
		Short:       "Tell whether a bundle stands up",
		Long:        verifyText,
		Example:     "  paperlight verify practice-2026.zip --signers allowed_signers\n  paperlight verify practice-2026.zip --again extract.zip",
		Args:        exactly(1, "the folder or zip of a bundle"),
		Annotations: readingArguments(),
		RunE:        func(cmd *cobra.Command, args []string) error { return v.run(cmd.Context(), args[0]) },
	}
	f := cmd.Flags()
	f.StringVar(&v.signers, "signers", "", "file of those who may sign, as ssh-keygen reads it: who, and the public key, a line each")
	f.StringVar(&v.seed, "seed", "", "the words that hand checks had to be drawn with: tell whether those in the bundle were")
	f.StringArrayVar(&v.formats, "format", []string{"text"}, "text or json; name=path writes a file; repeatable")
	f.StringArrayVar(&v.again, "again", nil, "repeat the run over this extract, and say what differs; repeatable where the run was over several")
	f.StringVar(&v.declarations, "declarations", "", "with --again: the file of the practice's answers, where the run took one")
	v.read.opens(f)
	f.StringVar(&v.read.progress, "progress", "auto", "with --again: auto, plain or none")
	reading(f, "signers", "again", "declarations")
	return cmd
}

// verifying is one run of verify.
type verifying struct {
	console *console
	signers string
	seed    string // of hand checks
	formats []string
	// again are the extracts to repeat the run over, declarations the answers for it.
	again        []string
	declarations string
	read         readFlags
}

// verified is what is told of a bundle.
type verified struct {
	*evidence.Findings
	Again *repetition `json:"again"` // null where the run was not repeated
}

func (v *verified) text(w io.Writer) error {
	err := v.Findings.Text(w)
	if err == nil && v.Again != nil {
		err = v.Again.text(w)
	}
	return err
}

// errNotVerified says that the bundle does not stand up; what is wrong was said.
var errNotVerified = &failure{code: exitNotVerified, err: errors.New("the bundle does not stand up")}

func (v *verifying) run(ctx context.Context, path string) error {
	outputs, err := parseOutputs(v.formats, []string{"text", "json"})
	if err != nil {
		return err
	}
	if v.declarations != "" && len(v.again) == 0 {
		return usage("--declarations goes with --again")
	}
	inputs := []inputPath{{"the bundle " + baseName(path), path}}
	for _, extract := range v.again {
		inputs = append(inputs, inputPath{"the extract " + baseName(extract), extract})
	}
	if v.declarations != "" {
		inputs = append(inputs, inputPath{"--declarations " + baseName(v.declarations), v.declarations})
	}
	if v.signers != "" {
		inputs = append(inputs, inputPath{"--signers " + baseName(v.signers), v.signers})
	}
	w, err := claim(v.console, outputs, inputs)
	if err != nil {
		return err
	}
	defer w.abandon()
	asking := evidence.Asking{Now: time.Now(), Version: version}
	if asking.Signers, err = readSigners(v.signers); err != nil {
		return err
	}
	if v.seed != "" {
		seed, err := sampling.NewSeed(v.seed)
		if err != nil {
			return fail(exitUsage, fmt.Errorf("--seed: %w", err), seedHint)
		}
		asking.Seed = &seed
	}
	bundle, err := readBundle(path)
	if err != nil {
		return err
	}
	found := &verified{Findings: bundle.Verify(asking)}
	if len(v.again) > 0 && len(found.Faults) == 0 {
		if found.Again, err = v.repeat(ctx, bundle); err != nil {
			return err
		}
	}
	err = render(ctx, w, outputs, func(o output, to io.Writer) error {
		if o.form == "json" {
			text, err := visible.JSON(found)
			if err == nil {
				_, err = to.Write(text)
			}
			return err
		}
		return found.text(to)
	}, v.console.out)
	if err == nil && (len(found.Faults) > 0 || found.Again != nil && !found.Again.Same) {
		return errNotVerified
	}
	return err
}

// readBundle reads a bundle; what is no folder or zip is refused.
func readBundle(path string) (*evidence.Bundle, error) {
	if err := found([]string{path}); err != nil {
		return nil, err
	}
	b, err := evidence.Read(path)
	var decode *source.DecodeError
	if err != nil && !errors.As(err, &decode) {
		return nil, fail(exitInput, fmt.Errorf("%s: cannot be read", baseName(path)), "give the folder or the zip that evidence made")
	}
	return b, err
}

// readSigners reads the file of those who may sign; nil where none is given.
func readSigners(path string) (*evidence.Signers, error) {
	if path == "" {
		return nil, nil
	}
	text, err := readRegularTo(path, 1<<20)
	if err != nil {
		return nil, fail(exitInput, fmt.Errorf("--signers %s: cannot be read as a file", baseName(path)), "")
	}
	s, err := evidence.ParseSigners(text)
	if err != nil {
		return nil, fail(exitInput, fmt.Errorf("--signers %s: %w", baseName(path), err), "docs/evidence.md shows such a file")
	}
	return s, nil
}
