package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"

	"golang.org/x/crypto/ssh"

	"paperlight/analyzer/evidence"
)

// A signerKey is the key that --sign names; the nil one signs nothing.
type signerKey struct {
	path string
	// key is the private key; nil where ssh-keygen has to be asked, which knows how to ask
	// an agent, a token or, on a terminal, for a passphrase.
	key ssh.Signer
}

// findSigner reads the key, before anything else is read.
func findSigner(path string) (*signerKey, error) {
	if path == "" {
		return nil, nil
	}
	text, err := readRegularTo(path, 1<<20)
	if err != nil {
		return nil, fail(exitInput, fmt.Errorf("--sign %s: cannot be read as a file", baseName(path)), "give the file of an SSH key")
	}
	if _, _, _, _, err := ssh.ParseAuthorizedKey(text); err == nil {
		return &signerKey{path: path}, nil
	}
	if st, err := os.Stat(path); err == nil && runtime.GOOS != "windows" && st.Mode().Perm()&0o077 != 0 {
		return nil, fail(exitInput, fmt.Errorf("--sign %s: others may read this file", baseName(path)), "if nobody has: chmod 600 "+baseName(path))
	}
	key, err := ssh.ParsePrivateKey(text)
	var locked *ssh.PassphraseMissingError
	switch {
	case errors.As(err, &locked):
		return &signerKey{path: path}, nil
	case err != nil:
		return nil, fail(exitInput, fmt.Errorf("--sign %s: holds no key that can sign", baseName(path)), "give the file of an SSH key; ssh-keygen -t ed25519 makes one")
	}
	return &signerKey{path, key}, nil
}

// sign signs the bundle.
func (s *signerKey) sign(ctx context.Context, b *evidence.Bundle) error {
	switch {
	case s == nil:
		return nil
	case s.key != nil:
		return b.Sign(s.key)
	}
	text, err := s.ask(ctx, b.File(evidence.SignedName))
	if err == nil {
		err = b.AddSignature(text)
	}
	if err != nil {
		return fail(exitInput, fmt.Errorf("--sign %s: ssh-keygen did not sign with this key", baseName(s.path)),
			"add the key to the agent (ssh-add), and run again; or leave --sign out, and sign later: docs/evidence.md says how")
	}
	return nil
}

// ask has ssh-keygen sign a message. What it says may name files, and is not shown.
func (s *signerKey) ask(ctx context.Context, message []byte) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "ssh-keygen", "-Y", "sign", "-f", s.path, "-n", evidence.Namespace)
	var out bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(message), &out, io.Discard
	err := cmd.Run()
	return out.Bytes(), err
}

// toolOf is this program, and how it was built.
func toolOf() (evidence.Tool, error) {
	t := evidence.Tool{Version: version, Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				t.Revision = s.Value
			case "vcs.modified":
				t.Modified = s.Value == "true"
			}
		}
	}
	program, err := os.Executable()
	if err == nil {
		t.SHA256, err = fileSum(program)
	}
	if err != nil {
		return t, errors.New("the file of this program cannot be read: " + withoutPath(err))
	}
	return t, nil
}
