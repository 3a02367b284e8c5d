package evidence

import (
	"errors"

	"golang.org/x/crypto/ssh"
)

// signature holds the signature to the list that it is over, and to who may sign.
func (v *verifying) signature() {
	_, there := v.files[SignatureName]
	switch {
	case !there && v.asking.Signers != nil && !v.elsewhere:
		v.fault(NotSigned, SignatureName, "", "")
		return
	case !there || v.files[SignedName] == nil: // which was said
		return
	}
	s, err := v.signed()
	switch {
	case errors.Is(err, errNamespace):
		v.fault(OtherPurpose, SignatureName, "", "")
	case errors.Is(err, errSignature):
		v.fault(OtherFiles, SignatureName, "", "")
	case err != nil:
		v.fault(BadSignature, SignatureName, "", "")
	default:
		v.signer(s)
	}
}

// signed is the signature, which fits what it is over where there is no error.
func (b *Bundle) signed() (*signature, error) {
	s, err := parseSignature(b.files[SignatureName])
	if err == nil {
		err = s.check(b.files[SignedName])
	}
	return s, err
}

func (v *verifying) signer(s *signature) {
	v.found.Key = ssh.FingerprintSHA256(s.key)
	if v.asking.Signers == nil {
		return
	}
	name, wrong := v.asking.Signers.who(s.key, v.asking.Now)
	if wrong != "" {
		v.fault(SignedByOther, SignatureName, "", wrong)
		return
	}
	v.found.Signer = name
}
