package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// replace writes a file beside the old one, if there is one, and then takes its
// name, so that none is ever half written.
func replace(file string, text []byte) error {
	mode := fs.FileMode(0o666) // less what the umask takes
	info, err := os.Lstat(file)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return fmt.Errorf("%s is no file that could be written anew: give another name", file)
	case err == nil:
		mode = info.Mode().Perm()
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	name := filepath.Join(filepath.Dir(file), fmt.Sprintf(".%s.%d", filepath.Base(file), os.Getpid()))
	tmp, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if there := (*fs.PathError)(nil); errors.As(err, &there) && !errors.Is(err, fs.ErrExist) {
		there.Path = file
	}
	if err != nil {
		return err
	}
	_, err = tmp.Write(text)
	if info != nil {
		err = errors.Join(err, tmp.Chmod(mode))
	}
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err == nil {
		err = os.Rename(name, file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}
