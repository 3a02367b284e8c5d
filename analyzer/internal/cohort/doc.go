// Package cohort gives dense numbers to what rows refer to, and finds repeated
// values. It stores hashes and ids, never a whole row, and knows neither schema nor
// rules.
//
//  1. BuildIDs indexes the ids of all patients once they are read: IDs maps an id to
//     the number of the patient. An id that several patients carry is found as
//     Several, and is looked up with the practice.
//  2. IDs.FindAll looks up the ids of a batch. A Cursor follows the order of the
//     patients, so that most ids are found by comparing a few hashes.
//  3. Keys numbers the keys of related records, by patient and record id (RowKey).
//  4. A Filter tells, in a pass of its own, which rows may repeat another. Of those,
//     Repeats counts Digests up to two, and Firsts finds the smallest id of each.
//  5. Repeated counts equal hashes of record ids, and a Sample estimates which share
//     of the rows of each practice repeats another.
package cohort
