// Command england shows what it costs to judge every practice of England.
//
// It makes practices of the published sizes and shape, one after the other, reads each
// by the verb shard as a fleet does, and deletes it: so the disk holds one at a time. From
// their saved states it makes the states of as many more practices as are asked for, and
// merges them all. What a practice costs is fitted to its size, and summed over England.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

// A trial is what is asked for.
type trial struct {
	program string // paperlight
	work    string // a folder for all files, emptied first
	real    int    // practices that are made and read
	states  int    // practices that are merged
	format  string // of the extracts
}

func main() {
	var t trial
	flag.StringVar(&t.program, "paperlight", "bin/paperlight", "the program to measure")
	flag.StringVar(&t.work, "work", "", "a folder for the files (default: a temporary one, deleted at the end)")
	flag.IntVar(&t.real, "real", 24, "practices that are made and read")
	flag.IntVar(&t.states, "states", 6000, "practices that are merged; all but the real ones are resampled from those")
	flag.StringVar(&t.format, "format", "parquet", "of the extracts: csv, parquet or arrow")
	flag.Parse()
	if err := t.run(); err != nil {
		fmt.Fprintln(os.Stderr, "england:", err)
		os.Exit(1)
	}
}

func (t *trial) run() (err error) {
	if t.real < 2 || t.states < t.real {
		return errors.New("-real is 2 or more, and -states no fewer")
	}
	if t.program, err = filepath.Abs(t.program); err != nil {
		return err
	}
	if t.work == "" {
		if t.work, err = os.MkdirTemp("", "england-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(t.work)) }()
	}
	fmt.Printf("%-10s %8s %9s %8s %8s %8s %7s\n", "practice", "patients", "extract", "making", "reading", "peak", "state")
	var read []practice
	for i := range t.real {
		p, err := t.read(i)
		if err != nil {
			return fmt.Errorf("practice %d of %d: %w", i+1, t.real, err)
		}
		fmt.Printf("%-10d %8d %6.0f MB %6.1f s %6.1f s %5.0f MB %4.0f KB\n", i+1, p.patients, mega(p.extract), p.making.cpu.Seconds(), p.reading.cpu.Seconds(), mega(p.reading.peak), float64(p.state)/1e3)
		read = append(read, p)
	}
	if err := t.resample(read); err != nil {
		return fmt.Errorf("resampling: %w", err)
	}
	merging, err := t.merge()
	if err != nil {
		return fmt.Errorf("merging: %w", err)
	}
	report(read, merging, t.states)
	return nil
}

func mega(bytes int64) float64 { return float64(bytes) / 1e6 }
