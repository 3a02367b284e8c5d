// Package evidence keeps what a run found so that it stands up: a bundle with the report,
// the counts that it follows from, the rules and the scheme, all under digests, and signed
// where its maker has a key. Who has the bundle can tell, without the extract, whether it
// is as it was made, and whether the report follows from the counts.
//
// A bundle is a bag (BagIt, RFC 8493), as a folder or a zip, so that sha256sum and
// ssh-keygen can check it as well. Bundles come from strangers: what is read of one is
// bounded, and no name in one leads out of it.
package evidence
