package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"paperlight/analyzer"
	"paperlight/analyzer/mapping"
)

// An insideCase is a check beside the decode of the columns it reads, in turns
// in this process with one worker: what no start and no report blurs.
type insideCase struct{ load, goal string }

var insides = []insideCase{{"records", "decode-ten-inside"}, {"all", "decode-all-inside"}}

func (b *bench) inside(ctx context.Context, c insideCase) (finding, error) {
	folder, err := b.practiceFolder(ctx, practiceSets["parquet"])
	if err != nil {
		return finding{}, err
	}
	b.say("%s in process", c.load)
	columns, err := loads[c.load].columns(ctx, folder)
	if err != nil {
		return finding{}, err
	}
	check := &outcome{process: &process{name: "check"}}
	floor := &outcome{process: &process{name: "decode"}}
	for round := range b.repeats + 1 {
		decoded, err := timed(func() error {
			for table, names := range columns {
				if err := decodePages(filepath.Join(folder, table+".parquet"), names, 1); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return finding{}, err
		}
		checked, err := timed(func() error { return loads[c.load].checkInside(ctx, folder) })
		if err != nil {
			return finding{}, err
		}
		if round > 0 {
			check.samples, floor.samples = append(check.samples, checked), append(floor.samples, decoded)
		}
	}
	l := find(check, floor)
	l.Load, l.Dataset, l.Goals, l.Inside = c.load, "parquet", strings.Fields(c.goal), true
	return l, nil
}

func (l load) checkInside(ctx context.Context, folder string) (err error) {
	c, err := l.catalogue()
	if err != nil {
		return err
	}
	x, err := mapping.Open(ctx, []string{folder}, mapping.Options{AllowTestNumbers: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.Close()) }()
	_, err = analyzer.Check(ctx, x, c, analyzer.RunOptions{Jobs: 1})
	return err
}

// timed is what do costs this process. Its size is not told: Go keeps memory.
func timed(do func() error) (sample, error) {
	start, before := time.Now(), selfCPU()
	err := do()
	return sample{CPU: selfCPU() - before, Wall: time.Since(start), Peak: 1}, err
}

func selfCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // RUSAGE_SELF is always there
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
