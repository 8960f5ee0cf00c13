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

// open opens a file; "-" is stdin.
func open(file string, stdin io.Reader) (*input, error) {
	in := &input{}
	if file == "-" {
		if stdin == nil {
			stdin = strings.NewReader("")
		}
		in.Reader = bufio.NewReaderSize(stdin, bufferSize)
	} else {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		in.Reader, in.close = bufio.NewReaderSize(f, bufferSize), []func() error{f.Close}
	}
	magic, _ := in.Peek(2) // an error comes again on reading
	if !bytes.Equal(magic, []byte{0x1f, 0x8b}) && !strings.HasSuffix(file, ".gz") {
		return in, nil
	}
	return in, in.unpack(file)
}

func (in *input) unpack(file string) error {
	z, err := gzip.NewReader(in.Reader)
	if err != nil {
		return errors.Join(fmt.Errorf("%s: %w", nameOf(file), err), in.Close())
	}
	in.Reader, in.close = bufio.NewReaderSize(z, bufferSize), append(in.close, z.Close)
	return nil
}

// nameOf is what a file is called in messages.
func nameOf(file string) string {
	if file == "-" {
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
