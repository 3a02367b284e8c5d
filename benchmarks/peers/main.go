// Peers runs the same rules over the same files in paperlight and in the
// engines a user might take instead, whole processes in turn, and prints the
// ratios. It tells no time of a run whose counts differ.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	switch {
	case len(args) > 1 && args[0] == "decode":
		return decode(ctx, args[1], args[2:])
	case len(args) > 1 && args[0] == "measure":
		return measure(args[1:])
	case len(args) == 2 && args[0] == "table":
		return tables(args[1])
	}
	b := &bench{}
	flags := flag.NewFlagSet("peers", flag.ContinueOnError)
	rows := flags.String("rows", "practice", "practice (12,000 patients, 11.5 million rows, as practices have them), or of medicines: small (50,000 patients), full (a million)")
	flags.IntVar(&b.patients, "patients", onePractice, "patients of a practice, where the rows are those of one")
	flags.StringVar(&b.python, "python", filepath.Join("python", ".venv"), "folder of the Python environments")
	flags.StringVar(&b.before, "before", "7a0b376", "commit that the goal of today's speed stands against")
	flags.IntVar(&b.trials, "trials", 2, "runs of each form of DuckDB's query, to find the quickest")
	shapes := flags.String("forms", "", "forms of DuckDB's query to try, with commas (default: all; one shown quickest before saves time)")
	hundred := flags.Int("stream", 0, "make so many practices one after the other, check each, delete it, and print what all cost")
	log := flags.String("log", "", "file that findings are added to, as JSON lines; peers table FILE prints them")
	flags.StringVar(&b.data, "data", filepath.Join(os.TempDir(), "paperlight-peers"), "folder for the extracts; those there already are used")
	only := flags.String("only", "", "peers to run, with commas: DuckDB,Polars,…; of medicines duckdb,polars,clickhouse,miller,floor,pqarrow,self")
	name := flags.String("files", "", "data sets to run over, with commas: parquet,parquet-random,csv,arrow; of practices also said:parquet and the like")
	flags.IntVar(&b.repeats, "n", 7, "counted runs of each process, after one warm-up")
	flags.StringVar(&b.paperlight, "paperlight", "", "a paperlight to measure (default: build it)")
	cold := flags.Bool("cold", false, "print start-up, size and memory instead of the table")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch *rows {
	case "practice":
	case "small":
		b.patients = 50_000
	case "full":
		b.patients = 1_000_000
		if *cold {
			b.patients = 2_000_000
		}
	default:
		return errors.New("--rows: want practice, small or full")
	}
	b.data = filepath.Join(b.data, *rows)
	b.only, b.forms = fields(*only), fields(*shapes)
	work, err := os.MkdirTemp("", "peers")
	if err != nil {
		return err
	}
	b.work = work
	if b.paperlight == "" {
		b.paperlight, err = paperlightBinary(ctx, work)
	}
	switch {
	case err != nil:
	case *hundred > 0:
		err = b.stream(ctx, *hundred)
	case *rows == "practice":
		err = b.practices(ctx, fields(*name), *log)
	case *cold:
		err = b.cold(ctx)
	default:
		err = b.all(ctx, fields(*name))
	}
	return errors.Join(err, os.RemoveAll(work))
}

// practices runs the races over practices, and prints tables and goals.
func (b *bench) practices(ctx context.Context, sets []string, log string) error {
	said := machine()
	found, err := b.races(ctx, sets, b.only, log)
	fmt.Printf("%d patients. %s.\nWhole processes in turn after one warm-up; median, least and most of the rounds.\n\n", b.patients, said)
	writeFindings(os.Stdout, found)
	fmt.Println()
	writeGoals(os.Stdout, found)
	return err
}

// tables prints what a log holds.
func tables(log string) error {
	found, tried, err := kept(log)
	if err != nil {
		return err
	}
	writeFindings(os.Stdout, found)
	fmt.Println()
	writeGoals(os.Stdout, found)
	fmt.Println()
	writeTrials(os.Stdout, tried)
	return nil
}

func fields(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
}

// all runs the cases wanted and prints the table. A case that fails is told of
// and left out.
func (b *bench) all(ctx context.Context, files []string) error {
	said := machine()
	var lines []line
	var failed []error
	for _, m := range matters {
		if !b.wanted(m) || len(files) > 0 && !slices.Contains(files, m.dataset) {
			continue
		}
		fmt.Fprintf(os.Stderr, "%s, %s, %s\n", m.name, m.dataset, m.peer)
		c, err := b.one(ctx, m)
		if err != nil {
			failed = append(failed, fmt.Errorf("%s, %s, %s: %w", m.name, m.dataset, m.peer, err))
			fmt.Fprintln(os.Stderr, "  ", failed[len(failed)-1])
			continue
		}
		lines = append(lines, line{m, c})
		fmt.Fprintf(os.Stderr, "   CPU %s, wall %s\n", c.ratio(cpuOf), c.ratio(wallOf))
	}
	fmt.Printf("%d patients. %s.\nWhole processes in turn after one warm-up; median, least and most of the pairs.\n\n", b.patients, said)
	table(os.Stdout, lines)
	return errors.Join(failed...)
}

func (b *bench) one(ctx context.Context, m matter) (*comparison, error) {
	d := datasets[m.dataset]
	folder, err := d.make(ctx, b.data, b.patients)
	if err != nil {
		return nil, err
	}
	a, p, err := m.make(ctx, b, d, folder)
	if err != nil {
		return nil, err
	}
	return compare(ctx, a, p, b.repeats)
}
