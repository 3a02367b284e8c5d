// Package browsertests drives a real browser over the page that paperlight serves.
//
//	program (serve) <- tab (a person's hands and eyes) <- tests
//
// It is a module of its own, so that neither the browser's protocol nor axe-core is a
// dependency of paperlight. make browser builds the program, installs axe-core and runs
// it; each test names a behaviour, and fails once that is taken away.
package browsertests
