package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/pqarrow"
	"github.com/parquet-go/parquet-go"
)

// decode reads columns and does nothing with them: the floor of any engine on
// the library. Each argument is FILE:column,column.
func decode(ctx context.Context, how string, arguments []string) error {
	for _, a := range arguments {
		name, list, ok := strings.Cut(a, ":")
		if !ok {
			return fmt.Errorf("want FILE:column,column")
		}
		columns := strings.Split(list, ",")
		var err error
		switch how {
		case "pages":
			err = decodePages(name, columns, jobs)
		case "pqarrow":
			err = decodePqarrow(ctx, name, columns)
		default:
			err = fmt.Errorf("decode %s: want pages or pqarrow", how)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// decodePages reads the pages of the columns with parquet-go, a row group a
// worker; dictionaries stay dictionaries.
func decodePages(name string, columns []string, jobs int) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	p, err := parquet.OpenFile(f, info.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return err
	}
	var at []int
	for _, c := range columns {
		leaf, ok := p.Schema().Lookup(c)
		if !ok {
			return fmt.Errorf("no column %s", c)
		}
		at = append(at, leaf.ColumnIndex)
	}
	return workers(jobs, p.RowGroups(), func(g parquet.RowGroup) error {
		for _, i := range at {
			if err := readPages(g.ColumnChunks()[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func readPages(c parquet.ColumnChunk) error {
	pages := c.Pages()
	for {
		page, err := pages.ReadPage()
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return errors.Join(err, pages.Close())
		}
		parquet.Release(page)
	}
}

// workers calls do for every item, jobs at a time.
func workers[T any](jobs int, items []T, do func(T) error) error {
	next := make(chan T)
	errs := make([]error, jobs)
	var group sync.WaitGroup
	for i := range jobs {
		group.Go(func() {
			for item := range next {
				if errs[i] == nil {
					errs[i] = do(item)
				}
			}
		})
	}
	for _, item := range items {
		next <- item
	}
	close(next)
	group.Wait()
	return errors.Join(errs...)
}

// decodePqarrow reads the columns as Arrow arrays, text as dictionaries.
func decodePqarrow(ctx context.Context, name string, columns []string) error {
	p, err := file.OpenParquetFile(name, false)
	if err != nil {
		return err
	}
	defer p.Close()
	var at []int
	properties := pqarrow.ArrowReadProperties{BatchSize: 65536}
	for i := range p.MetaData().Schema.NumColumns() {
		c := p.MetaData().Schema.Column(i)
		if slices.Contains(columns, c.Name()) {
			at = append(at, i)
			properties.SetReadDict(i, c.PhysicalType().String() == "BYTE_ARRAY")
		}
	}
	r, err := pqarrow.NewFileReader(p, properties, memory.DefaultAllocator)
	if err != nil {
		return err
	}
	groups := make([]int, p.NumRowGroups())
	for i := range groups {
		groups[i] = i
	}
	return workers(jobs, groups, func(g int) error {
		t, err := r.ReadRowGroups(ctx, at, []int{g})
		if err != nil {
			return err
		}
		t.Release()
		return nil
	})
}
