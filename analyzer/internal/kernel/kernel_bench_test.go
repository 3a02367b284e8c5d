package kernel

import (
	"math/rand/v2"
	"testing"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/calendar"
)

// benchRows is the rows of a batch whose columns stay in cache.
const benchRows = 8192

// rows reports the time of one row, in picoseconds.
func rows(b *testing.B, f func()) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		f()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())*1000/float64(b.N)/benchRows, "ps/row")
}

func benchRandom() *rand.Rand { return rand.New(rand.NewPCG(11, 12)) }

func benchDates(r *rand.Rand) []int32 {
	v := make([]int32, benchRows)
	for i := range v {
		v[i] = 14000 + int32(r.IntN(6000))
	}
	return v
}

// benchBits sets one row in each of every, on average.
func benchBits(r *rand.Rand, every int) []uint64 {
	b := make([]uint64, bitmap.Words(benchRows))
	for i := range benchRows {
		if r.IntN(every) == 0 {
			bitmap.Set(b, i)
		}
	}
	return b
}

func BenchmarkCompare(b *testing.B) {
	r := benchRandom()
	a, c, dst := benchDates(r), benchDates(r), make([]uint64, bitmap.Words(benchRows))
	long, real := make([]int64, benchRows), make([]float64, benchRows)
	for i, v := range a {
		long[i], real[i] = int64(v), float64(v)
	}
	b.Run("int32 less const", func(b *testing.B) { rows(b, func() { LessConst(dst, a, 17000, benchRows) }) })
	b.Run("int32 greater const", func(b *testing.B) { rows(b, func() { GreaterConst(dst, a, 17000, benchRows) }) })
	b.Run("int32 less", func(b *testing.B) { rows(b, func() { Less(dst, a, c, benchRows) }) })
	b.Run("int64 less const", func(b *testing.B) { rows(b, func() { LessConst(dst, long, 17000, benchRows) }) })
	b.Run("int64 less", func(b *testing.B) { rows(b, func() { Less(dst, long, long, benchRows) }) })
	b.Run("float64 less const", func(b *testing.B) { rows(b, func() { LessConst(dst, real, 17000, benchRows) }) })
	b.Run("float64 equal", func(b *testing.B) { rows(b, func() { Equal(dst, real, real, benchRows) }) })
}

func BenchmarkLogic(b *testing.B) {
	r := benchRandom()
	x := Bools{benchBits(r, 2), benchBits(r, 2)}
	y := Bools{benchBits(r, 2), benchBits(r, 2)}
	dst := Bools{make([]uint64, bitmap.Words(benchRows)), make([]uint64, bitmap.Words(benchRows))}
	known := func(x Bools) Bools { return Bools{T: x.T} }
	b.Run("and known", func(b *testing.B) { rows(b, func() { And(dst, known(x), known(y), benchRows) }) })
	b.Run("and half known", func(b *testing.B) { rows(b, func() { And(dst, x, known(y), benchRows) }) })
	b.Run("and", func(b *testing.B) { rows(b, func() { And(dst, x, y, benchRows) }) })
	b.Run("or", func(b *testing.B) { rows(b, func() { Or(dst, x, y, benchRows) }) })
	b.Run("not", func(b *testing.B) { rows(b, func() { Not(dst, x, benchRows) }) })
	b.Run("if", func(b *testing.B) { rows(b, func() { If(dst, x, y, known(x), benchRows) }) })
}

func BenchmarkGather(b *testing.B) {
	r := benchRandom()
	table, days := make([]uint8, 12000), make([]int32, 12000)
	for i := range table {
		table[i], days[i] = uint8(r.Uint32()), int32(r.Uint32())
	}
	random, byPractice := make([]int32, benchRows), make([]int32, benchRows)
	for i := range random {
		random[i], byPractice[i] = int32(r.IntN(len(table))), int32(i/20)
	}
	out := make([]int32, benchRows)
	planes := make([][]uint64, 8)
	for k := range planes {
		planes[k] = make([]uint64, bitmap.Words(benchRows))
	}
	b.Run("plane of 4", func(b *testing.B) { rows(b, func() { GatherPlane8(planes[:4], table, random, benchRows) }) })
	b.Run("plane of 8", func(b *testing.B) { rows(b, func() { GatherPlane8(planes, table, random, benchRows) }) })
	b.Run("int32 at random", func(b *testing.B) { rows(b, func() { Gather(out, days, random, benchRows) }) })
	b.Run("int32 by practice", func(b *testing.B) { rows(b, func() { Gather(out, days, byPractice, benchRows) }) })
}

