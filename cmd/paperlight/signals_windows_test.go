package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"
)

func endBySignal(int) {}

// workerOf waits for the worker of a process, and returns a handle of it.
func workerOf(t *testing.T, supervisor int) windows.Handle {
	t.Helper()
	var worker windows.Handle
	require.Eventually(t, func() bool {
		pid := childOf(t, uint32(supervisor))
		if pid == 0 {
			return false
		}
		h, err := windows.OpenProcess(windows.PROCESS_TERMINATE|windows.SYNCHRONIZE, false, pid)
		worker = h
		return err == nil
	}, 30*time.Second, 5*time.Millisecond, "no worker")
	t.Cleanup(func() { _ = windows.CloseHandle(worker) })
	return worker
}

func childOf(t *testing.T, parent uint32) uint32 {
	t.Helper()
	all, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	require.NoError(t, err)
	defer func() { _ = windows.CloseHandle(all) }()
	one := windows.ProcessEntry32{Size: uint32(unsafe.Sizeof(windows.ProcessEntry32{}))}
	for err = windows.Process32First(all, &one); err == nil; err = windows.Process32Next(all, &one) {
		if one.ParentProcessID == parent && strings.Contains(strings.ToLower(windows.UTF16ToString(one.ExeFile[:])), "paperlight") {
			return one.ProcessID
		}
	}
	return 0
}

// underway runs a check that takes a while, and returns its worker.
func underway(t *testing.T, folder, work string) (cmd *exec.Cmd, said *bytes.Buffer, worker windows.Handle) {
	t.Helper()
	said = &bytes.Buffer{}
	cmd = program(t, "check", folder, "--allow-test-numbers", "--worklist", filepath.Join(work, "lists"), "--format", "json="+filepath.Join(work, "r.json"))
	cmd.Stderr = said
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool { return len(names(t, work)) > 0 }, time.Minute, 5*time.Millisecond, "it prepares to write")
	return cmd, said, workerOf(t, cmd.Process.Pid)
}

// requireNothingWritten holds that there is no output, and that the next run clears away
// what a dead one left.
func requireNothingWritten(t *testing.T, work string) {
	t.Helper()
	for _, name := range names(t, work) {
		require.True(t, strings.HasPrefix(name, stagePrefix), name)
	}
	clearLeftovers(disk{}, work)
	require.Empty(t, names(t, work))
}

// With any exit code: the Task Manager ends a process with 1, and other programs do so
// with 0.
func TestAWorkerThatIsKilledGivesNoVerdict(t *testing.T) {
	folder, _ := made(t, "--patients", "3000")
	for _, code := range []uint32{exitMet, exitNotMet, exitNotJudged} {
		work := t.TempDir()
		cmd, said, worker := underway(t, folder, work)
		require.NoError(t, windows.TerminateProcess(worker, code))
		_ = cmd.Wait()
		require.Equal(t, exitInternal, cmd.ProcessState.ExitCode(), said.String())
		require.Contains(t, said.String(), "ended from outside")
		require.Contains(t, said.String(), "there is no result")
		requireNothingWritten(t, work)
	}
}

func TestAWorkerEndsWithItsSupervisor(t *testing.T) {
	folder, _ := made(t, "--patients", "3000")
	work := t.TempDir()
	cmd, _, worker := underway(t, folder, work)
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
	over, err := windows.WaitForSingleObject(worker, 20_000)
	require.NoError(t, err)
	require.EqualValues(t, windows.WAIT_OBJECT_0, over, "it runs on")
	requireNothingWritten(t, work)
}

// Ctrl-Break stands for Ctrl-C, which cannot be sent to one group of processes; Go makes
// the same signal of both.
func TestControlCEndsTheRunAndLeavesNothing(t *testing.T) {
	_, _, _ = windows.NewLazySystemDLL("kernel32.dll").NewProc("AllocConsole").Call() // fails where there is one
	folder, _ := made(t, "--patients", "3000")
	for i, args := range [][]string{nil, nil, {"generate", "made", "--patients", "100000", "--shuffle"}} {
		work := t.TempDir()
		var cmd *exec.Cmd
		said := &bytes.Buffer{}
		if args == nil {
			cmd, said, _ = underway(t, folder, work)
		} else {
			cmd = program(t, args...)
			cmd.Dir, cmd.Stderr = work, said
			cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}
			require.NoError(t, cmd.Start())
			require.Eventually(t, func() bool { return len(names(t, work)) > 0 }, 30*time.Second, 5*time.Millisecond)
		}
		time.Sleep(time.Duration(i) * 100 * time.Millisecond)
		if err := windows.GenerateConsoleCtrlEvent(windows.CTRL_BREAK_EVENT, uint32(cmd.Process.Pid)); err != nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			t.Skip("no key can be pressed in a console here: ", err)
		}
		_ = cmd.Wait()
		require.Equal(t, exitInterrupted, cmd.ProcessState.ExitCode(), said.String())
		require.Contains(t, said.String(), "interrupted; ")
		require.NotContains(t, said.String(), "hint")
		entries, err := os.ReadDir(work)
		require.NoError(t, err)
		require.Empty(t, entries)
	}
}
