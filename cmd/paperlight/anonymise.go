package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"paperlight/analyzer/convert"
	"paperlight/analyzer/figures"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/visible"
)

const anonymiseText = `Write a copy of an extract that may be handed on: paperlight's own tables, marked as
leaving the practice, without what names people.

  left out    patients whose type 1 opt-out stands, or may; rows of nobody known; and
              with --sharing the entries that are kept out of shared records
  dropped     free text, names, booking and register numbers; of the practice's
              answers stays that there was evidence
  withheld    what does not look like a code where a code should stand, and words
              (units, reasons) that fewer than 8 patients have
  replaced    ids and staff codes, by pseudonyms made with a key; NHS numbers, by
              their state, their range and a keyed pseudonym
  coarser     the day of birth becomes a month (or --birth year), a postcode its
              first half

The same key makes the same pseudonyms again, so that two copies can be joined. Who
has it can find a patient again: keep it in the practice, and never send it along.
Every cell that was written is then looked at. Where it could still identify people,
nothing is written and the exit code is 4.

The copy is not anonymous in law. It stays personal data, and somebody must decide
that it may go.`

// anonymising is what anonymise was asked for.
type anonymising struct {
	convert.Anonymise
	key   keyFile
	rules ruleFlags
	birth string
	drop  []string
}

func newAnonymise(c *console) *cobra.Command {
	k := &converting{console: c}
	a := &anonymising{}
	cmd := &cobra.Command{
		Use:     "anonymise EXTRACT... --to FOLDER",
		Short:   "Write a copy without what names people, to hand on",
		Long:    anonymiseText,
		Example: "  paperlight anonymise emis-export --to to-send\n  paperlight check to-send",
		Args:    func(_ *cobra.Command, args []string) error { return atLeastOne("a folder, a zip or files")(args) },
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := k.check(); err != nil {
				return err
			}
			if err := a.prepare(k); err != nil {
				return err
			}
			return k.run(cmd.Context(), args, a)
		},
	}
	f := cmd.Flags()
	k.add(f)
	a.rules.add(f)
	f.StringVar(&k.asOf, "as-of", "", "judge opt-outs as of this day, YYYY-MM-DD (default: the extract's own date)")
	f.StringVar(&a.key.path, "key", "", "file of the key for pseudonyms; made where it is not there (default: the folder's name with .key)")
	reading(f, "key")
	f.StringVar(&a.birth, "birth", "month", "what is left of a day of birth: month or year")
	f.BoolVar(&a.Sharing, "sharing", false, "leave out the entries that are kept out of shared records (code list sharing-exclusions)")
	f.BoolVar(&a.OptOutsRemoved, "opt-outs-removed", false, "whoever opted out was left out of this extract before, so that it need not show opt-outs")
	f.StringArrayVar(&a.drop, "drop", nil, "a further column to drop, as TABLE.COLUMN; repeatable")
	return cmd
}

// prepare checks the flags and reads the key.
func (a *anonymising) prepare(k *converting) (err error) {
	if a.birth != "month" && a.birth != "year" {
		return usage("--birth %s: want month or year", a.birth)
	}
	a.BirthYear = a.birth == "year"
	for _, name := range a.drop {
		c, err := droppable(name)
		if err != nil {
			return err
		}
		a.Drop = append(a.Drop, c)
	}
	if a.Catalogue, err = a.rules.catalogue(); err != nil {
		return err
	}
	k.inputs = a.rules.inputs("")
	if a.key.path == "" {
		a.key.path = strings.TrimRight(k.to, `/\`) + ".key"
	}
	if err := a.key.find(); err != nil {
		return err
	}
	if a.key.target == nil {
		k.inputs = append(k.inputs, inputPath{"--key " + baseName(a.key.path), a.key.path})
	}
	a.Key = a.key.key
	return nil
}

// droppable is a column that can be dropped: without its patient or practice a row
// cannot be read.
func droppable(name string) (*schema.Column, error) {
	table, column, _ := strings.Cut(name, ".")
	var c *schema.Column
	if t := schema.Lookup(table); t != nil {
		c = t.Column(column)
	}
	switch {
	case c == nil || c.Virtual:
		return nil, fail(exitUsage, fmt.Errorf("--drop %s: there is no such column", baseName(name)), "paperlight schema lists the tables and their columns")
	case c == c.Table.Patient || c.Required && (c == c.Table.Practice || c != c.Table.Key || c.Privacy == schema.Staff):
		return nil, fail(exitUsage, fmt.Errorf("--drop %s: the table cannot be read without it", name), "its ids are replaced by pseudonyms: leave the flag out")
	}
	return c, nil
}

// say says what was done, and which rules are judged otherwise for it.
func (a *anonymising) say(b *strings.Builder, done *convert.Anonymised, left int64) {
	line := func(title string, of []string) {
		visible.WriteList(b, fmt.Sprintf("  %-14s", title), of)
	}
	if left > 0 {
		fmt.Fprintf(b, "Left out: %s\n", figures.Plural(left, "row", "rows"))
		for _, one := range []struct {
			n         int64
			one, many string
		}{
			{done.OptedOut, "patient with a type 1 opt-out, and all records", "patients with a type 1 opt-out, and all their records"},
			{done.UnreadDecisions, "of these has a decision that nobody can read", "of these have a decision that nobody can read"},
			{done.UnknownRows, "row of nobody known", "rows of nobody known"},
			{done.ExcludedRows, "entry that is kept out of shared records", "entries that are kept out of shared records"},
		} {
			if one.n > 0 {
				fmt.Fprintf(b, "  %s\n", figures.Plural(one.n, one.one, one.many))
			}
		}
	}
	if done.NobodysOptOuts > 0 {
		fmt.Fprintf(b, "%s of nobody in this extract.\n", figures.Plural(done.NobodysOptOuts, "opt-out is", "opt-outs are"))
	}
	if done.UnreadRows > 0 {
		fmt.Fprintf(b, "Think twice: %s could not be read, so that nobody can tell whether one is an opt-out.\n", figures.Plural(done.UnreadRows, "row of decisions or entries", "rows of decisions or entries"))
	}
	b.WriteString("\nColumns\n")
	line("dropped:", done.Dropped)
	line("pseudonyms:", done.Pseudonyms)
	line("coarser:", done.Coarser)
	var held []string
	for _, w := range done.Withheld {
		held = append(held, fmt.Sprintf("%s (%s)", w.Column, figures.Plural(w.Cells, "cell", "cells")))
	}
	line("withheld in:", held)
	b.WriteString("\nChecks of this copy\n")
	line("cannot tell:", done.Lost)
	line("changed:", done.Changed)
	line("coarser date:", done.CoarserDates)
	b.WriteString("  All other checks give the same result for the patients who stayed.\n\n")
	if done.Exposed != "" {
		fmt.Fprintf(b, "Think twice: %s.\n", done.Exposed)
	}
	key := baseName(a.key.path)
	if a.key.target != nil {
		fmt.Fprintf(b, "The key was made: %s. ", key)
	}
	fmt.Fprintf(b, "Keep %s in the practice. Who has it can find a patient again.\n", key)
}
