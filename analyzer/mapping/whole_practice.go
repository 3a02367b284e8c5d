package mapping

import (
	"context"
	"fmt"
	"math"
)

// wholePractice refuses a first set that holds changes alone: most of its rows are of
// patients that it does not hold.
func (b *bindings) wholePractice(ctx context.Context) error {
	sets := b.system.Sets
	if sets == nil {
		return nil
	}
	patients := &keySet{seed: 1}
	for _, f := range b.files[sets.Patients] {
		if f.set > 0 {
			continue
		}
		columns, ok := f.columns(b.system.Sources[sets.Patients].Patient)
		if !ok {
			return nil
		}
		if err := patients.addAll(ctx, f, columns); err != nil {
			return err
		}
	}
	for _, name := range sets.Linked {
		plain, err := b.plainlyLinked(ctx, patients, name)
		known, all := 0, 0
		if !plain && err == nil {
			known, all, err = b.linked(ctx, patients, name)
		}
		if err != nil {
			return err
		}
		if all >= leastLinked && 2*known < all {
			return &RefusedError{
				Message: fmt.Sprintf("this is a set of changes, and not a practice: %d of %d rows of the table %s are of patients who are not in it", all-known, all, name),
				Hint:    "give the last full set, and every set of changes since, in one folder",
			}
		}
	}
	return nil
}

const (
	// leastLinked is from how many rows on their links are judged.
	leastLinked = 20
	// spreadParts is in how many parts a file must be for the beginnings of them to
	// stand for all: they are spread over it, in whatever order its rows are.
	spreadParts = 8
)

// plainlyLinked reports whether a look at each file of the source in the first set shows
// that nearly all rows are of known patients, as they are in a practice. Of a large file
// it takes the beginning of each part. Where it shows anything else all rows are counted.
func (b *bindings) plainlyLinked(ctx context.Context, patients *keySet, name string) (bool, error) {
	plain := true
	err := b.eachLinked(name, func(f *bound, columns []int) error {
		if !plain {
			return nil
		}
		batches := math.MaxInt
		if len(f.file.Parts) >= spreadParts {
			batches = 1
		}
		known, all, err := patients.countIn(ctx, f, columns, batches)
		plain = 10*known >= 9*all
		return err
	})
	return plain, err
}

// linked counts the rows of a source in the first set, and those of known patients.
func (b *bindings) linked(ctx context.Context, patients *keySet, name string) (known, all int, err error) {
	err = b.eachLinked(name, func(f *bound, columns []int) error {
		k, a, err := patients.countIn(ctx, f, columns, math.MaxInt)
		known, all = known+k, all+a
		return err
	})
	return known, all, err
}

// eachLinked calls visit for the files of a source in the first set that name patients.
func (b *bindings) eachLinked(name string, visit func(f *bound, columns []int) error) error {
	for _, f := range b.files[name] {
		columns, ok := f.columns(b.system.Sources[name].Patient)
		if f.set > 0 || !ok {
			continue
		}
		if err := visit(f, columns); err != nil {
			return err
		}
	}
	return nil
}

// addAll adds every key of a file.
func (s *keySet) addAll(ctx context.Context, f *bound, columns []int) error {
	var key []byte
	var ok bool
	slots := slotsInOrder(columns)
	return f.each(ctx, columns, func(r *rows, i int) error {
		if key, ok = appendKey(key[:0], r, slots, i); ok {
			s.add(s.hash(key))
		}
		return nil
	})
}

// countIn counts the rows with a key in the first so many batches of each part of a file,
// and those whose key is in the set.
func (s *keySet) countIn(ctx context.Context, f *bound, columns []int, batches int) (known, all int, err error) {
	var key []byte
	var ok bool
	slots := slotsInOrder(columns)
	err = f.eachOfFirst(ctx, columns, batches, func(r *rows, i int) error {
		if key, ok = appendKey(key[:0], r, slots, i); ok {
			if all++; s.find(key) >= 0 {
				known++
			}
		}
		return nil
	})
	return known, all, err
}

// slotsInOrder are the slots of columns that are read in their own order.
func slotsInOrder(columns []int) []int {
	out := make([]int, len(columns))
	for i := range out {
		out[i] = i
	}
	return out
}
