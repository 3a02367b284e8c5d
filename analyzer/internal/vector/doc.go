// Package vector holds the values of nodes.
//
//  1. A Vec is the values of one node over one batch, and a null mask. FromView makes
//     one of a column of a batch without copying; Make allocates one for a result.
//  2. A Column is the values of one node for all rows of a space, materialised. It is
//     made batch by batch: Column.Put copies to a place that is known, a Builder
//     appends where it is not, and Join concatenates builders.
//  3. Column.Slice makes a Vec of consecutive rows, for a pass in memory;
//     Column.Gather makes one of the rows that an index names, for a pass over
//     another table.
package vector
