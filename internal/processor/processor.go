// Package processor tells kinds of processor apart: what was measured on one says
// little of another. paperlight bench writes the kind beside its times.
package processor

import (
	"fmt"
	"strings"

	"github.com/klauspost/cpuid/v2"
)

// Kind names the kind of processor that this program runs on, with the numbers by
// which its maker tells it apart: a virtual machine often hides the name. It is
// empty where neither is told.
func Kind() string { return kind(&cpuid.CPU) }

func kind(c *cpuid.CPUInfo) string {
	name := strings.TrimSpace(c.BrandName)
	if name == "" && c.VendorID != cpuid.VendorUnknown {
		name = c.VendorID.String()
	}
	if c.Family == 0 && c.Model == 0 {
		return name
	}
	if name == "" {
		name = "a processor"
	}
	return fmt.Sprintf("%s, family %d, model %d, stepping %d", name, c.Family, c.Model, c.Stepping)
}
