package main

import (
	"fmt"
	"time"
)

// report prints what the practices cost, and what England would.
func report(read []practice, merging cost, states int) {
	reading := fit(read, func(p practice) float64 { return p.reading.cpu.Seconds() })
	extract := fit(read, func(p practice) float64 { return float64(p.extract) })
	state := fit(read, func(p practice) float64 { return float64(p.state) })
	var peak, largest int64
	for _, p := range read {
		peak, largest = max(peak, p.reading.peak), max(largest, p.state)
	}
	fmt.Printf("\na practice costs %.2f s and %.3f ms a patient (CPU); at most %.0f MB of memory; a state of at most %.0f KB\n", reading.fixed, 1000*reading.each, mega(peak), float64(largest)/1e3)
	fmt.Printf("%d states merged from disk, with the table of practices: %.1f s of CPU, %.1f s by the clock, %.0f MB\n", states, merging.cpu.Seconds(), merging.wall.Seconds(), mega(merging.peak))
	england := time.Duration(reading.england() * float64(time.Second))
	fmt.Printf("England, %d practices of %d patients: %.0f GB of extracts, %s of CPU to read them, %.0f MB of states\n", practicesOfEngland, meanPatients, extract.england()/1e9, england.Round(time.Minute), state.england()/1e6)
	fmt.Println("assumed: sizes as published (size.go), rows a patient as published (generate --shape practice), a cost that grows evenly with patients, and no fetching of files over a network")
}

// A line is what something is of a practice: fixed, and so much a patient.
type line struct{ fixed, each float64 }

// fit is the line of least squares.
func fit(read []practice, of func(practice) float64) line {
	var n, x, y, xx, xy float64
	for _, p := range read {
		px, py := float64(p.patients), of(p)
		n, x, y, xx, xy = n+1, x+px, y+py, xx+px*px, xy+px*py
	}
	each := (n*xy - x*y) / (n*xx - x*x)
	return line{fixed: (y - each*x) / n, each: each}
}

// england is the sum over all practices.
func (l line) england() float64 {
	return practicesOfEngland * (l.fixed + l.each*meanPatients)
}
