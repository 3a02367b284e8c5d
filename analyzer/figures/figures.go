// Package figures writes counts, shares and times as people read them, in one
// style for all that the program says.
package figures

import (
	"fmt"
	"strconv"
	"strings"
)

// Count writes a count with a comma every three digits: 8,412.
func Count(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// Plural is a count and its noun: "1 thing", "2 things".
func Plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Count(n) + " " + many
}

// Share writes a share of the whole with at most one decimal place: 84.4%. What
// is not nothing is never 0%, and what is not all is never 100%.
func Share(share float64) string {
	millionths := int64(share*1e6 + 0.5)
	tenths := (millionths + 500) / 1000
	switch {
	case share > 0 && tenths == 0:
		return "under 0.1%"
	case share < 1 && tenths == 1000:
		return "over 99.9%"
	}
	return trimmed(tenths) + "%"
}

// Missed writes a share that misses a mark, such as "80%". Where both would be
// written alike, it says on which side of the mark the share is.
func Missed(share float64, mark string, over bool) string {
	said := Share(share)
	switch {
	case said != mark:
		return said
	case over:
		return "just over " + mark
	}
	return "just under " + mark
}

// Points writes hundredths of a point with at most one decimal place, rounded
// down: a score just under a mark does not look as if it reached it.
func Points(hundredths int64) string {
	if hundredths > 0 && hundredths < 10 {
		return "under 0.1"
	}
	return trimmed(hundredths / 10)
}

// Exact writes hundredths with both places, for columns that add up: 8.20.
func Exact(hundredths int64) string {
	return fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100)
}

// Decimal writes a value with at most two places.
func Decimal(v float64) string {
	s := strconv.FormatFloat(v, 'f', 2, 64)
	s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	whole, fraction, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return s
	}
	out := Count(n)
	if n == 0 && strings.HasPrefix(whole, "-") && fraction != "" { // what is rounded to nothing has no sign
		out = "-0"
	}
	if fraction != "" {
		out += "." + fraction
	}
	return out
}

// trimmed writes tenths: "84.4", and "80" where they are whole.
func trimmed(tenths int64) string {
	if tenths%10 == 0 {
		return Count(tenths / 10)
	}
	return Count(tenths/10) + "." + strconv.FormatInt(tenths%10, 10)
}

// A working day and what a time is rounded to, in minutes.
const (
	hour       = 60
	workingDay = 7*hour + 30
)

// About writes a time of work as people plan it: "about 2 hours".
func About(minutes int64) string {
	switch {
	case minutes <= 45:
		return "about " + Plural(max((minutes+2)/5*5, 5), "minute", "minutes")
	case minutes < 2*workingDay:
		return "about " + Plural((minutes+hour/2)/hour, "hour", "hours")
	}
	return "about " + Plural((minutes+workingDay/2)/workingDay, "working day", "working days")
}
