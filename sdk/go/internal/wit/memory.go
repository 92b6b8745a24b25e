//go:build wasip1

// Package wit lays values out in memory as the component model's canonical ABI wants them.
package wit

import "unsafe"

// List is a list or a string as the ABI has it: an address and a length.
type List struct {
	Address, Length uint32
}

// kept are the blocks that only the host refers to, by address: without it the collector would take them.
var kept []unsafe.Pointer

//go:wasmexport cabi_realloc
func reallocate(old, oldSize, align, size uint32) uint32 {
	if size == 0 {
		return align
	}
	// 64-bit numbers have the greatest alignment that the ABI knows.
	words := make([]uint64, (uint64(size)+7)/8)
	block := unsafe.Pointer(unsafe.SliceData(words))
	if old != 0 && oldSize != 0 {
		copy(unsafe.Slice((*byte)(block), size), unsafe.Slice((*byte)(pointer(old)), oldSize))
	}
	return keep(block)
}

func keep(block unsafe.Pointer) uint32 {
	kept = append(kept, block)
	return uint32(uintptr(block))
}

// pointer returns what an address points to; the block must be kept.
func pointer(address uint32) unsafe.Pointer {
	return unsafe.Pointer(uintptr(address))
}

// Forget forgets the blocks that the host was given: whatever was lifted refers to its own by itself. It is called when a
// call from the host begins and its parameters are lifted: the answer to the call before was read.
func Forget() {
	clear(kept)
	kept = kept[:0]
}

// Lift returns the values of a list of numbers or of structures that are laid out as the ABI wants, without copying them.
func Lift[T any](list List) []T {
	if list.Length == 0 {
		return nil
	}
	return unsafe.Slice((*T)(pointer(list.Address)), list.Length)
}

// LiftString returns a string, without copying it.
func LiftString(list List) string {
	if list.Length == 0 {
		return ""
	}
	return unsafe.String((*byte)(pointer(list.Address)), list.Length)
}

// Lower returns the list of values that are laid out as the ABI wants.
func Lower[T any](values []T) List {
	if len(values) == 0 {
		return List{Address: 8}
	}
	return List{keep(unsafe.Pointer(unsafe.SliceData(values))), uint32(len(values))}
}

// LowerString returns a string as the ABI has it.
func LowerString(text string) List {
	if text == "" {
		return List{Address: 8}
	}
	return List{keep(unsafe.Pointer(unsafe.StringData(text))), uint32(len(text))}
}

// LowerEach returns the list of what lower makes of each value.
func LowerEach[V, T any](values []V, lower func(V) T) List {
	lowered := make([]T, len(values))
	for index, value := range values {
		lowered[index] = lower(value)
	}
	return Lower(lowered)
}

// LiftEach returns what lift makes of each value of a list.
func LiftEach[T, V any](list List, lift func(*T) V) []V {
	raw := Lift[T](list)
	lifted := make([]V, len(raw))
	for index := range raw {
		lifted[index] = lift(&raw[index])
	}
	return lifted
}

// Bool returns a flag as the ABI has it.
func Bool(flag bool) uint8 {
	if flag {
		return 1
	}
	return 0
}
