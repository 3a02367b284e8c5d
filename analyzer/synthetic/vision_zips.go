package synthetic

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// visionLayouts are the two ways in which a Vision extract can be had: as files,
// or in the zips that they are sent in.
var visionLayouts = []string{"", "files", "zips"}

// visionZips are the zips of a practice and the files in each.
var visionZips = []struct {
	content string
	files   []visionFile
}{
	{"ADMIN", []visionFile{visionPractice, visionStaff}},
	{"CLINICAL", []visionFile{visionEncounter, visionReferral, visionJournal}},
	{"PATIENT", []visionFile{visionPatient}},
}

// finish closes the files of the practice and packs them where zips are asked for.
func (v *vision) finish() error {
	v.rows += v.sheets.written()
	if err := v.sheets.close(); err != nil || v.pr == nil || v.m.Layout != "zips" {
		return err
	}
	for _, z := range visionZips {
		name := fmt.Sprintf("FULL_%s_%s-(%s)-V1.0.0_%s-120000.zip", z.content, v.pr.ods, v.pr.id, v.m.asOf.time().Format("2006-01-02"))
		if err := v.pack(name, z.files); err != nil {
			return err
		}
	}
	return nil
}

// pack moves files into a zip.
func (v *vision) pack(name string, files []visionFile) (err error) {
	out, err := os.Create(filepath.Join(v.folder, name))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	z := zip.NewWriter(out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for _, f := range files {
		if err := v.packFile(z, v.fileName(f)); err != nil {
			return err
		}
	}
	return z.Close()
}

func (v *vision) packFile(z *zip.Writer, name string) error {
	path := filepath.Join(v.folder, name)
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	entry, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: v.m.asOf.time()})
	if err == nil {
		_, err = io.Copy(entry, in)
	}
	return errors.Join(err, in.Close(), os.Remove(path))
}
