package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"paperlight/analyzer/crash"
	"paperlight/analyzer/figures"
	"paperlight/analyzer/fleet"
	"paperlight/analyzer/savedstate"
)

// standings are what is known of each practice, and the extracts that have no state.
func (m *merging) standings(ctx context.Context, folders []string) ([]fleet.Standing, []fleet.NotRead, error) {
	all, err := m.readAll(ctx, folders)
	if err != nil {
		return nil, nil, err
	}
	now, notRead, err := m.current(all)
	if err != nil {
		return nil, nil, err
	}
	if len(m.more) > 0 {
		more, err := m.readAll(ctx, m.more)
		if err != nil {
			return nil, nil, err
		}
		all, now = fleet.Merge(all, more), fleet.Merge(now, more)
		notRead = append(notRead, refusedOf(more)...)
	}
	if n := all.Differing(); n > 0 {
		return nil, nil, fail(exitInput, fmt.Errorf("of %s there are two that differ: one was changed", figures.Plural(int64(n), "saved state", "saved states")), "take both away, and run shard or assess again")
	}
	standings := fleet.Resolve(now, all, &m.by, m.newer)
	return standings, notRead, m.refuse(standings)
}

// readAll reads the heads of the saved states in the folders, and of those that are named.
func (m *merging) readAll(ctx context.Context, paths []string) (all fleet.Set, err error) {
	var files []string
	for _, path := range paths {
		if m.of != "" && !exists(path) {
			continue // no extract of the run could be read
		}
		below, err := stateFiles(path)
		if err != nil {
			return all, err
		}
		files = append(files, below...)
	}
	sets, errs := make([]fleet.Set, m.jobs), make([]error, m.jobs)
	var group crash.Group
	for i, some := range shares(files, m.jobs) {
		group.Go(func() { sets[i], errs[i] = m.readSome(ctx, some) })
	}
	group.Wait()
	for i := range sets { // the error of the first file, whoever was first
		if errs[i] != nil {
			return all, errs[i]
		}
		all = fleet.Merge(all, sets[i])
	}
	if all.Len() == 0 && m.of == "" {
		return all, fail(exitInput, errors.New("there is no saved state in what was given"), "give a folder that shard or assess wrote states into")
	}
	return all, nil
}

// shares cuts a list into so many parts, in order.
func shares(files []string, n int) [][]string {
	out := make([][]string, n)
	for i := range out {
		out[i] = files[i*len(files)/n : (i+1)*len(files)/n]
	}
	return out
}

// readSome reads the heads of some files of saved states.
func (m *merging) readSome(ctx context.Context, files []string) (out fleet.Set, err error) {
	reader, err := savedstate.NewReader()
	if err != nil {
		return out, err
	}
	defer reader.Close()
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		m.console.moved.Add(1)
		packed, err := readRegularTo(file, savedstate.MaxFile)
		if err != nil {
			return out, fail(exitInput, fmt.Errorf("%s: cannot be read as a saved state", baseName(file)), "take the file away, and run shard or assess again")
		}
		head, err := reader.Head(packed)
		if err != nil {
			return out, fail(exitInput, fmt.Errorf("%s: %w", baseName(file), err), "take the file away, and run shard or assess again")
		}
		if head.Refused != 0 && !keptRefusal(head.Refused) {
			return out, fail(exitInput, fmt.Errorf("%s: is a refusal for a reason that is not kept", baseName(file)), "take the file away, and run shard or assess again")
		}
		head.Place = file
		out.Add(head)
	}
	return out, nil
}

// stateFiles are the files of saved states at a path.
func stateFiles(path string) ([]string, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, fail(exitInput, fmt.Errorf("%s: no such file or folder", baseName(path)), "")
	}
	if !st.IsDir() {
		return []string{path}, nil
	}
	entries, err := fs.ReadDir(folderOf(path), ".")
	if err != nil {
		return nil, fail(exitInput, fmt.Errorf("%s: the folder cannot be read", baseName(path)), "")
	}
	var out []string
	for _, e := range entries {
		if e.Type().IsRegular() && strings.HasSuffix(e.Name(), savedstate.Ending) {
			out = append(out, filepath.Join(path, e.Name()))
		}
	}
	return out, nil
}

// current are the states that have a row, and the extracts that have none.
func (m *merging) current(all fleet.Set) (fleet.Set, []fleet.NotRead, error) {
	if m.of == "" {
		return all, refusedOf(all), nil
	}
	text, err := readRegularTo(m.of, fleet.MaxPlan)
	if err != nil {
		return all, nil, usage("--run %s: cannot be read as a file", baseName(m.of))
	}
	run, err := fleet.ReadRun(text)
	if err != nil {
		return all, nil, usage("--run %s: %s", baseName(m.of), err)
	}
	m.ran = run
	now, notRead, lost := run.Pick(all)
	if lost > 0 {
		return all, nil, fail(exitInput, fmt.Errorf("%s of the run is not there", figures.Plural(int64(lost), "saved state", "saved states")), "run assess again")
	}
	return now, notRead, nil
}

// refusedOf are the extracts that were refused.
func refusedOf(all fleet.Set) (out []fleet.NotRead) {
	for _, s := range all.Refused() {
		out = append(out, fleet.NotRead{Key: s.Key.Name(), ExitCode: s.Refused})
	}
	return out
}

// refuse refuses what would leave open which extract of a practice is meant, or by what
// rules.
func (m *merging) refuse(standings []fleet.Standing) error {
	several, other := 0, 0
	for i := range standings {
		s := &standings[i]
		switch {
		case s.Current == nil:
			several++
		case s.Current.Saved.Replayed(&m.by):
			other++
		}
	}
	if several > 0 && m.of == "" { // a run goes on, and they are rows of it
		return fail(exitInput, fmt.Errorf("of %s there are several extracts", figures.Plural(int64(several), "practice", "practices")),
			"--newer takes the extract of the latest day, where there is one; or give --run with the run.json of assess, and its table says of which")
	}
	if other > 0 && !m.replay {
		return fail(exitInput, fmt.Errorf("the states of %s were made with other rules, or by another version of paperlight", figures.Plural(int64(other), "practice", "practices")),
			"--replay judges those that can be judged by these rules, and says which need their extract again")
	}
	return nil
}
