package train

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"sync"

	"whorl/fingerprint/imaging"
	"whorl/pipeline/stage"
	"whorl/siamese"
	"whorl/stages/internal/dataset"
	"whorl/stages/internal/prints"
)

// Values of the parameter probes.
const (
	augmented = "augmented"
	plain     = "plain"
	both      = "both"
)

// learnerData puts together what the learner is given.
func learnerData(t *stage.Task, in *prints.Set, probes string, seed uint64) (siamese.Data, error) {
	train, err := in.Part(dataset.Train)
	if err != nil {
		return siamese.Data{}, err
	}
	validation, err := in.Part(dataset.Validation)
	if err != nil {
		return siamese.Data{}, err
	}
	apply, err := augment(t, seed, in.Gallery.H, in.Gallery.W)
	if err != nil {
		return siamese.Data{}, err
	}
	switch probes {
	case plain:
		apply = nil
	case both:
		apply = sometimes(apply, seed)
	}
	return siamese.Data{
		Probes: in.Probes, ProbeOf: in.ProbeOf,
		Gallery: in.Gallery, GalleryOf: in.GalleryOf,
		Train: train.Probes, GalleryTrain: train.Gallery,
		Validation: validation.Probes, GalleryValidation: validation.Gallery,
		Augment: apply,
	}, nil
}

// sometimes applies an augmentation to half of the probes of an epoch, drawn by
// (seed, epoch, probe) alone, and copies the others.
func sometimes(apply func(dst, src []uint8, epoch, probe int), seed uint64) func(dst, src []uint8, epoch, probe int) {
	return func(dst, src []uint8, epoch, probe int) {
		key := binary.LittleEndian.AppendUint64([]byte("train probes\x00"), seed)
		key = binary.LittleEndian.AppendUint64(key, uint64(epoch))
		key = binary.LittleEndian.AppendUint64(key, uint64(probe))
		if sum := sha256.Sum256(key); sum[0]&1 == 0 {
			copy(dst, src)
			return
		}
		apply(dst, src, epoch, probe)
	}
}

// augment reads the policy and returns what applies it, with the policy's own
// seed or else the given one.
func augment(t *stage.Task, seed uint64, h, w int) (func(dst, src []uint8, epoch, probe int), error) {
	text, err := t.ReadAll("policy")
	if err != nil {
		return nil, fmt.Errorf("read policy: %w", err)
	}
	policy, err := imaging.ReadPolicy(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	if policy.Seed != 0 {
		seed = policy.Seed
	}
	idle := sync.Pool{New: func() any { return imaging.NewAugmenter(policy, seed, w, h) }}
	return func(dst, src []uint8, epoch, probe int) {
		a := idle.Get().(*imaging.Augmenter)
		a.Apply(dst, src, epoch, probe)
		idle.Put(a)
	}, nil
}
