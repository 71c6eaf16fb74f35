package onnx

import (
	"encoding/binary"
	"math"
)

// A message is the encoding of a protocol buffer, field by field.
type message []byte

// Wire types.
const (
	varint   = 0
	counted  = 2
	wireBits = 3
)

func (m *message) tag(field, wire int) {
	*m = binary.AppendUvarint(*m, uint64(field)<<wireBits|uint64(wire))
}

// integer appends an int64, also for enumerations.
func (m *message) integer(field int, v int64) {
	m.tag(field, varint)
	*m = binary.AppendUvarint(*m, uint64(v))
}

func (m *message) bytes(field int, b []byte) {
	m.tag(field, counted)
	*m = append(binary.AppendUvarint(*m, uint64(len(b))), b...)
}

func (m *message) text(field int, s string) { m.bytes(field, []byte(s)) }

// The messages below are those of onnx.proto (IR version 8); numbers are its
// field numbers.

const elementFloat = 1 // TensorProto.DataType.FLOAT

// tensor is a TensorProto.
func tensor(name string, shape []int, data []float32) message {
	var m message
	for _, d := range shape {
		m.integer(1, int64(d))
	}
	m.integer(2, elementFloat)
	m.text(8, name)
	raw := make([]byte, 0, 4*len(data))
	for _, v := range data {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	m.bytes(9, raw)
	return m
}

// value is a ValueInfoProto: a float tensor of n, of any number, by shape.
func value(name string, shape ...int) message {
	var batch, dims message
	batch.text(2, "N")
	dims.bytes(1, batch)
	for _, d := range shape {
		var dim message
		dim.integer(1, int64(d))
		dims.bytes(1, dim)
	}
	var element, typ, m message
	element.integer(1, elementFloat)
	element.bytes(2, dims)
	typ.bytes(1, element)
	m.text(1, name)
	m.bytes(2, typ)
	return m
}

// An attribute of a node: integers or, with one element and single set, one.
type attribute struct {
	name   string
	ints   []int64
	single bool
}

// AttributeProto.AttributeType.
const (
	typeInt  = 2
	typeInts = 7
)

func (a attribute) encode() message {
	var m message
	m.text(1, a.name)
	if a.single {
		m.integer(3, a.ints[0])
		m.integer(20, typeInt)
		return m
	}
	for _, i := range a.ints {
		m.integer(8, i)
	}
	m.integer(20, typeInts)
	return m
}

// node is a NodeProto.
func node(op, output string, inputs []string, attributes ...attribute) message {
	var m message
	for _, in := range inputs {
		m.text(1, in)
	}
	m.text(2, output)
	m.text(3, output)
	m.text(4, op)
	for _, a := range attributes {
		m.bytes(5, a.encode())
	}
	return m
}
