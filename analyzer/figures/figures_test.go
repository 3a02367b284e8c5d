package figures

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCounts(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 8412: "8,412", 123456: "123,456", 1234567: "1,234,567", -1000: "-1,000", -100: "-100"} {
		require.Equal(t, want, Count(n))
	}
	require.Equal(t, "1 thing", Plural(1, "thing", "things"))
	require.Equal(t, "0 things", Plural(0, "thing", "things"))
	require.Equal(t, "1,200 things", Plural(1200, "thing", "things"))
	for v, want := range map[float64]string{-0.001: "0", 3.5: "3.5", 4312: "4,312", -0.25: "-0.25", 1e19: "10000000000000000000", 0: "0"} {
		require.Equal(t, want, Decimal(v))
	}
}

func TestSharesHaveOnePlaceAndAreTrue(t *testing.T) {
	for share, want := range map[float64]string{
		0: "0%", 1: "100%", 0.8: "80%", 0.765: "76.5%", 0.844499: "84.4%", 0.9994: "99.9%", 0.9995: "over 99.9%", 0.999999: "over 99.9%", 0.9999999: "over 99.9%",
		0.0005: "0.1%", 0.0004: "under 0.1%", 0.000001: "under 0.1%", 1e-9: "under 0.1%",
	} {
		require.Equal(t, want, Share(share), share)
	}
	require.Equal(t, "just under 80%", Missed(0.79982, "80%", false), "a mark just missed does not look met")
	require.Equal(t, "just over 5%", Missed(0.0501, "5%", true))
	require.Equal(t, "80%", Missed(0.8, "90%", false))
}

func TestPoints(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 5: "under 0.1", 820: "8.2", 8999: "89.9", 9000: "90", 10000: "100"} {
		require.Equal(t, want, Points(n))
	}
	require.Equal(t, "8.20", Exact(820))
	require.Equal(t, "0.05", Exact(5))
}

func TestTimes(t *testing.T) {
	for minutes, want := range map[int64]string{
		1: "about 5 minutes", 12: "about 10 minutes", 45: "about 45 minutes", 50: "about 1 hour", 118: "about 2 hours", 899: "about 15 hours", 900: "about 2 working days", 6000: "about 13 working days",
	} {
		require.Equal(t, want, About(minutes), minutes)
	}
}
