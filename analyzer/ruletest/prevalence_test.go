package ruletest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/schema"
	"paperlight/rules"
)

func TestArchiveSaysWhatIsExpected(t *testing.T) {
	const cases = "\n-- one/practice.csv --\npractice_id\nA\n-- one/want --\ndenominator: 1\n"
	practice := schema.Lookup("practice")
	a, err := Parse("r.txtar", []byte("prevalence: diabetes = 6.5\n"+cases), practice)
	require.NoError(t, err)
	c := &rules.Catalogue{Prevalence: &rules.Prevalence{Registers: []rules.Register{{Name: "asthma", Share: 0.05}, {Name: "diabetes", Share: 0.5}}}}
	require.Equal(t, map[string]float64{"asthma": 0.05, "diabetes": 0.065}, a.prevalence(c))
	require.Equal(t, 0.5, c.Prevalence.Shares()["diabetes"])
	for _, bad := range []string{"diabetes", "diabetes = many", "= 3", "diabetes = 101", "diabetes = -1", "diabetes = NaN"} {
		_, err := Parse("r.txtar", []byte("prevalence: "+bad+"\n"+cases), practice)
		require.ErrorContains(t, err, "r.txtar:1:1: want a register and its expected percentage", bad)
	}
}
