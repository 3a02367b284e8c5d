package source

func openArrow(f *File, in *input, file bool, number uint64) error {
	return fault("arrow")
}
