// Package intake counts how the rows of a table were read, for the report and for
// the rules about data quality.
//
//  1. NewCounts makes the Counts of one table and one worker.
//  2. Counts.AddFaults counts rejected rows and malformed cells and keeps their first
//     positions; the worker adds rows, orphans and mismatches by practice to
//     PracticeCounts.
//  3. Counts.Merge adds the counts of the workers; Finish then counts repeated
//     ids, and shares of repeated rows.
//  4. Rules read them as the virtual columns of the table practice, by
//     PracticeCounts.Column and Counts.Share, and Counts.State is their part of a
//     state.
package intake
