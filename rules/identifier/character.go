package identifier

func isDigit(c byte) bool { return c-'0' <= 9 }

func isUpper(c byte) bool { return c-'A' <= 'Z'-'A' }

func isLower(c byte) bool { return c-'a' <= 'z'-'a' }

// digitsIn returns how many digits b begins with.
func digitsIn(b []byte) int {
	for i, c := range b {
		if !isDigit(c) {
			return i
		}
	}
	return len(b)
}

func allDigits(b []byte) bool { return digitsIn(b) == len(b) }
