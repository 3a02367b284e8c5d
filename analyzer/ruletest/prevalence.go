package ruletest

import (
	"maps"
	"strconv"
	"strings"

	"paperlight/rules"
)

// prevalence reads the expected share of a register, in percent.
func (p *parser) prevalence(text string, line int) error {
	name, percent, ok := strings.Cut(text, "=")
	name = strings.TrimSpace(name)
	n, err := strconv.ParseFloat(strings.TrimSpace(percent), 64)
	if !ok || name == "" || err != nil || !(n >= 0 && n <= 100) {
		return p.fault(line, "prevalence: diabetes = 6.5", "want a register and its expected percentage")
	}
	p.archive.Prevalence[name] = n / 100
	return nil
}

// prevalence is what registers are expected to hold in an archive.
func (a *Archive) prevalence(c *rules.Catalogue) map[string]float64 {
	out := c.Prevalence.Shares()
	maps.Copy(out, a.Prevalence)
	return out
}
