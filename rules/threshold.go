package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ParseThreshold reads "80%", "> 50%", ">= 99.95%", "<= 5%" or "< 5%". Percent
// has at most two decimals, so that it is exact.
func ParseThreshold(s string) (Threshold, error) {
	t := Threshold{Set: true}
	rest := strings.TrimSpace(s)
	switch {
	case strings.HasPrefix(rest, ">="):
		rest = rest[2:]
	case strings.HasPrefix(rest, "<="):
		t.AtMost, rest = true, rest[2:]
	case strings.HasPrefix(rest, ">"):
		t.Strict, rest = true, rest[1:]
	case strings.HasPrefix(rest, "<"):
		t.AtMost, t.Strict, rest = true, true, rest[1:]
	}
	percent, err := parsePercent(rest)
	if err != nil {
		return Threshold{}, err
	}
	t.Percent = percent
	if t.Strict && (t.AtMost && percent == 0 || !t.AtMost && percent == 10000) {
		return Threshold{}, fmt.Errorf("no rate can be above 100%% or below 0%%")
	}
	return t, nil
}

// parsePercent reads a percentage into hundredths of a percent.
func parsePercent(s string) (int64, error) {
	want := fmt.Errorf("want a percentage such as 80%% or 99.95%%, with at most two decimals")
	s, ok := strings.CutSuffix(strings.TrimSpace(s), "%")
	if !ok {
		return 0, want
	}
	s = strings.TrimRight(s, " ")
	whole, fraction, hasPoint := strings.Cut(s, ".")
	if len(whole) == 0 || len(whole) > 3 || len(fraction) > 2 || hasPoint && fraction == "" {
		return 0, want
	}
	digits := whole + (fraction + "00")[:2]
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return 0, want
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, want
	}
	if n > 10000 {
		return 0, fmt.Errorf("want a percentage from 0%% to 100%%")
	}
	return n, nil
}

// FormatPercent writes hundredths of a percent as people do: 99.95%, 80%.
func FormatPercent(hundredths int64) string {
	s := fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".") + "%"
}

// String writes the threshold as a rule states it; empty where there is none.
func (t Threshold) String() string {
	if !t.Set {
		return ""
	}
	sign := ""
	switch {
	case t.AtMost && t.Strict:
		sign = "< "
	case t.AtMost:
		sign = "<= "
	case t.Strict:
		sign = "> "
	}
	return sign + FormatPercent(t.Percent)
}

// threshold reads a threshold or, under the key tiers, several.
func (d *document) threshold(into *Threshold) func(*value) {
	return func(v *value) {
		switch v.kind {
		case scalar:
			t, err := ParseThreshold(v.text)
			if err != nil {
				hint := ""
				if v.block || strings.ContainsAny(v.text, "<>") {
					hint = `quote it: "> 50%"`
				}
				d.fault(v, hint, "%v", err)
				return
			}
			*into = t
		case mapping:
			var texts []string
			d.object(v, "a threshold", []key{{"tiers", true, d.texts(&texts)}})
			d.tiers(v, into, texts)
		default:
			d.fault(v, "", "want a threshold such as 80%%")
		}
	}
}

func (d *document) tiers(v *value, into *Threshold, texts []string) {
	t := Threshold{Set: true}
	for _, s := range texts {
		percent, err := parsePercent(s)
		if err != nil {
			d.fault(v, "", "tiers: %v", err)
			return
		}
		t.Tiers = append(t.Tiers, percent)
	}
	if len(t.Tiers) < 2 || !slices.IsSorted(t.Tiers) || len(slices.Compact(slices.Clone(t.Tiers))) < len(t.Tiers) {
		d.fault(v, "tiers: [60%, 70%, 80%]", "want two or more tiers in ascending order")
		return
	}
	t.Percent = t.Tiers[0]
	*into = t
}
