package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/rulereport"
)

func newMapping(c *console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "mapping", Short: "List, show and check how systems are read", Args: cobra.NoArgs,
		Long: "A mapping says how the tables of a clinical system become the canonical ones: a\n" +
			"YAML file, described in docs/mapping.md. check --mapping FILE reads with one of yours.",
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newMappingList(c), newMappingShow(c), newMappingLint(c))
	return cmd
}

func newMappingList(c *console) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the systems that are read", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			systems, err := mapping.Systems()
			if err != nil {
				return err
			}
			for _, s := range systems {
				tried := ""
				if s.Unread() {
					tried = "  (told by its files, and not read)"
				}
				if s.Published {
					tried = "  (from its published layout; not yet tried on a real export)"
				}
				fmt.Fprintf(c.out, "%-12s %s%s\n", s.ID, s.Title, tried)
			}
			return nil
		},
	}
}

func newMappingShow(c *console) *cobra.Command {
	return &cobra.Command{
		Use: "show SYSTEM", Short: "Print the mapping of a system, to begin one of your own with", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			systems, err := mapping.Systems()
			if err != nil {
				return err
			}
			for _, s := range systems {
				if s.ID == args[0] {
					_, err := c.out.Write(s.Text())
					return err
				}
			}
			return usage("mapping show %s: there is no such system; paperlight mapping list names them", args[0])
		},
	}
}

func newMappingLint(c *console) *cobra.Command {
	var formats []string
	cmd := &cobra.Command{
		Use: "lint FILE...", Short: "Say everything that is wrong with mappings",
		Args: cobra.MinimumNArgs(1), Annotations: readingArguments(),
		Example: "  paperlight mapping lint ours.yaml\n  paperlight mapping lint ours.yaml --format sarif=lint.sarif",
		RunE: func(cmd *cobra.Command, args []string) error {
			outputs, err := parseOutputs(formats, []string{"github", "sarif", "text"})
			if err != nil {
				return err
			}
			w, err := claim(c, outputs, mappingInputs(args))
			if err != nil {
				return err
			}
			results := &results{w, c, outputs, rulereport.Origin{Version: version}}
			defer results.abandon()
			found, faults, err := lintMappings(args)
			if err != nil {
				return err
			}
			if err := results.write(cmd.Context(), found); err != nil {
				return err
			}
			if faults != nil {
				return fail(exitUsage, faults, mappingHint)
			}
			fmt.Fprintf(c.err, "%s, no fault\n", figures.Plural(int64(len(args)), "mapping", "mappings"))
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&formats, "format", []string{"text"}, "text, sarif or github (annotations of the files); name=path writes a file; repeatable")
	return cmd
}

// lintMappings reads every file; faults names what is wrong with any of them.
func lintMappings(files []string) (found *rulereport.Mapped, faults, err error) {
	found = &rulereport.Mapped{}
	var all []error
	for _, path := range files {
		text, err := readRegular(path)
		if err != nil {
			return nil, nil, usage("mapping lint %s: want a file that can be read", baseName(path))
		}
		_, err = mapping.ParseSystem(baseName(path), text)
		if err == nil {
			continue
		}
		all = append(all, err)
		for _, f := range mapping.FaultsOf(baseName(path), err) {
			found.Findings = append(found.Findings, rulereport.Finding{Severity: "error", File: fromHere(path), Line: f.Line, Column: f.Column, Message: f.Message})
		}
	}
	return found, errors.Join(all...), nil
}

const mappingHint = "docs/mapping.md describes what a mapping may say"

// mappingFlags choose mappings of the user's own.
type mappingFlags struct{ files []string }

func (m *mappingFlags) add(f *pflag.FlagSet) {
	f.StringArrayVar(&m.files, "mapping", nil, "file that says how a system of your own is read; one with the id of a built-in system takes its place")
	reading(f, "mapping")
}

// systems are the built-in ones and those of the files; nil where there are no files.
func (m *mappingFlags) systems() ([]*mapping.System, error) {
	if len(m.files) == 0 {
		return nil, nil
	}
	own, err := readMappings(m.files)
	if err != nil {
		return nil, err
	}
	all, err := mapping.Systems()
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(s *mapping.System) bool {
		return slices.ContainsFunc(own, func(o *mapping.System) bool { return o.ID == s.ID })
	})
	return append(all, own...), nil
}

func mappingInputs(files []string) (in []inputPath) {
	for _, path := range files {
		in = append(in, inputPath{"--mapping " + baseName(path), path})
	}
	return in
}

// readMappings reads mapping files; its error names every fault of the first file that
// has any.
func readMappings(files []string) ([]*mapping.System, error) {
	var out []*mapping.System
	for _, path := range files {
		text, err := readRegular(path)
		if err != nil {
			return nil, usage("--mapping %s: want a file that can be read", baseName(path))
		}
		s, err := mapping.ParseSystem(baseName(path), text)
		if err != nil {
			return nil, fail(exitUsage, err, mappingHint)
		}
		out = append(out, s)
	}
	return out, nil
}
