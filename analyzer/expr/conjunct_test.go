package expr

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConjuncts(t *testing.T) {
	for text, want := range map[string][]string{
		`a`:                         {`a`},
		"a\n  && b":                 {`a`, `b`},
		`(a && (b && c)) && d`:      {`a`, `b`, `c`, `d`},
		`(a || b) && f(c && d)`:     {`(a || b)`, `f(c && d)`},
		`a && b || c`:               {`a && b || c`},
		`a && b ? c : d`:            {`a && b ? c : d`},
		`(a) && (b) `:               {`(a)`, `(b)`},
		`x == "&& \" ||" && has(y)`: {`x == "&& \" ||"`, `has(y)`},
	} {
		require.Equal(t, want, Conjuncts(text), text)
	}
}
