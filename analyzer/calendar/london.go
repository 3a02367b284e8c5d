package calendar

import "slices"

const daySeconds = 86400

// LondonDay returns the day in London at an instant, in seconds since 1970 UTC.
//
// The rules stand here, and not in the time zones of the machine, so that every
// computer reads the same day. They hold for the last two hours of a day in UTC: before
// them summer time moves no instant to another day.
func LondonDay(seconds int64) Day {
	day := seconds / daySeconds
	if seconds%daySeconds < 0 {
		day--
	}
	if day < First || day > Last {
		return Day(min(max(day, First-1), Last+1))
	}
	late := seconds - day*daySeconds
	if late < daySeconds-2*3600 || late+3600*int64(hoursAhead(Day(day))) < daySeconds {
		return Day(day)
	}
	return Day(day + 1)
}

// hoursAhead is by how much clocks in London are ahead of UTC at the end of a day.
func hoursAhead(day Day) int {
	year, month, dayOfMonth := Civil(day)
	date := year*10000 + month*100 + dayOfMonth
	if year < firstYearOfRule {
		at, found := slices.BinarySearchFunc(londonClocks[:], date, func(c clocks, date int) int { return c.from - date })
		switch {
		case found:
			return londonClocks[at].ahead
		case at == 0:
			return 0
		}
		return londonClocks[at-1].ahead
	}
	switch {
	case month > 3 && month < 10, month == 3 && dayOfMonth >= lastSunday(year, 3), month == 10 && dayOfMonth < lastSunday(year, 10):
		return 1
	}
	return 0
}

// lastSunday is the day of the month of the last Sunday of March or October.
func lastSunday(year, month int) int {
	// 1970-01-01 was a Thursday.
	sinceSunday := (int(Date(year, month, 31))%7 + 7 + 4) % 7
	return 31 - sinceSunday
}

// firstYearOfRule is the first year in which summer time is from the last Sunday of
// March to that of October, as it is since.
const firstYearOfRule = 1996

// clocks are how many hours London was ahead from a day on, written as yyyymmdd.
type clocks struct{ from, ahead int }

// londonClocks are the changes of clocks before that, from the time zone database.
var londonClocks = [...]clocks{
	{19160521, 1}, {19161001, 0}, {19170408, 1}, {19170917, 0}, {19180324, 1}, {19180930, 0}, {19190330, 1}, {19190929, 0},
	{19200328, 1}, {19201025, 0}, {19210403, 1}, {19211003, 0}, {19220326, 1}, {19221008, 0}, {19230422, 1}, {19230916, 0},
	{19240413, 1}, {19240921, 0}, {19250419, 1}, {19251004, 0}, {19260418, 1}, {19261003, 0}, {19270410, 1}, {19271002, 0},
	{19280422, 1}, {19281007, 0}, {19290421, 1}, {19291006, 0}, {19300413, 1}, {19301005, 0}, {19310419, 1}, {19311004, 0},
	{19320417, 1}, {19321002, 0}, {19330409, 1}, {19331008, 0}, {19340422, 1}, {19341007, 0}, {19350414, 1}, {19351006, 0},
	{19360419, 1}, {19361004, 0}, {19370418, 1}, {19371003, 0}, {19380410, 1}, {19381002, 0}, {19390416, 1}, {19391119, 0},
	{19400225, 1}, {19410504, 2}, {19410810, 1}, {19420405, 2}, {19420809, 1}, {19430404, 2}, {19430815, 1}, {19440402, 2},
	{19440917, 1}, {19450402, 2}, {19450715, 1}, {19451007, 0}, {19460414, 1}, {19461006, 0}, {19470316, 1}, {19470413, 2},
	{19470810, 1}, {19471102, 0}, {19480314, 1}, {19481031, 0}, {19490403, 1}, {19491030, 0}, {19500416, 1}, {19501022, 0},
	{19510415, 1}, {19511021, 0}, {19520420, 1}, {19521026, 0}, {19530419, 1}, {19531004, 0}, {19540411, 1}, {19541003, 0},
	{19550417, 1}, {19551002, 0}, {19560422, 1}, {19561007, 0}, {19570414, 1}, {19571006, 0}, {19580420, 1}, {19581005, 0},
	{19590419, 1}, {19591004, 0}, {19600410, 1}, {19601002, 0}, {19610326, 1}, {19611029, 0}, {19620325, 1}, {19621028, 0},
	{19630331, 1}, {19631027, 0}, {19640322, 1}, {19641025, 0}, {19650321, 1}, {19651024, 0}, {19660320, 1}, {19661023, 0},
	{19670319, 1}, {19671029, 0}, {19680218, 1}, {19711031, 0}, {19720319, 1}, {19721029, 0}, {19730318, 1}, {19731028, 0},
	{19740317, 1}, {19741027, 0}, {19750316, 1}, {19751026, 0}, {19760321, 1}, {19761024, 0}, {19770320, 1}, {19771023, 0},
	{19780319, 1}, {19781029, 0}, {19790318, 1}, {19791028, 0}, {19800316, 1}, {19801026, 0}, {19810329, 1}, {19811025, 0},
	{19820328, 1}, {19821024, 0}, {19830327, 1}, {19831023, 0}, {19840325, 1}, {19841028, 0}, {19850331, 1}, {19851027, 0},
	{19860330, 1}, {19861026, 0}, {19870329, 1}, {19871025, 0}, {19880327, 1}, {19881023, 0}, {19890326, 1}, {19891029, 0},
	{19900325, 1}, {19901028, 0}, {19910331, 1}, {19911027, 0}, {19920329, 1}, {19921025, 0}, {19930328, 1}, {19931024, 0},
	{19940327, 1}, {19941023, 0}, {19950326, 1}, {19951022, 0},
}
