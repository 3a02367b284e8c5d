// Package inflate unpacks DEFLATE (RFC 1951), what zip archives and gzip files hold.
//
// It takes and refuses the same streams as compress/flate, which the tests hold it
// against, in about half the time: codes are looked up eleven bits at once, a lookup
// gives up to two literals, and a match is copied in words. It allocates when it is made
// and never after, whatever the input says.
package inflate
