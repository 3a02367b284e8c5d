package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"paperlight/rules"
)

// writeDrafts writes the files of a new rule below dir, and over none.
func writeDrafts(ctx context.Context, d disk, dir string, drafts []rules.Draft) error {
	var targets []*target
	for _, one := range drafts {
		t, err := fileTarget("rules new", filepath.Join(dir, filepath.FromSlash(one.Name)))
		if err != nil {
			return err
		}
		t.public, t.above, t.exists = true, true, fail(exitOutput, fmt.Errorf("%s: exists already", one.Name), "give the rule another name, or another folder with --dir")
		if t.through {
			return t.exists
		}
		targets = append(targets, t)
	}
	w, err := begin(d, nil, targets...)
	if err != nil {
		return err
	}
	defer w.abandon()
	for i, one := range drafts {
		if err := w.write(targets[i], "", text(one.Text)); err != nil {
			return err
		}
	}
	return w.commit(ctx)
}

// writeIndex writes the index and the pages of the rules into folder, in place
// of those that it wrote before.
func writeIndex(ctx context.Context, d disk, folder string, r *ruleFlags) error {
	t, err := folderTarget("rules docs", folder)
	if err != nil {
		return err
	}
	if err := apart(r.inputs(""), []*target{t}); err != nil {
		return err
	}
	catalogue, err := r.catalogue()
	if err != nil {
		return err
	}
	pages := rules.Index(catalogue)
	t.public, t.above, t.own = true, true, map[string]string{}
	for _, p := range pages {
		t.own[p.Name] = textSum(p.Text)
	}
	w, err := begin(d, r.inputs(""), t)
	if err != nil {
		return err
	}
	defer w.abandon()
	for _, p := range pages {
		if err := w.write(t, p.Name, text(p.Text)); err != nil {
			return err
		}
	}
	return w.commit(ctx)
}

// text writes a text as it is.
func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}
