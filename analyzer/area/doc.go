// Package area looks at practices by the area that they are in: how far the upload of
// their records has come, when it crosses a line, which practices decline and what it
// costs; and, where their extracts were judged, how many are ready and which differ from
// the others by more than chance. It reads one file, a line a practice, and reports that
// others made; the verbs area and merge call it.
//
// # Sources
//
// A line of 60 percent of patients is the "critical mass" of a primary care trust in the
// NHS Summary Care Record programme: over 60 percent of its patients had a record in
// March 2012, in 16 trusts alone. That 286 of 1,732 practices invited by 36 trusts
// declined is of the same programme. Funnel plots follow D. J. Spiegelhalter, "Funnel plots
// for comparing institutional performance", Statistics in Medicine 24 (2005), 1185-1202,
// and "Handling over-dispersion of performance indicators", Quality and Safety in Health
// Care 14 (2005), 347-351.
package area
