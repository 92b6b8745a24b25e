package tidegate

import "fmt"

// Cells are a column's values as they cross between host and filter.
type Cells struct {
	// A bit for each row, the lowest of the first byte for the first, 1 = not NULL. Empty: no row is NULL.
	Validity []byte
	// A value for each row; whatever stands where a row is NULL has no meaning.
	Values Values
}

// Values are S64s, U64s, F64s, S256s, Spans or UTF8; which of them a column has, its Type tells.
type Values interface{ values() }

// S64s are signed integers; DECIMALs of at most 18 digits, without their point; TIMEs in microseconds.
type S64s []int64

// U64s are unsigned integers, BIT, YEAR, ENUM, SET, and packed dates and times (Calendar.Pack).
type U64s []uint64

// F64s are FLOAT and DOUBLE.
type F64s []float64

// S256s are DECIMALs of more than 18 digits, without their point: 256-bit two's complements, lowest first.
type S256s [][4]uint64

// Spans are values of any length: value i is Data[Offsets[i]:Offsets[i+1]]. A NULL is empty.
type Spans struct {
	// One more than there are rows.
	Offsets []uint32
	Data    []byte
}

// UTF8 is what Text gives, and an answer in the place of Spans for columns of text and JSON.
type UTF8 struct{ Spans }

func (S64s) values()  {}
func (U64s) values()  {}
func (F64s) values()  {}
func (S256s) values() {}
func (Spans) values() {}
func (UTF8) values()  {}

// TextCells returns texts, for columns of text and JSON: value returns each row's, false for NULL.
func TextCells(rows int, value func(row int) (string, bool)) *Cells {
	validity, spans := spansOf(rows, value)
	return &Cells{validity, UTF8{spans}}
}

// BytesCells returns bytes, for every column that has Spans.
func BytesCells(rows int, value func(row int) ([]byte, bool)) *Cells {
	validity, spans := spansOf(rows, value)
	return &Cells{validity, spans}
}

// IntCells returns signed numbers.
func IntCells(rows int, value func(row int) (int64, bool)) *Cells {
	validity, values := numbers(rows, value)
	return &Cells{validity, S64s(values)}
}

// UintCells returns unsigned numbers, packed dates among them.
func UintCells(rows int, value func(row int) (uint64, bool)) *Cells {
	validity, values := numbers(rows, value)
	return &Cells{validity, U64s(values)}
}

// DoubleCells returns floating numbers.
func DoubleCells(rows int, value func(row int) (float64, bool)) *Cells {
	validity, values := numbers(rows, value)
	return &Cells{validity, F64s(values)}
}

// CellsOf returns a column of the given kind, of values as Column.Value returns them; a value of another type is an error.
func CellsOf(kind Kind, values []Value) (*Cells, error) {
	switch form := kind.form(values); form {
	case signed:
		return cellsOf(values, signedOf, IntCells)
	case unsigned:
		return cellsOf(values, unsignedOf, UintCells)
	case floating:
		return cellsOf(values, func(value Value) (float64, bool) {
			double, ok := value.(Double)
			return float64(double), ok
		}, DoubleCells)
	case narrow:
		return cellsOf(values, func(value Value) (int64, bool) {
			decimal, ok := value.(Decimal)
			number, fits := decimal.narrow()
			return number, ok && fits && decimal.Scale == kind.Scale
		}, IntCells)
	case wide:
		return cellsOf(values, func(value Value) ([4]uint64, bool) {
			decimal, ok := value.(Decimal)
			return decimal.Unscaled, ok && decimal.Scale == kind.Scale
		}, func(rows int, value func(int) ([4]uint64, bool)) *Cells {
			validity, values := numbers(rows, value)
			return &Cells{validity, S256s(values)}
		})
	case texts:
		return cellsOf(values, func(value Value) (string, bool) {
			text, ok := value.(Text)
			return string(text), ok
		}, TextCells)
	default:
		return cellsOf(values, func(value Value) ([]byte, bool) {
			bytes, ok := value.(Bytes)
			return bytes, ok
		}, BytesCells)
	}
}

// form is how a column's values are carried.
type form uint8

const (
	signed form = iota
	unsigned
	floating
	narrow
	wide
	binary
	texts
)

// narrowDigits are the digits of a DECIMAL that fit into 64 bits.
const narrowDigits = 18

func (k Kind) form(values []Value) form {
	switch k.Type {
	case TypeInt:
		if k.Unsigned {
			return unsigned
		}
		return signed
	case TypeTime:
		return signed
	case TypeDecimal:
		if k.Precision <= narrowDigits {
			return narrow
		}
		return wide
	case TypeFloat, TypeDouble:
		return floating
	case TypeBit, TypeYear, TypeDate, TypeDatetime, TypeTimestamp, TypeEnum, TypeSet:
		return unsigned
	}
	for _, value := range values {
		if _, ok := value.(Text); ok {
			return texts
		}
	}
	return binary
}

func signedOf(value Value) (int64, bool) {
	switch value := value.(type) {
	case Int:
		return int64(value), true
	case Time:
		return int64(value), true
	}
	return 0, false
}

func unsignedOf(value Value) (uint64, bool) {
	switch value := value.(type) {
	case Uint:
		return uint64(value), true
	case Calendar:
		return value.Pack(), true
	}
	return 0, false
}

func cellsOf[T any](values []Value, convert func(Value) (T, bool), cells func(int, func(int) (T, bool)) *Cells) (*Cells, error) {
	unfit := -1
	made := cells(len(values), func(row int) (T, bool) {
		var none T
		if values[row] == nil {
			return none, false
		}
		value, ok := convert(values[row])
		if !ok && unfit < 0 {
			unfit = row
		}
		return value, ok
	})
	if unfit >= 0 {
		return nil, fmt.Errorf("the value in row %d is none of its column's type", unfit)
	}
	return made, nil
}

// validity are bits that say which rows are not NULL.
type validity struct {
	bits  []byte
	nulls bool
}

func (v *validity) set(row int, valid bool) {
	if valid {
		v.bits[row/8] |= 1 << (row % 8)
	} else {
		v.nulls = true
	}
}

// finish returns nothing if no row is NULL.
func (v *validity) finish() []byte {
	if v.nulls {
		return v.bits
	}
	return nil
}

func numbers[T any](rows int, value func(row int) (T, bool)) ([]byte, []T) {
	valid := validity{bits: make([]byte, (rows+7)/8)}
	values := make([]T, rows)
	for row := range values {
		number, ok := value(row)
		valid.set(row, ok)
		if ok {
			values[row] = number
		}
	}
	return valid.finish(), values
}

func spansOf[T string | []byte](rows int, value func(row int) (T, bool)) ([]byte, Spans) {
	valid := validity{bits: make([]byte, (rows+7)/8)}
	offsets := make([]uint32, rows+1)
	var data []byte
	for row := range rows {
		bytes, ok := value(row)
		valid.set(row, ok)
		if ok {
			data = append(data, bytes...)
		}
		// Columns end long before 4 GiB: the host refuses them.
		offsets[row+1] = uint32(len(data))
	}
	return valid.finish(), Spans{offsets, data}
}
