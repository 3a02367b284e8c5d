// Package analyzer is the engine: it runs a rule set over an extract and
// returns what it counted.
//
//	files -> source -> mapping -> batches -> plan (kernels) -> tallies + facts -> state -> score -> report
//
// Check is the front door. It reads which practices there are and as of when
// (practices.go, asof.go), lowers the rules to nodes of one graph (check.go),
// orders the tables (plan.go, stages.go), carries the passes out (run.go, over
// files in scan.go, over what is held in inmemory.go) and returns a state.
//
// A node is a value for each row of one table. Within a pass an evaluator
// works every node out once a batch (eval.go); a condition on one text column
// once for each entry of its dictionary (eval_text.go). What another table's
// rows need is folded into facts for each patient, practice or record id
// (fold.go, store.go), and read by gathering (gather.go). Patients and
// practices stay in memory as vectors, so that only other tables are ever read
// twice.
package analyzer
