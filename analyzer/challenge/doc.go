// Package challenge is how a practice contests what a check found, and what an assessor
// made of it, without a record leaving the practice.
//
// A record goes by a handle, which the practice alone can turn back. A file of
// challenges is of one report of one practice. It holds steps: a challenge is opened,
// and then decided. Steps are added and never changed; each holds the digest of the one
// before, and the file that of the last, so that an edit by hand is seen. Who wants to
// can make all digests anew: a signature on the bundle that the file goes into is what
// stands against that.
package challenge
