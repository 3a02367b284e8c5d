package main

import (
	"bufio"
	"os"
	"strings"
)

// csvHeader returns the column names of a canonical CSV file.
func csvHeader(file string) ([]string, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	line, err := bufio.NewReader(f).ReadString('\n')
	if err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSpace(line), ","), nil
}
