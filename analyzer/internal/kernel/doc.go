// Package kernel holds the vectorised primitives that the engine runs its plan
// with: comparisons into bitmaps, three-valued logic on bitmaps, gathers,
// scatters, calendars, tallies. It knows no Arrow, no schema and no rule.
//
// A bitmap is a []uint64 with row i at bit i%64 of word i/64. Every kernel
// takes the number n of rows to work on; vectors and bitmaps may be longer,
// and unless a kernel says otherwise the bits of the last word past row n are
// undefined, in what it reads and in what it writes. Buffers belong to the
// caller; nothing here allocates per call except where it says so. A
// destination may be the same slice as a source of the same element type, but
// must not overlap it otherwise.
//
// Values under an unknown bit may be anything: kernels compute with them and
// the known bits decide what counts.
package kernel
