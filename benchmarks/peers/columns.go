package main

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"
)

// columnsOf returns the names of the columns that the file of a table has;
// none where the folder has no such file, or one of another format.
func columnsOf(folder, table string) ([]string, error) {
	file := filepath.Join(folder, table)
	names, err := parquetHeader(file + ".parquet")
	if errors.Is(err, os.ErrNotExist) {
		names, err = csvHeader(file + ".csv")
	}
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return names, err
}

// has says whether the file itself has a column that else is worked out.
func has(folder, table, column string) (bool, error) {
	names, err := columnsOf(folder, table)
	return slices.Contains(names, column), err
}

func parquetHeader(file string) (names []string, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	p, err := parquet.OpenFile(f, info.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, err
	}
	for _, path := range p.Schema().Columns() {
		names = append(names, strings.Join(path, "."))
	}
	return names, nil
}

// csvHeader returns the column names of a canonical CSV file.
func csvHeader(file string) (names []string, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	line, err := bufio.NewReader(f).ReadString('\n')
	if err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSpace(line), ","), nil
}
