package source

// The limits on untrusted input, in bytes unless they say otherwise. They are
// checked before memory is taken.
const (
	maxFieldBytes  = 1 << 20
	maxRecordBytes = 4 << 20
	maxColumns     = 2048
	maxHeaderBytes = 1 << 20
	headerBytes    = 64 << 10 // read at first

	maxFooterBytes = 16 << 20 // of a Parquet or Arrow file
	maxRowGroups   = 100_000
	maxPageBytes   = 64 << 20 // stored, and again decoded
	maxPageHeader  = 1 << 20
	maxScanBytes   = 256 << 20 // used by one scan for pages, dictionaries and batches
	maxBlocks      = 1_000_000 // record batches of an Arrow file

	maxEntries           = 1000      // of a zip
	maxStreamBytes       = 60 << 30  // decoded from one compressed file
	maxMemoryBytes       = 256 << 20 // of a compressed file that has to be read whole
	ratioFreeBytes       = 1 << 20
	maxRatio             = 200
	maxZstdWindow        = 64 << 20
	blockBytes           = 512 << 10 // read at a time from text
	partBytes      int64 = 16 << 20  // of a plain text file in one Part

	maxJSONDepth     = 64  // of objects and arrays
	maxJSONMembers   = 256 // of one object
	maxJSONName      = 1 << 10
	maxJSONNumber    = 400      // digits and signs of it
	maxAttachment    = 64 << 20 // a text that is passed over, and may be a file in base64
	jsonBytes        = 64 << 10 // read at a time
	maxResourceTypes = 512
	maxResources     = 100_000_000 // in a file
	maxContained     = 10_000      // resources inside a resource
	fhirHead         = 64 << 10    // looked at to tell FHIR from other JSON
	fhirHeld         = 1 << 20     // a file that is larger stays open
)
