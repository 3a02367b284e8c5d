package main

import (
	"crypto/ed25519"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
)

// signingKey is the file of an SSH key that signs.
func signingKey(t *testing.T) string {
	t.Helper()
	seed := [ed25519.SeedSize]byte{1, 2, 3}
	block, err := ssh.MarshalPrivateKey(ed25519.NewKeyFromSeed(seed[:]), "")
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "signing")
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(block), 0o600))
	return path
}
