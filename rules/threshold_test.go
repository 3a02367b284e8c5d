package rules

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseThreshold(t *testing.T) {
	for _, c := range []struct {
		text string
		want Threshold
		back string
	}{
		{"80%", Threshold{Percent: 8000}, "80%"},
		{"100%", Threshold{Percent: 10000}, "100%"},
		{"0%", Threshold{}, "0%"},
		{"0.1%", Threshold{Percent: 10}, "0.1%"},
		{"99.95%", Threshold{Percent: 9995}, "99.95%"},
		{"99.50 %", Threshold{Percent: 9950}, "99.5%"},
		{">= 70%", Threshold{Percent: 7000}, "70%"},
		{">50%", Threshold{Percent: 5000, Strict: true}, "> 50%"},
		{"<= 5%", Threshold{Percent: 500, AtMost: true}, "<= 5%"},
		{"< 20%", Threshold{Percent: 2000, AtMost: true, Strict: true}, "< 20%"},
	} {
		t.Run(c.text, func(t *testing.T) {
			got, err := ParseThreshold(c.text)
			require.NoError(t, err)
			c.want.Set = true
			require.Equal(t, c.want, got)
			require.Equal(t, c.back, got.String())
			again, err := ParseThreshold(got.String())
			require.NoError(t, err)
			require.Equal(t, got, again)
		})
	}
	for _, bad := range []string{"", "%", "80", ".5%", "5.%", "1e1%", "-1%", "+1%", "1,5%", "80%%", "=80%", "1000%", "100.01%", "< 0%", "> 100%", "٣%"} {
		_, err := ParseThreshold(bad)
		require.Error(t, err, bad)
	}
	require.Empty(t, Threshold{}.String())
}
