package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// askToStop has nothing to add to the order over the pipe: Ctrl-C reaches both
// processes, and a worker that is killed cannot clean up.
func askToStop(*os.Process) error { return nil }

// passOn lets the worker inherit its ends of the pipes, and returns their
// handles.
func passOn(cmd *exec.Cmd, beat, hear *os.File) (numbers string, err error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	for _, f := range []*os.File{beat, hear} {
		h := windows.Handle(f.Fd())
		if err := windows.SetHandleInformation(h, windows.HANDLE_FLAG_INHERIT, windows.HANDLE_FLAG_INHERIT); err != nil {
			return "", err
		}
		cmd.SysProcAttr.AdditionalInheritedHandles = append(cmd.SysProcAttr.AdditionalInheritedHandles, syscall.Handle(h))
	}
	return fmt.Sprintf("%d,%d", beat.Fd(), hear.Fd()), nil
}

// hold puts the worker in a job: its memory is limited, and it ends when the
// job is closed, as it is when this process ends.
func hold(p *os.Process, memory int64) (release func(), err error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return nil, err
	}
	info := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{ProcessMemoryLimit: uintptr(memory) + 256<<20}
	info.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_PROCESS_MEMORY | windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)))
	if err == nil {
		err = assign(job, p)
	}
	if err != nil {
		return nil, errors.Join(err, windows.CloseHandle(job))
	}
	return func() { _ = windows.CloseHandle(job) }, nil
}

func assign(job windows.Handle, p *os.Process) error {
	process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE|windows.SYNCHRONIZE, false, uint32(p.Pid))
	if err != nil {
		return err
	}
	defer func() { _ = windows.CloseHandle(process) }()
	err = windows.AssignProcessToJobObject(job, process)
	if over, _ := windows.WaitForSingleObject(process, 0); over == windows.WAIT_OBJECT_0 {
		return nil // it was quick: nothing is left to hold
	}
	return err
}

// signalOf is 0: Windows has no signals.
func signalOf(*os.ProcessState) syscall.Signal { return 0 }

// isClosedPipe reports whether nobody reads what was written.
func isClosedPipe(err error) bool {
	return errors.Is(err, windows.ERROR_BROKEN_PIPE) || errors.Is(err, windows.ERROR_NO_DATA) ||
		errors.Is(err, windows.ERROR_PIPE_NOT_CONNECTED) || errors.Is(err, syscall.EPIPE)
}
