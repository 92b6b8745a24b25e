package tidegate

import "unsafe"

// Column is a column's values in one image of the rows at hand: whole (Cells), and row by row.
type Column struct {
	Kind  Kind
	Cells Cells
}

// Value is a value: Int, Uint, Double, Decimal, Calendar, Time, Bytes or Text; nil is NULL. Which of them a column has, its
// Type tells.
type Value interface{ value() }

// Int is a signed integer.
type Int int64

// Uint is an unsigned integer, a BIT, a YEAR, the number of an ENUM's member or the bits of a SET.
type Uint uint64

// Double is a FLOAT or a DOUBLE.
type Double float64

// Time is a TIME, in microseconds.
type Time int64

// Bytes are text in the column's character set, binary strings, binary JSON, geometries, vectors, addresses.
type Bytes []byte

// Text is a value of a column that was read as text.
type Text string

func (Int) value()      {}
func (Uint) value()     {}
func (Double) value()   {}
func (Decimal) value()  {}
func (Calendar) value() {}
func (Time) value()     {}
func (Bytes) value()    {}
func (Text) value()     {}

// IsNull tells whether a row is NULL.
func (c *Column) IsNull(row int) bool {
	validity := c.Cells.Validity
	return len(validity) > 0 && validity[row/8]>>(row%8)&1 == 0
}

// Int64 returns a row's number; false if it is NULL or none that fits.
func (c *Column) Int64(row int) (int64, bool) {
	if c.IsNull(row) {
		return 0, false
	}
	switch values := c.Cells.Values.(type) {
	case S64s:
		return values[row], true
	case U64s:
		return int64(values[row]), values[row]>>63 == 0
	}
	return 0, false
}

// Bytes returns a row's bytes, which must not be changed; false if it is NULL or has none.
func (c *Column) Bytes(row int) ([]byte, bool) {
	if c.IsNull(row) {
		return nil, false
	}
	switch values := c.Cells.Values.(type) {
	case Spans:
		return values.at(row), true
	case UTF8:
		return values.at(row), true
	}
	return nil, false
}

// Str returns a row's bytes as a string, without copying them; false if it is NULL or has none. It is UTF-8 if the column
// was read as text.
func (c *Column) Str(row int) (string, bool) {
	bytes, ok := c.Bytes(row)
	return unsafe.String(unsafe.SliceData(bytes), len(bytes)), ok
}

// Value returns a row's value.
func (c *Column) Value(row int) Value {
	if c.IsNull(row) {
		return nil
	}
	switch values := c.Cells.Values.(type) {
	case S64s:
		switch c.Kind.Type {
		case TypeTime:
			return Time(values[row])
		case TypeDecimal:
			return widen(values[row], c.Kind.Scale)
		}
		return Int(values[row])
	case U64s:
		switch c.Kind.Type {
		case TypeDate, TypeDatetime, TypeTimestamp:
			return UnpackCalendar(values[row])
		}
		return Uint(values[row])
	case F64s:
		return Double(values[row])
	case S256s:
		return Decimal{values[row], c.Kind.Scale}
	case Spans:
		return Bytes(values.at(row))
	case UTF8:
		return Text(values.at(row))
	}
	return nil
}

// appended returns what value makes of each text. NULLs stay.
func (c *Column) appended(rows int, value func(to []byte, text string) []byte) *Cells {
	var room int
	if texts, ok := c.Cells.Values.(UTF8); ok {
		room = len(texts.Data)
	}
	offsets, data := make([]uint32, 1, rows+1), make([]byte, 0, room)
	for row := range rows {
		if text, ok := c.Str(row); ok {
			data = value(data, text)
		}
		offsets = append(offsets, uint32(len(data)))
	}
	return &Cells{c.Cells.Validity, UTF8{Spans{offsets, data}}}
}

func (s Spans) at(row int) []byte {
	return s.Data[s.Offsets[row]:s.Offsets[row+1]]
}
