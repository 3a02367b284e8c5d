package history

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A writer that is killed at any moment leaves a whole file, in which every run that it
// said was kept is there.
func TestKillsLeaveTheFileWhole(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	random := rand.New(rand.NewPCG(5, 5))
	halfway, more := 0, 0
	for range *kills {
		h, file := made(t)
		require.NoError(t, h.Close())
		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(), asWriter+"="+file)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		lines := bufio.NewScanner(out)
		require.True(t, lines.Scan(), "it writes")
		timer := time.AfterFunc(time.Duration(random.IntN(200))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		said := 1
		for lines.Scan() {
			_, err := fmt.Sscan(lines.Text(), &said)
			require.NoError(t, err)
		}
		timer.Stop()
		require.Error(t, cmd.Wait(), "it was killed")
		if _, err := os.Stat(file + "-journal"); err == nil {
			halfway++
		}
		h, err = Open(file)
		require.NoError(t, err)
		var whole string
		require.NoError(t, h.db.QueryRow("PRAGMA integrity_check").Scan(&whole))
		require.Equal(t, "ok", whole)
		runs, err := h.Runs("A81001")
		require.NoError(t, err)
		require.Contains(t, []int{said, said + 1}, len(runs))
		if len(runs) > said {
			more++
		}
		last, err := h.Movement(runs[0].ID)
		require.NoError(t, err)
		require.EqualValues(t, 1500, last.Rules[0].Found, "a run is there with all that belongs to it")
		require.EqualValues(t, len(runs), last.Rules[1].Found)
		require.NoError(t, h.Close())
	}
	t.Logf("%d writers killed, %d of them while they changed the file, %d between a run and the word of it", *kills, halfway, more)
}
