package analyzer

import (
	"context"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/practices"
)

// What of the engine those outside need to know.
type (
	// Practices are those of an extract, and as of when each is judged.
	Practices = practices.Set
	// Declaration is one answer of a practice to one question.
	Declaration = practices.Declaration
	// Refusal is the error of an extract that cannot be judged.
	Refusal = practices.Refusal
)

// AsOf finds the practices of an extract and the as-of date of each, which
// override, in days since 1970-01-01, replaces where it is not nil.
func AsOf(ctx context.Context, x *extract.Extract, override *int32) (*Practices, error) {
	return practices.Find(ctx, x, override)
}
