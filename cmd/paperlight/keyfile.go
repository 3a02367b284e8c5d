package main

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"

	"paperlight/analyzer/convert"
)

// keyHead is the first line of a file with a key.
const keyHead = "paperlight key 1: who has it can find patients again. Keep it in the practice.\n"

// A keyFile is the file of the key for pseudonyms.
type keyFile struct {
	path string
	key  convert.Key
	// target is where a new key goes; nil where there was one.
	target *target
}

// find reads the key, or makes one where there is no file.
func (k *keyFile) find() error {
	st, err := os.Stat(k.path)
	if errors.Is(err, fs.ErrNotExist) {
		if k.target, err = fileTarget("--key", k.path); err != nil {
			return err
		}
		k.target.exists = fail(exitOutput, errors.New(k.target.name+" exists already"), "run again: another run made it")
		_, err = rand.Read(k.key[:])
		return err
	}
	wrong := func(why string, hint string) error {
		return fail(exitInput, fmt.Errorf("--key %s: %s", baseName(k.path), why), hint)
	}
	if err == nil && runtime.GOOS != "windows" && st.Mode().IsRegular() && st.Mode().Perm()&0o077 != 0 {
		return wrong("others may read this file", "if nobody has: chmod 600 "+baseName(k.path))
	}
	text, err := readRegular(k.path)
	if err != nil {
		return wrong("cannot be read as a file", "give the file that anonymise made, or a name that is not there for a new key")
	}
	body, ok := strings.CutPrefix(strings.ReplaceAll(strings.TrimPrefix(string(text), "\ufeff"), "\r\n", "\n"), keyHead)
	digits, err := hex.DecodeString(strings.TrimSpace(body))
	if !ok || err != nil || len(digits) != len(k.key) || bytes.Count(digits, digits[:1]) == len(digits) {
		return wrong("holds no key", "give the file that anonymise made, or a name that is not there for a new key")
	}
	copy(k.key[:], digits)
	return nil
}

// text is the file's.
func (k *keyFile) text() string { return keyHead + hex.EncodeToString(k.key[:]) + "\n" }
