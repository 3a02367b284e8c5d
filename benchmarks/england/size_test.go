package main

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheSizesAreThoseOfEngland(t *testing.T) {
	for _, s := range sizes[:len(sizes)-1] {
		require.InEpsilon(t, s.patients, published(s.share), 1e-9)
	}
	of := spread(practicesOfEngland)
	require.True(t, slices.IsSorted(of))
	sum := 0
	for _, patients := range of {
		sum += patients
	}
	require.InEpsilon(t, meanPatients, float64(sum)/practicesOfEngland, 0.001)
	few := spread(5)
	require.Less(t, few[0], of[len(of)/5])
	require.Greater(t, few[4], of[4*len(of)/5])
}

func TestCostsAreSummedOverEngland(t *testing.T) {
	l := fit([]practice{{patients: 1000}, {patients: 2000}, {patients: 4000}}, func(p practice) float64 { return 3 + 0.5*float64(p.patients) })
	require.InDelta(t, 3, l.fixed, 1e-6)
	require.InDelta(t, 0.5, l.each, 1e-9)
	require.InEpsilon(t, practicesOfEngland*(3+0.5*meanPatients), l.england(), 1e-9)
}
