// Package analyzer is the engine: it runs a rule set over an extract and returns what
// it counted.
//
//	files -> source -> mapping -> batches -> plan (kernels) -> tallies + facts -> state -> score -> report
//
// Check follows one row from a file to a tally, and each step is a package below
// internal whose documentation goes on from here:
//
//  1. practices.Find reads which practices the extract is of, and decides the as-of
//     date of each.
//  2. plan.Lower turns each rule into a Program: nodes of one graph. A node is a value
//     for each row of one table.
//  3. plan.New orders the tables: a Plan is a list of passes, so made that facts exist
//     before they are read.
//  4. run.New reads: workers take parts of a table, and place each row with its patient
//     and practice (package cohort numbers the patients).
//  5. eval.Evaluator evaluates every node of the pass once a batch, or once an entry of
//     a dictionary, by the loops of package kernel over a vector.Vec.
//  6. It folds what rows of other tables read into facts for each patient, practice or
//     record id, which later passes gather.
//  7. The rows of each program are tallied by practice, and run.Run.State makes a
//     state.State of the tallies and of intake.Counts, which say how the tables were
//     read.
//
// Judge does all from the paths of an extract to its report: it opens the extract
// (package mapping), calls Check, and scores the state (package score). Examine does
// the same and leaves the extract open, so that FailingRows can list records.
package analyzer
