package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTryForms(t *testing.T) {
	data := os.Getenv("TRY_DATA")
	for _, l := range []string{"ten", "all"} {
		for _, f := range forms {
			t.Run(l+"/"+f.name, func(t *testing.T) {
				w, err := loads[l].open(context.Background(), data)
				require.NoError(t, err)
				s, err := duckdbScript(w, f, data, "parquet", 2)
				require.NoError(t, err)
				text, err := json.Marshal(s)
				require.NoError(t, err)
				file := filepath.Join(t.TempDir(), "s.json")
				if d := os.Getenv("TRY_KEEP"); d != "" {
					file = filepath.Join(d, l+"-"+f.name+".json")
				}
				require.NoError(t, os.WriteFile(file, text, 0o600))
				cmd := exec.Command("node", "duckdb.mjs", file)
				cmd.Stderr = os.Stderr
				out, err := cmd.Output()
				require.NoError(t, err)
				got, err := fromScript(&s.script)(out)
				require.NoError(t, err)
				cmd = exec.Command("/tmp/bench/pl", append([]string{"check", data, "--allow-test-numbers", "--fail-on", "never", "--format", "json", "--quiet"}, loads[l].flags()...)...)
				cmd.Stderr = os.Stderr
				out, err = cmd.Output()
				require.NoError(t, err)
				want, err := fromReport(out)
				require.NoError(t, err)
				require.NoError(t, want.differ(got))
			})
		}
	}
}
