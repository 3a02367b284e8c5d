package source

func openParquet(f *File, in *input, number uint64) error {
	return fault("parquet")
}
