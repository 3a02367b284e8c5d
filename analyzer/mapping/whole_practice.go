package mapping

import (
	"context"
	"fmt"
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
		known, all, err := b.linked(ctx, patients, name)
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

// leastLinked is from how many rows on their links are judged.
const leastLinked = 20

// linked counts the rows of a source in the first set, and those of known patients.
func (b *bindings) linked(ctx context.Context, patients *keySet, name string) (known, all int, err error) {
	for _, f := range b.files[name] {
		columns, ok := f.columns(b.system.Sources[name].Patient)
		if f.set > 0 || !ok {
			continue
		}
		var key []byte
		slots := slotsInOrder(columns)
		err = f.each(ctx, columns, func(r *rows, i int) error {
			if key, ok = appendKey(key[:0], r, slots, i); ok {
				all++
				if patients.find(key) >= 0 {
					known++
				}
			}
			return nil
		})
		if err != nil {
			return 0, 0, err
		}
	}
	return known, all, nil
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

// slotsInOrder are the slots of columns that are read in their own order.
func slotsInOrder(columns []int) []int {
	out := make([]int, len(columns))
	for i := range out {
		out[i] = i
	}
	return out
}
