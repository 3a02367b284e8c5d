package main

import (
	"bytes"
	"context"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

// Where a verb panics the program is at fault, and says where and no more.
func TestAPanicOfAVerbIsAnInternalError(t *testing.T) {
	verb := &cobra.Command{Use: "x", SilenceErrors: true, SilenceUsage: true, RunE: func(*cobra.Command, []string) error { panic("943 476 5919") }}
	verb.SetArgs(nil)
	err := execute(t.Context(), verb)
	require.Error(t, err)
	var said bytes.Buffer
	require.Equal(t, exitInternal, exitCode(context.Background(), &console{err: &said}, fail(exitInput, err, "export again")))
	require.Contains(t, said.String(), "paperlight: an internal error stopped the work\n  at cmd/paperlight.TestAPanicOfAVerbIsAnInternalError")
	require.Contains(t, said.String(), "please report this")
	require.NotContains(t, said.String(), "943")
}

// Opening files is a sign of life, before any row is counted.
func TestOpeningIsASignOfLife(t *testing.T) {
	folder, _ := made(t, "--patients", "50")
	c := &console{}
	var r readFlags
	r.add(pflag.NewFlagSet("", pflag.ContinueOnError))
	x, err := r.open(t.Context(), c, []string{folder})
	require.NoError(t, err)
	require.Positive(t, c.moved.Load())
	require.NoError(t, x.Close())
}
