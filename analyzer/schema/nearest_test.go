package schema

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNearest(t *testing.T) {
	names := []string{"nhs_number", "nhs_number_status", "sex", "birth_date", "death_date", "start_date", "end_date", "code", "mode"}
	for name, want := range map[string]string{
		"nhs_numbr": "nhs_number", "NHS Number": "nhs_number", "nhs-number": "nhs_number", "nhsnumber": "nhs_number", "nsh_number": "nhs_number",
		"NHSNumberStatus": "nhs_number_status", "se": "sex", "esx": "sex", "brith_date": "birth_date", "birthdate": "birth_date",
		"ode": "code", "favourite_colour": "", "postcode": "", "": "", "__": "", "é": "", strings.Repeat("code", 40): "",
	} {
		require.Equal(t, want, NearestColumn(name, names), name)
	}
	require.Equal(t, "mode", Nearest("ode", []string{"mode", "code"}), "the first of two that are as near")
	require.Empty(t, Nearest("x", []string{"y"}), "a name of one other letter is no slip")
	require.Empty(t, Nearest("code", nil))
}

// A slip in a column's name leads back to it, whatever other columns there are.
func TestNearestFindsEveryColumn(t *testing.T) {
	for _, table := range Tables {
		var names []string
		for _, c := range table.Columns {
			names = append(names, c.Name)
		}
		for _, c := range table.Columns {
			require.Equal(t, c.Name, NearestColumn(strings.ToUpper(strings.ReplaceAll(c.Name, "_", " ")), names))
		}
	}
}
