// Package eval evaluates the nodes of a pass over a batch, and folds the results into
// facts.
//
//  1. A Setup is what the workers of a pass share; GatherSets says which facts of
//     earlier passes its rows read, and through which relation.
//  2. New compiles the pass into an Evaluator, one for each worker: a list of steps,
//     each of which fills the vector.Vec of a node. Nodes over one text column are
//     evaluated once for each entry of its dictionary, and gathered by index.
//  3. Evaluator.Run takes a batch through the steps: gathers first, and then operators
//     in the order of the nodes. A gather by record id probes KeyedFacts.
//  4. An Aggregator folds the rows of a link to many rows by group, and a BuildTable
//     stores the rows of a link to one row by key. Evaluator.AddRepeats counts keys,
//     and Evaluator.Match takes one step of a match or of an earlier repeat.
//  5. Evaluator.Condition gives a program to the kernels that tally it.
//  6. Facts are what a pass leaves for later ones: materialised columns, facts by key,
//     keys that repeat, probe keys and duplicate indexes.
//
// A Meter, where there is one, records what each step takes.
package eval
