package evidence

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/pem"
	"errors"

	"golang.org/x/crypto/ssh"
)

// A signature is in the form of ssh-keygen -Y sign (OpenSSH, PROTOCOL.sshsig).

// Namespace is what signatures of bundles are for: one of anything else is none.
const Namespace = "paperlight-evidence@v1"

const (
	signatureMagic   = "SSHSIG"
	signatureVersion = 1
	signatureBlock   = "SSH SIGNATURE"
	signatureHash    = "sha512"
)

// signatureBlob is a signature as it is stored, after the magic.
type signatureBlob struct {
	Version                        uint32
	PublicKey, Namespace, Reserved string
	HashAlgorithm                  string
	Signature                      string
}

// signedBlob is what is signed, after the magic.
type signedBlob struct{ Namespace, Reserved, HashAlgorithm, Hash string }

// signedText is what is signed of a message; nil where the hash is not one of the two
// that ssh-keygen takes.
func signedText(namespace, hash string, message []byte) []byte {
	blob := signedBlob{Namespace: namespace, HashAlgorithm: hash}
	switch hash {
	case signatureHash:
		sum := sha512.Sum512(message)
		blob.Hash = string(sum[:])
	case "sha256":
		sum := sha256.Sum256(message)
		blob.Hash = string(sum[:])
	default:
		return nil
	}
	return append([]byte(signatureMagic), ssh.Marshal(blob)...)
}

// Sign signs the bundle with a key.
func (b *Bundle) Sign(key ssh.Signer) error {
	text, err := signedBy(key, Namespace, b.files[SignedName])
	if err != nil {
		return err
	}
	return b.AddSignature(text)
}

func signedBy(key ssh.Signer, namespace string, message []byte) ([]byte, error) {
	var sig *ssh.Signature
	var err error
	text := signedText(namespace, signatureHash, message)
	if many, ok := key.(ssh.AlgorithmSigner); ok && key.PublicKey().Type() == ssh.KeyAlgoRSA {
		sig, err = many.SignWithAlgorithm(rand.Reader, text, ssh.KeyAlgoRSASHA512)
	} else {
		sig, err = key.Sign(rand.Reader, text)
	}
	if err != nil {
		return nil, err
	}
	blob := append([]byte(signatureMagic), ssh.Marshal(signatureBlob{Version: signatureVersion, PublicKey: string(key.PublicKey().Marshal()),
		Namespace: namespace, HashAlgorithm: signatureHash, Signature: string(ssh.Marshal(sig))})...)
	return armoured(blob), nil
}

// armoured is a blob as ssh-keygen writes it.
func armoured(blob []byte) []byte {
	var out bytes.Buffer
	out.WriteString("-----BEGIN " + signatureBlock + "-----\n")
	for text := base64.StdEncoding.EncodeToString(blob); text != ""; {
		n := min(70, len(text))
		out.WriteString(text[:n] + "\n")
		text = text[n:]
	}
	out.WriteString("-----END " + signatureBlock + "-----\n")
	return out.Bytes()
}

// AddSignature adds a signature that another program made, and refuses one that does not
// fit.
func (b *Bundle) AddSignature(text []byte) error {
	s, err := parseSignature(text)
	if err != nil {
		return err
	}
	if err := s.check(b.files[SignedName]); err != nil {
		return err
	}
	b.files[SignatureName] = text
	return nil
}

// A signature is one that was read.
type signature struct {
	key       ssh.PublicKey
	namespace string
	hash      string
	sig       ssh.Signature
}

var (
	errNoSignature = errors.New("is not a signature that can be read")
	errNamespace   = errors.New("the signature is of something else than a bundle of paperlight")
	errSignature   = errors.New("the signature is not of these files")
)

func parseSignature(text []byte) (*signature, error) {
	block, rest := pem.Decode(text)
	if block == nil || block.Type != signatureBlock || len(bytes.TrimSpace(rest)) > 0 {
		return nil, errNoSignature
	}
	blob, ok := bytes.CutPrefix(block.Bytes, []byte(signatureMagic))
	var in signatureBlob
	if !ok || ssh.Unmarshal(blob, &in) != nil || in.Version != signatureVersion {
		return nil, errNoSignature
	}
	s := &signature{namespace: in.Namespace, hash: in.HashAlgorithm}
	var err error
	if s.key, err = ssh.ParsePublicKey([]byte(in.PublicKey)); err != nil {
		return nil, errNoSignature
	}
	if err := ssh.Unmarshal([]byte(in.Signature), &s.sig); err != nil {
		return nil, errNoSignature
	}
	return s, nil
}

// check holds the signature to what it must be over.
func (s *signature) check(message []byte) error {
	if s.namespace != Namespace {
		return errNamespace
	}
	if s.key.Type() == ssh.KeyAlgoRSA && s.sig.Format != ssh.KeyAlgoRSASHA512 && s.sig.Format != ssh.KeyAlgoRSASHA256 {
		return errSignature
	}
	text := signedText(s.namespace, s.hash, message)
	if text == nil {
		return errNoSignature
	}
	if err := s.key.Verify(text, &s.sig); err != nil {
		return errSignature
	}
	return nil
}
