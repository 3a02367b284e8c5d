package source

import "strings"

// Strewn reports whether a system or an office program, and no person, puts a file of
// this name into folders that it shows or works in. None holds a table.
func Strewn(name string) bool {
	switch strings.ToLower(name) {
	case ".ds_store", "thumbs.db", "ehthumbs.db", "desktop.ini":
		return true
	}
	return strings.HasPrefix(name, "~$") || strings.HasPrefix(name, ".~lock.") && strings.HasSuffix(name, "#")
}

// systemFolder reports whether a folder of this name is the system's own, on a drive or
// in an archive: nobody else may look into some.
func systemFolder(name string) bool {
	switch strings.ToLower(name) {
	case "system volume information", "$recycle.bin", "__macosx":
		return true
	}
	return false
}
