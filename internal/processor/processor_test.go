package processor

import (
	"testing"

	"github.com/klauspost/cpuid/v2"
	"github.com/stretchr/testify/require"
)

func TestKind(t *testing.T) {
	for want, c := range map[string]cpuid.CPUInfo{
		"Some(R) Processor, family 6, model 143, stepping 8": {BrandName: " Some(R) Processor ", VendorID: cpuid.Intel, Family: 6, Model: 143, Stepping: 8},
		"Some(R) Processor, family 6, model 85, stepping 7":  {BrandName: "Some(R) Processor", VendorID: cpuid.Intel, Family: 6, Model: 85, Stepping: 7},
		"ARM, family 15, model 3340, stepping 0":             {VendorID: cpuid.ARM, Family: 15, Model: 3340},
		"Apple M1":                                           {BrandName: "Apple M1"},
		"":                                                   {},
	} {
		require.Equal(t, want, kind(&c))
	}
	require.Equal(t, Kind(), Kind())
}
