// Package run carries a plan out. A row goes this way:
//
//  1. New takes the passes of the plan in order. Each is a scan of a table's files
//     (scanPatients, scanRows) or of patients or practices in memory (scanMemory).
//  2. In a scan of files, workers take the parts of the table in turn (eachPart), and
//     read them batch by batch.
//  3. An attributor makes the batch that of an eval.Evaluator. It rejects rows with a
//     null in a required column, looks up the patient and practice of each row, and
//     counts how the table was read (intake.Counts).
//  4. The evaluator evaluates the nodes of the pass, and the worker folds the batch
//     into aggregators, build tables, repeats and matches, and tallies the programs by
//     practice.
//  5. At the end of the pass the workers are merged: into eval.Facts, which later
//     passes read, and into the tallies of the Run. checkEstimate and checkMemory hold
//     the facts to the memory limit.
//  6. Run.State makes a state of tallies and counts.
//
// FailingRows lists the rows that a keeper kept in step 4, and reads what is left of them
// (list_kept.go). Where they were too many it reads the tables again and judges every row, as
// Verdicts does (list.go).
package run
