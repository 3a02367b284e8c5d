// Package practices finds which practices an extract is of, before the run.
//
//  1. Find reads the table practice and the practices that patients name, and makes
//     the Set of them, sorted by id.
//  2. It reads the practices' answers (declarations); Set.Declared returns the one
//     that counts for a practice and a question.
//  3. It decides the as-of date of each Practice: what the user gave, else what the
//     practice or the extract states, else the 99.9th percentile of its dates.
//  4. An extract of which that cannot be said is a Refusal.
package practices
