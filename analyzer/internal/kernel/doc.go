// Package kernel holds the vectorised primitives of the engine. It knows no Arrow,
// no schema and no rule. In the order in which a batch meets them:
//
//  1. Gather and GatherPlane8 take values by index: row i gets
//     table[index[i]]. A plane is a byte for each row of the table, and holds eight
//     booleans.
//  2. Less, Equal and their forms with a constant compare columns into bitmaps;
//     DateShifter, YearOf and YearsBetween do what the calendar asks.
//  3. And, Or, Not, If and Same are Kleene's three-valued logic over Bools: a bitmap
//     of what is true, and a null mask.
//  4. SetPlane8 and AddSaturating scatter: they fold row i into the group row[i] of
//     an aggregate. MergePlane and MergeSaturating join the states of two workers.
//  5. A Condition is a rule over a batch, and Practices.Tally adds its Counts to
//     those of each practice.
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
