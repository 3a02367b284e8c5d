package privacy

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A typing is a way in which people and programs write an identifier. Its column is
// named so that it says something only where a kind is not known without.
type typing struct {
	kind   Kind
	header string
	value  func(p *planting) string
}

func typings() (out []typing) {
	add := func(k Kind, header string, values ...func(p *planting) string) {
		for i, v := range values {
			out = append(out, typing{k, strings.ReplaceAll(header, "#", fmt.Sprint(i)), v})
		}
	}
	around := func(of func(p *planting) string, forms ...string) (out []func(p *planting) string) {
		for _, form := range forms {
			out = append(out, func(p *planting) string { return fmt.Sprintf(form, of(p)) })
		}
		return out
	}
	nhs := (*planting).nhs
	split := func(by string) func(p *planting) string {
		return func(p *planting) string { n := p.nhs(); return n[:3] + by + n[3:6] + by + n[6:] }
	}
	add(NHSNumber, "number#", around(nhs, "NHS %s", `="%s"`, "'%s", "NHS:%s", "%s/1", "%s.00", "%s|JANE|SMITH", "NHS%s", "\u00a0%s\u00a0", "\ufeff%s", "nhs_%s", "NHS no. %s")...)
	add(NHSNumber, "group#", split("."), split("\u00a0"), split("\u2011"), split("\u202f"))
	add(NHSNumber, "third#", func(p *planting) string {
		if p.IntN(3) == 0 {
			return p.nhs()
		}
		return fmt.Sprintf("%010d", p.Int64N(1e10))
	})
	day := func(form string) func(p *planting) string {
		return func(p *planting) string { return birthDay(p).Format(form) }
	}
	add(BirthDate, "date_of_birth_#", day("02/01/06"), day("02012006"), day("January 2, 2006"), day("2 January 2006"), day("02-Jan-06"), day("02.01.06 15:04"),
		func(p *planting) string {
			d := birthDay(p)
			return fmt.Sprintf("%dth %s", 4+p.IntN(17), d.Format("January 2006"))
		},
		func(p *planting) string {
			return fmt.Sprint(int(birthDay(p).Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24))
		})
	add(BirthDate, "dob", day("02/01/06"))
	surname := func(p *planting) string { return p.one(p.surnames) }
	add(Email, "mail#", around(surname, "Jane %s@nhs.net", "<%s@nhs.net>", "mailto:%s@nhs.net", "%s@nhs.net; other")...)
	upper := func(p *planting) string { return p.postcode(0) }
	add(Postcode, "place#", around(upper, "%s Leeds", "Leeds %s", "(%s)", `="%s"`)...)
	add(Postcode, "stroke#", func(p *planting) string { return strings.ReplaceAll(p.postcode(0), " ", "-") }, titled)
	add(Postcode, "postcode#", titled)
	line := func(p *planting) string { return fmt.Sprintf("07700%06d", p.IntN(1_000_000)) }
	add(Telephone, "line#", around(line, "tel %s", "tel:%s", "'%s", "%s (home)")...)
	add(Telephone, "mobile#", func(p *planting) string { return line(p)[1:] })
	add(Telephone, "telephone#", func(p *planting) string { return line(p)[1:] })
	add(PersonName, "label#", around(surname, "J.%s", "jane_%s", "Mrs %s (3)", "%s 2", `"%s"`)...)
	add(NationalInsurance, "ni_number_#", func(p *planting) string { return p.insurance(0)[:8] })
	add(NationalInsurance, "stem#", func(p *planting) string { return p.insurance(0)[:8] }, func(p *planting) string { return p.insurance(2)[:8] })
	add(NationalInsurance, "insured#", func(p *planting) string {
		s := p.insurance(0)
		return s[:2] + "-" + s[2:4] + "-" + s[4:6] + "-" + s[6:8] + "-" + s[8:]
	}, func(p *planting) string {
		s := p.insurance(0)
		return s[:2] + " " + s[2:4] + " " + s[4:6] + " " + s[6:8]
	})
	add(UnkeyedHash, "hash#", func(p *planting) string { return "0x" + p.hash(0) },
		func(p *planting) string {
			d := md5.Sum([]byte(p.nhs()))
			return base64.StdEncoding.EncodeToString(d[:])
		},
		func(p *planting) string {
			d := sha1.Sum([]byte(p.nhs()))
			return base64.StdEncoding.EncodeToString(d[:])
		},
		func(p *planting) string {
			d := sha256.Sum256([]byte(p.nhs()))
			return base64.RawURLEncoding.EncodeToString(d[:])
		})
	return out
}

