package main

import "math"

// England has some 6,300 practices (6,129 in August 2026, by NHS England's "Patients
// Registered at a GP Practice") and, at 60.4 million, some 9,600 patients in each.
const (
	practicesOfEngland = 6300
	meanPatients       = 9600
)

// sizes is the share of practices that have fewer patients than so many, as published:
// under 2,000 and the shape below 1,000, NHS Digital, July 2020; under 5,000 and over
// 20,000, NHS Digital by way of GPonline, September 2019; over 10,000, 30,000 and
// 50,000, the same, December 2018; the largest, 84,724 (BMJ Open Quality). Between them
// the logarithm of the size is taken as evenly spread. Practices have grown since, so
// that all are scaled to the mean of today.
var sizes = []struct{ patients, share float64 }{
	{1000, 0.002}, {2000, 0.029}, {5000, 0.265}, {10_000, 0.684}, {20_000, 0.964}, {30_000, 0.9929}, {50_000, 0.999}, {84_724, 1},
}

// published is the size below which a share of the practices was, when it was published.
func published(share float64) float64 {
	for i := range len(sizes) - 1 {
		if a, b := sizes[i], sizes[i+1]; share <= b.share {
			at := max(0, (share-a.share)/(b.share-a.share))
			return a.patients * math.Pow(b.patients/a.patients, at)
		}
	}
	return sizes[len(sizes)-1].patients
}

// spread are the sizes of n practices of England, the smallest first: one from the
// middle of each n-th part.
func spread(n int) []int {
	var sum float64
	for i := range practicesOfEngland {
		sum += published((float64(i) + 0.5) / practicesOfEngland)
	}
	scale := meanPatients * practicesOfEngland / sum
	out := make([]int, n)
	for i := range out {
		out[i] = int(math.Round(scale * published((float64(i)+0.5)/float64(n))))
	}
	return out
}
