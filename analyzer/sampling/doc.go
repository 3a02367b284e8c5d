// Package sampling is the hand check of a result: which records of a practice somebody
// looks at, the tick sheets on which they say what they saw, and what follows from the
// answers for each rule.
//
//	records (drawn by the engine) -> Draw -> tick sheets -> answers -> Result -> text, JSON
//	                                   \-> sealed file ------/
//
// The sheets hold keys of records, as worklists do, and do not say what the program
// found. The sealed file holds no key; what was found is covered in it by the seed.
// The result holds counts alone, and may leave the practice.
package sampling
