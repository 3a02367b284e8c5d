package ruletest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSequencesStandForRows(t *testing.T) {
	for _, c := range []struct {
		name   string
		record []string
		want   [][]string
		fault  string
	}{
		{name: "none", record: []string{"p1", ""}, want: [][]string{{"p1", ""}}},
		{name: "braces of other kinds", record: []string{"{}", "{1}", "{a..b}", "{1...2}"}, want: [][]string{{"{}", "{1}", "{a..b}", "{1...2}"}}},
		{name: "a number", record: []string{"p{9..11}", "A"}, want: [][]string{{"p9", "A"}, {"p10", "A"}, {"p11", "A"}}},
		{name: "as wide as the first", record: []string{"{08..10}-x"}, want: [][]string{{"08-x"}, {"09-x"}, {"10-x"}}},
		{name: "two together", record: []string{"e{1..2}", "p{5..6}"}, want: [][]string{{"e1", "p5"}, {"e2", "p6"}}},
		{name: "the same again", record: []string{"p1{*2}", "A"}, want: [][]string{{"p1", "A"}, {"p1", "A"}}},
		{name: "one", record: []string{"p{3..3}"}, want: [][]string{{"p3"}}},
		{name: "of other lengths", record: []string{"e{1..2}", "p{1..3}"}, fault: "has 2 rows, another 3"},
		{name: "two in a cell", record: []string{"e{1..2}{1..2}"}, fault: "one sequence at most"},
		{name: "backwards", record: []string{"e{2..1}"}, fault: "1 to 100000 rows"},
		{name: "nothing", record: []string{"e{*0}"}, fault: "1 to 100000 rows"},
		{name: "too long", record: []string{"e{0..100000}"}, fault: "1 to 100000 rows"},
		{name: "no number", record: []string{"e{1..99999999999999999999}"}, fault: "1 to 100000 rows"},
		{name: "no number of times", record: []string{"e{*99999999999999999999}"}, fault: "1 to 100000 rows"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := expand(c.record)
			if c.fault != "" {
				require.ErrorContains(t, err, c.fault)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}
