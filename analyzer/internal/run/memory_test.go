package run

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/enginetest"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/practices"
)

// What the limit forbids is refused before it is allocated, where the sizes
// are known.
func TestMemoryIsForeseen(t *testing.T) {
	x := extract.InMemory("x", enginetest.Clinic(t)...)
	asOf := calendar.Day(0)
	found, err := practices.Find(context.Background(), x, &asOf)
	require.NoError(t, err)
	plan, err := plan.New(nil, x)
	require.NoError(t, err)
	run := &Run{plan: plan, x: x, practices: found, Facts: eval.NewFacts(), options: Options{MemoryLimit: 4*bytesAPatient - 1}}
	var refusal *practices.Refusal
	require.ErrorAs(t, run.checkEstimate(plan.Passes[1]), &refusal)
	require.True(t, refusal.Limit)
	run.options.MemoryLimit++
	require.NoError(t, run.checkEstimate(plan.Passes[1]))
}
