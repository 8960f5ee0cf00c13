package loaders

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
)

// input is an open file, unpacked where it is packed.
type input struct {
	*bufio.Reader
	close []func() error
}

func (in *input) Close() error {
	var err error
	for _, c := range in.close {
		err = errors.Join(err, c())
	}
	return err
}

const bufferSize = 64 << 10

// fromStdin is the file that is standard input.
const fromStdin = "-"

// open opens a file, or stdin.
func open(file string, stdin io.Reader) (*input, error) { return openCounted(file, stdin, new(int64)) }

// counted counts the bytes that are read.
type counted struct {
	r io.Reader
	n *int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	*c.n += int64(n)
	return n, err
}

// sizeOf is the bytes of all files, or 0 where that is not known.
func sizeOf(files []string) (size int64) {
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil || !info.Mode().IsRegular() {
			return 0
		}
		size += info.Size()
	}
	return size
}

// openCounted opens a file and counts what is read of it.
func openCounted(file string, stdin io.Reader, n *int64) (*input, error) {
	in := &input{}
	if file == fromStdin {
		if stdin == nil {
			stdin = strings.NewReader("")
		}
		in.Reader = bufio.NewReaderSize(counted{stdin, n}, bufferSize)
	} else {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		in.Reader, in.close = bufio.NewReaderSize(counted{f, n}, bufferSize), []func() error{f.Close}
	}
	err := in.unpack(file)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", nameOf(file), err), in.Close())
	}
	return in, nil
}

// unpack looks whether the content is gzip.
func (in *input) unpack(file string) error {
	magic, err := in.Peek(2)
	switch {
	case errors.Is(err, syscall.EISDIR):
		return errDirectory
	case err != nil && !errors.Is(err, io.EOF):
		return err
	case !bytes.Equal(magic, []byte{0x1f, 0x8b}):
		if strings.HasSuffix(file, ".gz") {
			return errNoGzip
		}
		return nil
	}
	z, err := gzip.NewReader(in.Reader)
	if err != nil {
		return inWords(err)
	}
	in.Reader, in.close = bufio.NewReaderSize(unpacked{z}, bufferSize), append(in.close, z.Close)
	return nil
}

var (
	errDirectory = errors.New("is a directory: name the files in it")
	errNoGzip    = errors.New("is no gzip, though its name ends in .gz: rename or pack it")
	errCut       = errors.New("the gzip ends too early: it was cut short, get it again")
	errCorrupt   = errors.New("the gzip is corrupt: get it again")
)

// unpacked reads what is packed, and says in words what is wrong with it.
type unpacked struct{ *gzip.Reader }

func (u unpacked) Read(p []byte) (int, error) {
	n, err := u.Reader.Read(p)
	return n, inWords(err)
}

// inWords says what an error of unpacking means. io.EOF stays what it is.
func inWords(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errCut
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, &corrupt):
		return errCorrupt
	}
	return err
}

// nameOf is what a file is called in messages.
func nameOf(file string) string {
	if file == fromStdin {
		return "stdin"
	}
	return file
}

// names are what files are called in reports: without their folders.
func names(files []string) []string {
	list := make([]string, len(files))
	for i, f := range files {
		list[i] = filepath.Base(nameOf(f))
	}
	return list
}
