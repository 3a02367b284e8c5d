package expr

import (
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/packed"
	"paperlight/analyzer/schema"
)

func TestADamagedTermIsNotRead(t *testing.T) {
	l, err := NewLanguage(nil, nil)
	require.NoError(t, err)
	const text = `sex.startsWith("M") && birth_date < as_of - months(3) && events.exists(e, e.code in ["1", "2"]) && size(sex) == 1`
	checked, err := l.Check(Source{File: "r.md", Table: schema.Lookup("patients"), Where: text})
	require.NoError(t, err)
	read := func(s string) *term {
		u := &unpacking{Reader: packed.NewReader(s), language: l}
		out, err := u.all()
		require.NoError(t, err)
		return out
	}
	form := string(pack(checked.where.term))
	require.NotNil(t, read(form))
	for n := range len(form) {
		require.Nil(t, read(form[:n]))
		read(form[:n] + "\x7f" + form[n+1:]) // whatever it is now, nothing panics
	}
	require.Nil(t, read(form+"x"))
}