func birthDay(p *planting) time.Time {
	return time.Date(1928+p.IntN(90), time.Month(1+p.IntN(12)), 1+p.IntN(28), 0, 0, 0, 0, time.UTC)
}

// titled is a postcode as programs write that make every word begin with a capital.
func titled(p *planting) string {
	s := []byte(p.postcode(2))
	for i, c := range s {
		if letter(c) && (i == 0 || !letter(s[i-1])) {
			s[i] = c &^ 0x20
		}
	}
	return string(s)
}

// Whoever types an identifier, and whatever program wraps it, it is found.
func TestIdentifiersAsTheyAreTypedAreFound(t *testing.T) {
	folder := t.TempDir()
	p := newPlanting(t, 77)
	all := typings()
	require.Greater(t, len(all), 40)
	var patients sheet
	patients.add("patient_id", ids(plantedRows))
	for i, one := range all {
		var values []string
		for range plantedRows {
			values = append(values, one.value(p))
		}
		patients.add(fmt.Sprintf("%s_%d", one.header, i), values)
		if one.header == "dob" {
			patients.headers[i+1] = "dob"
		}
	}
	patients.write(t, filepath.Join(folder, "patients.csv"))
	for _, full := range []bool{false, true} {
		found := look(t, folder, Options{Full: full, numbers: plantedNumbers()})
		for i, one := range all {
			assert.True(t, stated(found, one.kind)["patients.csv "+patients.headers[i+1]], "full %v: %v in %s, such as %q", full, one.kind, patients.headers[i+1], patients.columns[i+1][0])
		}
	}
}

// A day made coarser, and numbers that only look like the like, stop nothing under the
// same names.
func TestWhatIsCoarseIsNotFound(t *testing.T) {
	folder := t.TempDir()
	p := newPlanting(t, 78)
	var patients sheet
	patients.add("patient_id", ids(plantedRows))
	for header, value := range map[string]func() string{
		"dob": func() string { return fmt.Sprint(1930 + p.IntN(90)) }, "date_of_birth": func() string { return birthDay(p).Format("01/06") },
		"birth_date": func() string { return "01/" + birthDay(p).Format("01/06") }, "lot_number": func() string { return fmt.Sprintf("AB%06d", p.IntN(1e6)) },
		"lots":  func() string { return fmt.Sprintf("%c%c%06d", 'A'+rune(p.IntN(26)), 'A'+rune(p.IntN(26)), p.IntN(1e6)) },
		"score": func() string { return fmt.Sprintf("%d/%d/%d", p.IntN(20), p.IntN(20), 10+p.IntN(90)) }, "serial": func() string { return fmt.Sprintf("SN:%010d", p.Int64N(1e10)) },
		"version": func() string { return fmt.Sprintf("%d.%d_%d", p.IntN(9), p.IntN(9), p.IntN(99)) }, "state": func() string { return p.one(strings.Fields("not_known in_use to_do no_longer_used")) },
	} {
		var values []string
		for range plantedRows {
			values = append(values, value())
		}
		patients.add(header, values)
	}
	patients.write(t, filepath.Join(folder, "patients.csv"))
	for _, full := range []bool{false, true} {
		for _, f := range look(t, folder, Options{Full: full, numbers: plantedNumbers()}).Stops() {
			assert.Empty(t, f.Column, "full %v: %s", full, f.Says)
		}
	}
}

// Every row of an extract is looked at: of what most rows hold none takes memory.
func TestLookingAtACellTakesNoMemory(t *testing.T) {
	l := &looker{readNames(nameText)}
	for _, cell := range []string{"H33..", "12345", "active", "1960-05-17", "120/80", "450 557 7104", "SN:4505577104", "ls1 4dy", "Asthma", "Take ONE tablet 2 times a day", "a.b@example.com", "1f0e4c2a9b8d7e6f", "7.25", "Mrs Smith (3)"} {
		b := []byte(cell)
		assert.Zero(t, testing.AllocsPerRun(20, func() { l.shapeOf(b) }), cell)
	}
}
