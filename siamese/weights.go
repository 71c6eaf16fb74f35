package siamese

import (
	"archive/zip"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sbinet/npyio"
)

// architectureMember is the member of an npz file that holds the architecture
// as JSON, in an array of bytes: in NumPy, bytes(z["architecture"]).
const architectureMember = "architecture.npy"

// WriteWeights writes the network as an npz file: a zip archive, not
// compressed, of one .npy array for each of Params, by its name, and one for
// the architecture. The same network makes the same bytes.
//
// The shapes are PyTorch's: conv1.weight is (filters, channels, rows,
// columns), dense1.weight (outputs, inputs) with the inputs channel by
// channel, row by row.
func (n *Network) WriteWeights(w io.Writer) error {
	z := zip.NewWriter(w)
	arch, err := json.Marshal(n.Architecture)
	if err != nil {
		return fmt.Errorf("write weights: %w", err)
	}
	if err := writeMember(z, architectureMember, "|u1", []int{len(arch)}, arch); err != nil {
		return err
	}
	for _, p := range n.Params {
		if err := writeMember(z, p.Name+".npy", "<f4", p.Shape, p.Data); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write weights: %w", err)
	}
	return nil
}

// writeMember adds an array to the archive, with a header of version 1.0
// padded to 64 bytes (NumPy enhancement proposal 1).
func writeMember(z *zip.Writer, name, dtype string, shape []int, data any) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	if err != nil {
		return fmt.Errorf("write weights: %s: %w", name, err)
	}
	dims := strings.Trim(fmt.Sprint(shape), "[]")
	dims = strings.ReplaceAll(dims, " ", ", ")
	if len(shape) == 1 {
		dims += ","
	}
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", dtype, dims)
	const fixed = 10 // magic, version and length
	header += strings.Repeat(" ", 63-(fixed+len(header))%64) + "\n"
	prefix := append([]byte("\x93NUMPY\x01\x00"), byte(len(header)), byte(len(header)>>8))
	if _, err := w.Write(append(prefix, header...)); err != nil {
		return fmt.Errorf("write weights: %s: %w", name, err)
	}
	if err := binary.Write(w, binary.LittleEndian, data); err != nil {
		return fmt.Errorf("write weights: %s: %w", name, err)
	}
	return nil
}

// ReadWeights reads a network from the npz file that WriteWeights made, of the
// given size.
func ReadWeights(r io.ReaderAt, size int64) (*Network, error) {
	n, err := readWeights(r, size)
	if err != nil {
		return nil, fmt.Errorf("read weights: %w", err)
	}
	return n, nil
}

func readWeights(r io.ReaderAt, size int64) (*Network, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, err
	}
	file := make(map[string]*zip.File, len(z.File))
	for _, f := range z.File {
		file[f.Name] = f
	}
	a, err := readArchitecture(file[architectureMember])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", architectureMember, err)
	}
	shapes, err := a.params()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", architectureMember, err)
	}
	numbers := 0
	for _, s := range shapes {
		numbers += s.Len()
	}
	if int64(numbers) > size/4 {
		return nil, fmt.Errorf("%s: the network has %d parameters, more than a file of %d bytes can hold", architectureMember, numbers, size)
	}
	n, err := empty(a)
	if err != nil {
		return nil, err
	}
	for _, p := range n.Params {
		if err := readParam(file[p.Name+".npy"], p); err != nil {
			return nil, fmt.Errorf("%s.npy: %w", p.Name, err)
		}
	}
	return n, nil
}

var errMissing = errors.New("not in the archive")

// maxArchitecture bounds the JSON of the architecture, which is read first.
const maxArchitecture = 1 << 20

func readArchitecture(f *zip.File) (a Architecture, err error) {
	if f == nil {
		return a, errMissing
	}
	r, err := f.Open()
	if err != nil {
		return a, err
	}
	defer r.Close()
	npy, err := npyio.NewReader(r)
	if err != nil {
		return a, err
	}
	if d := npy.Header.Descr; d.Type != "|u1" || len(d.Shape) != 1 || d.Shape[0] > maxArchitecture {
		return a, fmt.Errorf("an array of type %s and shape %v, want bytes", d.Type, d.Shape)
	}
	text := make([]byte, npy.Header.Descr.Shape[0])
	if err := readAll(r, text); err != nil {
		return a, err
	}
	return a, json.Unmarshal(text, &a)
}

func readParam(f *zip.File, p Param) error {
	if f == nil {
		return errMissing
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	npy, err := npyio.NewReader(r)
	if err != nil {
		return err
	}
	if d := npy.Header.Descr; d.Type != "<f4" || d.Fortran || !slices.Equal(d.Shape, p.Shape) {
		return fmt.Errorf("an array of type %s and shape %v, want <f4 %v in C order", d.Type, d.Shape, p.Shape)
	}
	return readAll(r, p.Data)
}

// readAll fills data and expects nothing behind it.
func readAll(r io.Reader, data any) error {
	if err := binary.Read(r, binary.LittleEndian, data); err != nil {
		return fmt.Errorf("read %d bytes: %w", binary.Size(data), err)
	}
	if _, err := io.ReadFull(r, make([]byte, 1)); err != io.EOF {
		return fmt.Errorf("more than %d bytes", binary.Size(data))
	}
	return nil
}
