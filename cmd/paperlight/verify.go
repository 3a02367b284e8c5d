package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"paperlight/analyzer/evidence"
	"paperlight/analyzer/source"
	"paperlight/analyzer/visible"
)

const verifyText = `Tell whether a bundle that evidence made is as it was made, and whether its report
follows from its counts and rules. The extract is not needed, and nothing is asked of
the network. Each fault is named for what it is.

With --signers the bundle has to be signed by one of those that the file names.`

func newVerify(c *console) *cobra.Command {
	v := &verifying{console: c}
	cmd := &cobra.Command{
		Use:         "verify BUNDLE",
		Short:       "Tell whether a bundle stands up",
		Long:        verifyText,
		Example:     "  paperlight verify practice-2026.zip --signers allowed_signers",
		Args:        exactly(1, "the folder or zip of a bundle"),
		Annotations: readingArguments(),
		RunE:        func(cmd *cobra.Command, args []string) error { return v.run(cmd.Context(), args[0]) },
	}
	f := cmd.Flags()
	f.StringVar(&v.signers, "signers", "", "file of those who may sign, as ssh-keygen reads it: who, and the public key, a line each")
	f.StringArrayVar(&v.formats, "format", []string{"text"}, "text or json; name=path writes a file; repeatable")
	reading(f, "signers")
	return cmd
}

// verifying is one run of verify.
type verifying struct {
	console *console
	signers string
	formats []string
}

// errNotVerified says that the bundle does not stand up; what is wrong was said.
var errNotVerified = &failure{code: exitNotVerified, err: errors.New("the bundle does not stand up")}

func (v *verifying) run(ctx context.Context, path string) error {
	outputs, err := parseOutputs(v.formats, []string{"text", "json"})
	if err != nil {
		return err
	}
	inputs := []inputPath{{"the bundle " + baseName(path), path}}
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
	bundle, err := readBundle(path)
	if err != nil {
		return err
	}
	found := bundle.Verify(asking)
	err = render(ctx, w, outputs, func(o output, to io.Writer) error {
		if o.form == "json" {
			text, err := visible.JSON(found)
			if err == nil {
				_, err = to.Write(text)
			}
			return err
		}
		return found.Text(to)
	}, v.console.out)
	if err == nil && len(found.Faults) > 0 {
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
