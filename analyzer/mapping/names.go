package mapping

// Names are one name or several: a YAML file may write either. Several columns
// are the parts of one key.
type Names []string

// UnmarshalYAML reads a name or a list of names.
func (n *Names) UnmarshalYAML(unmarshal func(any) error) error {
	var one string
	if unmarshal(&one) == nil {
		*n = Names{one}
		return nil
	}
	return unmarshal((*[]string)(n))
}

// keySeparator stands between the parts of a key that several columns make. No
// text of a practice holds it.
const keySeparator = 0x1f

// appendKey appends the parts of row i's key; false where the first is empty.
func appendKey(key []byte, r *rows, slots []int, i int) ([]byte, bool) {
	for k, slot := range slots {
		cell := r.cells[slot].at(i)
		if k == 0 && len(cell) == 0 {
			return key, false
		}
		if k > 0 {
			key = append(key, keySeparator)
		}
		key = append(key, cell...)
	}
	return key, true
}
