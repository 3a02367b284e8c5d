package source

import (
	"hash"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/crash"
)

type brokenHash struct{ hash.Hash }

func (brokenHash) Write([]byte) (int, error) { panic("what was read") }

// Who reads never waits for a hash that panicked, and is told of it at last.
func TestAPanicOfTheDigestIsAnError(t *testing.T) {
	d := newDigester(nil, 8)
	d.hash = brokenHash{d.hash}
	for range 3 * digesterBuffers {
		b := d.buffer()
		d.add(b, b)
	}
	_, err := d.sum()
	var caught *crash.Error
	require.ErrorAs(t, err, &caught)
	require.Contains(t, err.Error(), "brokenHash")
	require.NotContains(t, err.Error(), "what was read")
}
