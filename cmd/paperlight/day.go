package main

import "paperlight/analyzer/calendar"

// parseDay reads the day that a flag gives.
func parseDay(flag, text string) (calendar.Day, error) {
	day, ok := calendar.Parse(text)
	if !ok {
		return 0, usage("%s: want a date YYYY-MM-DD", flag)
	}
	return day, nil
}

// askedDay is parseDay for a flag that may be left out: nil where it is.
func askedDay(flag, text string) (*calendar.Day, error) {
	if text == "" {
		return nil, nil
	}
	day, err := parseDay(flag, text)
	return &day, err
}
