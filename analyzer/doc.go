// Package analyzer is the engine's front door: it reads an extract, runs a
// rule set over it in one pass a table, and scores the outcome.
//
//	files -> source -> mapping -> batches -> plan (kernels) -> tallies + facts -> state -> score -> report
package analyzer
