// Package plan turns rules into programs and orders the tables for them.
//
//  1. Lower adds the conditions of a rule to the graph and returns a Program: the
//     nodes to count by. CountSystems returns the programs that count coded rows in
//     systems which code lists do not cover.
//  2. New makes the Plan. It collects the needs: nodes whose value takes a pass of
//     their own, because they read rows of another table or of an earlier pass.
//  3. It adds a Pass at a time until every need is met and every program counted: the
//     next one is the cheapest that can be done with what earlier ones leave. Before
//     each it schedules what must be materialised of patients and practices.
//  4. A Pass names what is done over the rows of its table: the Nodes to evaluate in
//     order, values to Materialise, Links that carry facts to other spaces, Repeats
//     and Matches, and the programs to tally.
//  5. Last it finds how narrow each count may be stored (Widths), and after which
//     pass a value may be dropped.
//
// Plan.Explain says the order in words.
package plan
