package history

import (
	"context"
	"flag"
	"fmt"
	"os"
	"testing"
)

var (
	kills   = flag.Int("kills", 8, "writers that are killed at a random moment")
	mutants = flag.Int("mutants", 300, "damaged histories that are opened")
)

// asWriter names the history that a process of ours adds runs to until it is killed.
const asWriter = "PAPERLIGHT_HISTORY_WRITER"

func TestMain(m *testing.M) {
	file := os.Getenv(asWriter)
	if file == "" {
		os.Exit(m.Run())
	}
	write := writeForEver
	if os.Getenv(asWriter+"_ONCE") != "" {
		write = tryToWrite
	}
	if err := write(file); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// tryToWrite begins to write, and does not wait.
func tryToWrite(file string) error {
	h, err := Open(file)
	if err != nil {
		return err
	}
	if _, err := h.db.Exec("PRAGMA busy_timeout = 0"); err != nil {
		return err
	}
	a, err := h.Begin(context.Background())
	if err == nil {
		a.Rollback()
	}
	return err
}

// writeForEver adds runs, and says of each that it is kept.
func writeForEver(file string) error {
	h, err := Open(file)
	if err != nil {
		return err
	}
	for n := 1; ; n++ {
		a, err := h.Begin(context.Background())
		if err != nil {
			return err
		}
		if _, err := a.Add(ran(h, n, map[string][]string{"a/one": records(100*n, 1500), "a/two": records(0, n)})); err != nil {
			return err
		}
		if err := a.Commit(); err != nil {
			return err
		}
		fmt.Println(n)
	}
}