func BenchmarkScatter(b *testing.B) {
	r := benchRandom()
	patients := make([]int32, benchRows)
	for i := range patients {
		patients[i] = int32(i / 20)
	}
	plane, counts := make([]uint8, benchRows), make([]uint8, benchRows)
	var quarter, hundredth [][]uint64
	for range 8 {
		quarter, hundredth = append(quarter, benchBits(r, 4)), append(hundredth, benchBits(r, 100))
	}
	b.Run("8 facts, a quarter", func(b *testing.B) { rows(b, func() { SetPlane8(plane, quarter, patients, benchRows) }) })
	b.Run("8 facts, a hundredth", func(b *testing.B) { rows(b, func() { SetPlane8(plane, hundredth, patients, benchRows) }) })
	b.Run("1 fact, a hundredth", func(b *testing.B) { rows(b, func() { SetPlane8(plane, hundredth[:1], patients, benchRows) }) })
	b.Run("count, a quarter", func(b *testing.B) { rows(b, func() { AddSaturating8(counts, quarter[0], patients, benchRows) }) })
}

func BenchmarkDates(b *testing.B) {
	r := benchRandom()
	dates, out, years := benchDates(r), make([]int32, benchRows), make([]int64, benchRows)
	shifter := NewDateShifter(func(day calendar.Day) calendar.Day { return calendar.AddMonths(day, 6) })
	b.Run("six months", func(b *testing.B) { rows(b, func() { shifter.ShiftDates(out, dates, nil, benchRows) }) })
	b.Run("six months, calendar", func(b *testing.B) {
		rows(b, func() {
			for i, d := range dates {
				out[i] = addMonths(d, 6)
			}
		})
	})
	b.Run("year", func(b *testing.B) { rows(b, func() { YearOf(years, dates, benchRows) }) })
	until := make([]int32, benchRows)
	for i := range until {
		until[i] = 20500
	}
	b.Run("age", func(b *testing.B) { rows(b, func() { YearsBetween(years, dates, until, benchRows) }) })
}

func BenchmarkTally(b *testing.B) {
	r := benchRandom()
	most := benchBits(r, 2)
	for i := range most {
		most[i] = ^benchBits(r, 50)[i]
	}
	plain := Condition{Where: Bools{T: most}, Expect: Bools{T: most}}
	full := Condition{Bools{most, most}, Bools{benchBits(r, 20), most}, Bools{benchBits(r, 2), most}}
	var one, scattered Practices
	one.Reset(make([]int32, benchRows), benchRows, 1)
	ofRow := make([]int32, benchRows)
	for i := range ofRow {
		ofRow[i] = int32(r.IntN(100))
	}
	scattered.Reset(ofRow, benchRows, 100)
	counts := make([]Counts, 100)
	b.Run("all known", func(b *testing.B) { rows(b, func() { counts[0].Add(plain.Tally(benchRows)) }) })
	b.Run("unknowns", func(b *testing.B) { rows(b, func() { counts[0].Add(full.Tally(benchRows)) }) })
	b.Run("one practice", func(b *testing.B) { rows(b, func() { one.Tally(counts, &plain) }) })
	b.Run("scattered", func(b *testing.B) { rows(b, func() { scattered.Tally(counts, &plain) }) })
	b.Run("scattered unknowns", func(b *testing.B) { rows(b, func() { scattered.Tally(counts, &full) }) })
	b.Run("reset in order", func(b *testing.B) { p := one; rows(b, func() { p.Reset(one.ofRow, benchRows, 1) }) })
	b.Run("reset at random", func(b *testing.B) { p := scattered; rows(b, func() { p.Reset(ofRow, benchRows, 100) }) })
}
