package expr

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/schema"
)

func TestSeldomColumnsAreOptionalColumns(t *testing.T) {
	for _, name := range seldom {
		table, column, _ := strings.Cut(name, ".")
		c := schema.Lookup(table).Column(column)
		require.NotNil(t, c, name)
		require.False(t, c.Required, name)
	}
}
