//go:build unix

package main

import (
	"errors"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// servant is whom PostgreSQL runs as where this program is root, whom it
// refuses; nil: who runs this program.
func servant() *syscall.Credential {
	if os.Getuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, bad := strconv.ParseUint(u.Uid, 10, 32)
		gid, worse := strconv.ParseUint(u.Gid, 10, 32)
		if errors.Join(bad, worse) == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		}
	}
	return nil
}

// lower lets a command run as the servant.
func lower(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: servant(), Setpgid: true} // so that an interrupt does not reach it before us
}

// giveAway gives a folder to the servant.
func giveAway(dir string) error {
	if s := servant(); s != nil {
		return os.Chown(dir, int(s.Uid), int(s.Gid))
	}
	return nil
}
