// Command bring lists the extracts in a bucket and copies one to this computer, for
// the job that reads many practices (../README.md). It is all that knows of buckets:
// paperlight reads files.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/s3blob"
)

// The exit codes, in the meaning that paperlight gives them.
const (
	exitRefused = 3  // the same again next time
	exitAgain   = 5  // a server or a disk failed: another time it may not
	exitUsage   = 64 // wrong usage
)

const usageText = `bring list ADDRESS                    what lies right below the address: a line of JSON for each
bring copy ADDRESS NAME FOLDER BYTES  copy one of these into a folder; refused where it has more bytes

An address is one of gocloud.dev: s3://bucket?prefix=march/&region=eu-west-2, file:///a/folder`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	err := run(ctx, os.Args[1:])
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "bring:", err)
	switch {
	case errors.Is(err, errUsage):
		os.Exit(exitUsage)
	case errors.Is(err, errRefused):
		os.Exit(exitRefused)
	}
	os.Exit(exitAgain)
}

var errUsage = errors.New("wrong usage\n" + usageText)

func run(ctx context.Context, args []string) error {
	switch {
	case len(args) == 2 && args[0] == "list":
		return withBucket(ctx, args[1], func(bucket *blob.Bucket) error {
			units, err := list(ctx, bucket)
			if err != nil {
				return err
			}
			to := json.NewEncoder(os.Stdout)
			for _, u := range units {
				if err := to.Encode(u); err != nil {
					return err
				}
			}
			return nil
		})
	case len(args) == 5 && args[0] == "copy":
		most, err := strconv.ParseInt(args[4], 10, 64)
		if err != nil || most < 0 {
			return errUsage
		}
		return withBucket(ctx, args[1], func(bucket *blob.Bucket) error {
			return bring(ctx, bucket, args[2], args[3], most)
		})
	}
	return errUsage
}

// withBucket opens the bucket at an address.
func withBucket(ctx context.Context, address string, do func(*blob.Bucket) error) (err error) {
	bucket, err := blob.OpenBucket(ctx, address)
	if err != nil {
		return fmt.Errorf("%w\n%w", err, errUsage)
	}
	defer func() { err = errors.Join(err, bucket.Close()) }()
	return do(bucket)
}
