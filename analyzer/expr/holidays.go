package expr

// bankHoliday reports whether day is a bank holiday in England.
func bankHoliday(day int32) bool {
	return false
}
