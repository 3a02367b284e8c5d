package privacy

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every number that was issued is tried once: 300 million prefixes.
func TestBlocksCoverTheIssuedNumbers(t *testing.T) {
	n, seen := issued(), map[uint32]bool{}
	for i := range n.blocks {
		first := n.block(i)
		require.True(t, first >= 400_000_000 && first < 500_000_000 || first >= 600_000_000 && first < 800_000_000)
		require.Zero(t, first%blockSize)
		seen[first] = true
	}
	require.Len(t, seen, 300_000)
}

// Ten in eleven prefixes have a check digit, so that 272,727,273 numbers are tried.
func TestDigits(t *testing.T) {
	var b [10]byte
	valid := 0
	for n := range uint32(11_000) {
		if digits(400_000_000+n, b[:]) {
			valid++
			require.NotZero(t, healthNumber(b[:])&isNHS, "%s", b)
		}
	}
	require.Equal(t, 10_000, valid)
}

// hashedExtract is an extract with a column of texts.
func hashedExtract(t testing.TB, values []string) string {
	folder := t.TempDir()
	var s sheet
	s.add("patient_id", ids(len(values)))
	s.add("pseudonym", values)
	s.write(t, filepath.Join(folder, "patients.csv"))
	return folder
}

func TestKeyedHashesAreNoFinding(t *testing.T) {
	p := newPlanting(t, 3)
	var keyed []string
	for range plantedRows {
		m := hmac.New(sha256.New, []byte("a key that stays in the practice"))
		m.Write([]byte(p.nhs()))
		keyed = append(keyed, hex.EncodeToString(m.Sum(nil)))
	}
	folder := hashedExtract(t, keyed)
	require.Empty(t, stated(look(t, folder, Options{Full: true, numbers: plantedNumbers()}), UnkeyedHash))
	sample := look(t, folder, Options{})
	require.Len(t, sample.Found, 1, "a sample cannot tell")
	require.Equal(t, Warns, sample.Found[0].Weight)
	require.Contains(t, sample.Found[0].Says, "may be")
}

// One hash among a thousand others is enough.
func TestOneHashIsFound(t *testing.T) {
	p := newPlanting(t, 4)
	var values []string
	for i := range mostDigests {
		sum := sha256.Sum256(fmt.Append(nil, i))
		values = append(values, hex.EncodeToString(sum[:]))
	}
	values[mostDigests-1] = p.hash(2)
	found := look(t, hashedExtract(t, values), Options{Full: true, numbers: plantedNumbers()})
	require.True(t, stated(found, UnkeyedHash)["patients.csv pseudonym"])
	require.Contains(t, found.Stops()[0].Why, "plain SHA-256 of the ten digits")
}

func TestASearchCanBeStopped(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	o := Options{Jobs: 2}
	tried := 0
	o.Progress = func(string, int64, int64) {
		if tried++; tried == 2 {
			stop()
		}
	}
	all := newTargets(32, 1)
	all.add(make([]byte, 32), 0)
	all.open.Store(1)
	require.ErrorIs(t, all.search(ctx, &o), context.Canceled)
	require.Less(t, tried, 100)
}

// What a search of all numbers takes is this, by 300: go test -bench Search.
func BenchmarkSearch(b *testing.B) {
	for _, size := range []int{16, 20, 32} {
		b.Run(algorithm(size), func(b *testing.B) {
			all := newTargets(size, 1)
			all.add(make([]byte, size), 0)
			all.open.Store(1)
			for b.Loop() {
				require.NoError(b, all.search(context.Background(), &Options{Jobs: 1, numbers: &numbers{blocks: 1000, step: 1}}))
			}
		})
	}
}
