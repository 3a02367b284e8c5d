// Package cohort numbers what rows refer to: patients by id, rows of related
// tables by key, repeated values. It holds hashes and ids, never a whole row,
// and knows neither schema nor rules.
package cohort
