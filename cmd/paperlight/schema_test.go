package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSchemaAsADataContract(t *testing.T) {
	drafted(t)
	r := paperlight(t, "schema", "--format", "odcs")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "kind: DataContract\n")
	require.NotContains(t, r.out, "local/phone-recorded")

	own := paperlight(t, "schema", "--format", "odcs", "--rules", "ours")
	require.Zero(t, own.code, own.err)
	require.Contains(t, own.out, "      rule: local/phone-recorded\n", "rules of one's own are part of the contract")

	for _, wrong := range [][]string{{"schema", "--format", "yaml"}, {"schema", "report", "--format", "odcs"}, {"schema", "--format", "odcs", "--rules", "nowhere"}} {
		r := paperlight(t, wrong...)
		require.Equal(t, exitUsage, r.code, wrong)
		require.Empty(t, r.out)
	}
}
