package siamese

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
)

// A checkpoint is checkpointMagic, the length of a JSON text as a
// little-endian uint32, the text, a savedState, and the arrays it names as
// little-endian float32.
const checkpointMagic = "whorl training 1\n"

// savedState is all of a Trainer that is not in its arguments or its arrays.
type savedState struct {
	Architecture Architecture `json:"architecture"`
	Options      Options      `json:"options"`
	Horizon      int          `json:"horizon"` // epochs on which the schedule depends; 0 if it does not
	Steps        int          `json:"steps"`
	History      []Epoch      `json:"history"`
	BestAt       int          `json:"best_at"`
	Waited       int          `json:"waited"`
	Arrays       []savedArray `json:"arrays"`
}

type savedArray struct {
	Name string `json:"name"`
	Len  int    `json:"len"`
}

// state is the trainer's now, without Arrays.
func (t *Trainer) state() savedState {
	s := savedState{
		Architecture: t.arch, Options: t.options, Steps: t.adam.Steps,
		History: t.history, BestAt: t.bestAt, Waited: t.waited,
	}
	if !t.options.Schedule.open() {
		s.Horizon = t.options.Epochs
	}
	return s
}

// arrays are all the numbers that training changes: of each parameter the
// weights and the optimiser's two moments, as the layers hold them, and the
// best weights if they are kept.
func (t *Trainer) arrays() (names []string, data [][]float32) {
	for i, p := range t.machine.Params() {
		w, first, second := p.Memory()
		names, data = append(names, p.Name, p.Name+" m", p.Name+" v"), append(data, w, first, second)
		if t.best != nil {
			names, data = append(names, p.Name+" best"), append(data, t.best.Params[i].Data)
		}
	}
	return names, data
}

// Save writes all that Restore needs to continue after the last epoch:
// weights, the optimiser's moments, counters and history.
func (t *Trainer) Save(w io.Writer) error {
	s := t.state()
	names, data := t.arrays()
	for i, name := range names {
		s.Arrays = append(s.Arrays, savedArray{name, len(data[i])})
	}
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("save checkpoint: %w", err)
	}
	var head bytes.Buffer
	head.WriteString(checkpointMagic)
	binary.Write(&head, binary.LittleEndian, uint32(len(text)))
	head.Write(text)
	if _, err := w.Write(head.Bytes()); err != nil {
		return fmt.Errorf("save checkpoint: %w", err)
	}
	buf := make([]byte, 0, 1<<16)
	for _, v := range data {
		for some := range slices.Chunk(v, cap(buf)/4) {
			buf = buf[:0]
			for _, x := range some {
				buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(x))
			}
			if _, err := w.Write(buf); err != nil {
				return fmt.Errorf("save checkpoint: %w", err)
			}
		}
	}
	return nil
}

// Restore sets a new trainer to the saved state of another with the same
// architecture, data and options. Only Epochs may differ, so that a training
// can be continued, if the schedule does not depend on it. It returns an error
// and leaves the trainer as it was if the checkpoint is damaged or of another
// training.
func (t *Trainer) Restore(r io.Reader) error {
	s, data, err := t.read(r)
	if err != nil {
		return fmt.Errorf("restore checkpoint: %w", err)
	}
	t.history, t.bestAt, t.waited, t.adam.Steps = s.History, s.BestAt, s.Waited, s.Steps
	_, mine := t.arrays()
	for i, v := range mine {
		copy(v, data[i])
	}
	return nil
}

func (t *Trainer) read(r io.Reader) (savedState, [][]float32, error) {
	var s savedState
	head := make([]byte, len(checkpointMagic)+4)
	if _, err := io.ReadFull(r, head); err != nil {
		return s, nil, fmt.Errorf("read its head: %w", err)
	}
	if !bytes.HasPrefix(head, []byte(checkpointMagic)) {
		return s, nil, fmt.Errorf("it does not begin with %q", checkpointMagic)
	}
	text := make([]byte, min(binary.LittleEndian.Uint32(head[len(checkpointMagic):]), 1<<26))
	if _, err := io.ReadFull(r, text); err != nil {
		return s, nil, fmt.Errorf("read its state: %w", err)
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return s, nil, fmt.Errorf("read its state: %w", err)
	}
	mine := t.state()
	names, data := t.arrays()
	for i, name := range names {
		mine.Arrays = append(mine.Arrays, savedArray{name, len(data[i])})
	}
	switch {
	case !reflect.DeepEqual(s.Architecture, mine.Architecture):
		return s, nil, fmt.Errorf("it is of another network: %+v, want %+v", s.Architecture, mine.Architecture)
	case s.Options != mine.withoutEpochs(), s.Horizon != mine.Horizon:
		return s, nil, fmt.Errorf("it was trained with other options: %+v for a horizon of %d epochs, want %+v for %d", s.Options, s.Horizon, mine.Options, mine.Horizon)
	case !reflect.DeepEqual(s.Arrays, mine.Arrays):
		return s, nil, fmt.Errorf("its arrays are %v, want %v", s.Arrays, mine.Arrays)
	case len(s.History) > t.options.Epochs:
		return s, nil, fmt.Errorf("it is of epoch %d, beyond the %d asked for", len(s.History), t.options.Epochs)
	case s.BestAt < 0 || s.BestAt > len(s.History) || s.Waited < 0 || s.Steps < 0:
		return s, nil, fmt.Errorf("its counters are impossible: best epoch %d of %d, waited %d, %d steps", s.BestAt, len(s.History), s.Waited, s.Steps)
	}
	for i := range data {
		data[i] = make([]float32, len(data[i])) // not the trainer's arrays, in case the next read fails
		if err := binary.Read(r, binary.LittleEndian, data[i]); err != nil {
			return s, nil, fmt.Errorf("read %s: %w", names[i], err)
		}
	}
	if _, err := io.ReadFull(r, make([]byte, 1)); err != io.EOF {
		return s, nil, fmt.Errorf("more than the %d arrays that it names", len(data))
	}
	return s, data, nil
}

// withoutEpochs are the options as they are saved.
func (s savedState) withoutEpochs() Options {
	o := s.Options
	o.Epochs = 0
	return o
}
