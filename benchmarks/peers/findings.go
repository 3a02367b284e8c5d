package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// A finding is one ratio that was measured, as the log keeps it: one JSON
// object a line. A machine may be needed for a night, and a run may stop.
type finding struct {
	Load, Dataset, A, B string
	Goals               []string
	CPU, Wall, Peak     spread // of A through B, round by round
	ACPU, BCPU          float64
	AWall, BWall        float64
	APeak, BPeak        float64 // MiB
	Rounds              int
	Inside              bool // both in one process, one worker
	Machine             string
}

// find is the finding of two outcomes.
func find(a, b *outcome) finding {
	of := func(o *outcome, f func(sample) float64) float64 { return spreadOf(each(o.samples, f)).Median }
	return finding{
		A: a.process.name, B: b.process.name,
		CPU: spreadOf(ratios(a, b, cpuOf)), Wall: spreadOf(ratios(a, b, wallOf)), Peak: spreadOf(ratios(a, b, peakOf)),
		ACPU: of(a, cpuOf), BCPU: of(b, cpuOf), AWall: of(a, wallOf), BWall: of(b, wallOf), APeak: of(a, peakOf), BPeak: of(b, peakOf),
		Rounds: min(len(a.samples), len(b.samples)), Machine: machine(),
	}
}

// keep adds values to the log, a line each.
func keep[T any](file string, values ...T) (err error) {
	if file == "" {
		return nil
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for _, v := range values {
		if err := json.NewEncoder(f).Encode(v); err != nil {
			return err
		}
	}
	return nil
}

// kept reads a log. Of the same ratio the last counts.
func kept(file string) (lines []finding, tried []trial, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for in := bufio.NewScanner(f); in.Scan(); {
		if strings.Contains(in.Text(), `"Form"`) {
			var t trial
			if err := json.Unmarshal(in.Bytes(), &t); err != nil {
				return nil, nil, err
			}
			tried = append(tried, t)
			continue
		}
		var l finding
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			return nil, nil, err
		}
		lines = slices.DeleteFunc(lines, func(o finding) bool {
			return o.Load == l.Load && o.Dataset == l.Dataset && o.A == l.A && o.B == l.B
		})
		lines = append(lines, l)
	}
	return lines, tried, nil
}

// writeFindings writes the ratios as Markdown.
func writeFindings(w io.Writer, lines []finding) {
	fmt.Fprintln(w, "| rules | data set | a / b | digest | how | CPU (least-most) | wall (least-most) | peak | CPU s | wall s | peak MiB | n |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|---|---|---|---|")
	for _, l := range lines {
		digest, how := "off", "processes"
		if strings.HasSuffix(l.A, ", digest") {
			digest = "on"
		}
		if l.Inside {
			how = "in process"
		}
		fmt.Fprintf(w, "| %s | %s | %s / %s | %s | %s | %s | %s | %.2f | %.2f / %.2f | %.2f / %.2f | %.0f / %.0f | %d |\n",
			l.Load, l.Dataset, strings.TrimSuffix(l.A, ", digest"), l.B, digest, how, l.CPU, l.Wall, l.Peak.Median, l.ACPU, l.BCPU, l.AWall, l.BWall, l.APeak, l.BPeak, l.Rounds)
	}
}

// writeTrials writes the forms of queries that were tried.
func writeTrials(w io.Writer, tried []trial) {
	fmt.Fprintln(w, "| rules | data set | engine | form | least CPU s |\n|---|---|---|---|---|")
	for _, t := range tried {
		fmt.Fprintf(w, "| %s | %s | %s | %s | %.2f |\n", t.Load, t.Dataset, t.Engine, t.Form, t.CPU)
	}
}
