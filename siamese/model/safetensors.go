package model

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// WriteSafetensors writes the weights in the format safetensors, which PyTorch
// and others read: the length of a header, the header in JSON, then the arrays
// in float32, little-endian, with the names and shapes of
// siamese.Network.WriteWeights. Architecture and metadata of the model are
// JSON texts in the header's __metadata__.
func (m *Model) WriteSafetensors(w io.Writer) error {
	type entry struct {
		DType   string `json:"dtype"`
		Shape   []int  `json:"shape"`
		Offsets [2]int `json:"data_offsets"`
	}
	architecture, err := json.Marshal(m.Network.Architecture)
	if err != nil {
		return fmt.Errorf("write safetensors: %w", err)
	}
	meta, err := json.Marshal(m.Metadata)
	if err != nil {
		return fmt.Errorf("write safetensors: %w", err)
	}
	header := map[string]any{"__metadata__": map[string]string{
		"format": "pt", "architecture": string(architecture), "model": string(meta), "network_sha256": m.digest,
	}}
	at := 0
	for _, p := range m.Network.Params {
		end := at + 4*len(p.Data)
		header[p.Name] = entry{"F32", p.Shape, [2]int{at, end}}
		at = end
	}
	text, err := json.Marshal(header) // in the order of the names
	if err != nil {
		return fmt.Errorf("write safetensors: %w", err)
	}
	text = append(text, strings.Repeat(" ", -len(text)&7)...)
	if _, err := w.Write(append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...)); err != nil {
		return fmt.Errorf("write safetensors: %w", err)
	}
	for _, p := range m.Network.Params {
		if err := binary.Write(w, binary.LittleEndian, p.Data); err != nil {
			return fmt.Errorf("write safetensors: %s: %w", p.Name, err)
		}
	}
	return nil
}
