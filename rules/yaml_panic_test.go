package rules

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/crash"
)

// What the parser itself says of a file is the file's fault, a panic is ours.
func TestAPanicOfTheParserIsNoFaultOfTheFile(t *testing.T) {
	_, err := unharmed("a.yaml", func() (*value, error) { panic("Mrs Smith") })
	var ours *crash.Error
	require.ErrorAs(t, err, &ours)
	require.Contains(t, err.Error(), "the reading of a.yaml\n  at rules.TestAPanic")
	require.NotContains(t, err.Error(), "Smith")
	f := &faults{}
	f.add(&Error{File: "a.yaml", Message: "wrong"})
	f.add(err)
	require.ErrorAs(t, f.err(), &ours, "among faults of files too")

	_, err = parseYAML("a.yaml", []byte("a: [1"))
	var theirs *Error
	require.ErrorAs(t, err, &theirs)
	require.False(t, errors.As(err, &ours))
}
