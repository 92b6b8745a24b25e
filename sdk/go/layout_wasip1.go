package tidegate

import (
	"unsafe"

	"github.com/tidegate/tidegate/sdk/go/internal/wit"
)

// The contract's types as they lie in memory, and the ways to and from ours.

type rawName struct {
	schema, table wit.List
}

func (r rawName) lift() TableName {
	return TableName{wit.LiftString(r.schema), wit.LiftString(r.table)}
}

func liftName(r *rawName) TableName { return r.lift() }

func lowerName(name TableName) rawName {
	return rawName{wit.LowerString(name.Schema), wit.LowerString(name.Table)}
}

// rawKind is a variant: its payload's fields begin in the first word.
type rawKind struct {
	tag     uint8
	payload [5]uint32
}

func (r *rawKind) list(word int) wit.List {
	return wit.List{Address: r.payload[word], Length: r.payload[word+1]}
}

func (r *rawKind) setList(word int, list wit.List) {
	r.payload[word], r.payload[word+1] = list.Address, list.Length
}

// lift reads only the bits that the payload has: what fills it up is anything.
func (r *rawKind) lift() Kind {
	kind := Kind{Type: Type(r.tag)}
	first := r.payload[0]
	switch kind.Type {
	case TypeInt:
		kind.Bits, kind.Unsigned = uint8(first), first>>8&1 == 1
	case TypeBit:
		kind.Bits = uint8(first)
	case TypeDecimal:
		kind.Precision, kind.Scale, kind.Unsigned = uint8(first), uint8(first>>8), first>>16&1 == 1
	case TypeFloat, TypeDouble:
		kind.Unsigned = first&1 == 1
	case TypeDatetime, TypeTimestamp, TypeTime:
		kind.Digits = uint8(first)
	case TypeChar, TypeVarchar:
		kind.Charset, kind.Collation = wit.LiftString(r.list(0)), uint16(r.payload[2])
		kind.Length = r.payload[3]
	case TypeText:
		kind.Charset, kind.Collation = wit.LiftString(r.list(0)), uint16(r.payload[2])
		kind.LengthBytes = uint8(r.payload[2] >> 16)
	case TypeBinary, TypeVarbinary:
		kind.Length = first
	case TypeBlob:
		kind.LengthBytes = uint8(first)
	case TypeEnum, TypeSet:
		kind.Members = wit.LiftEach(r.list(0), liftString)
		kind.Charset, kind.Collation = wit.LiftString(r.list(2)), uint16(r.payload[4])
	case TypeGeometry:
		kind.Spatial = Spatial(first)
	case TypeVector:
		kind.Dimensions = first
	}
	return kind
}

func lowerKind(kind Kind) rawKind {
	raw := rawKind{tag: uint8(kind.Type)}
	unsigned := uint32(wit.Bool(kind.Unsigned))
	switch kind.Type {
	case TypeInt:
		raw.payload[0] = uint32(kind.Bits) | unsigned<<8
	case TypeBit:
		raw.payload[0] = uint32(kind.Bits)
	case TypeDecimal:
		raw.payload[0] = uint32(kind.Precision) | uint32(kind.Scale)<<8 | unsigned<<16
	case TypeFloat, TypeDouble:
		raw.payload[0] = unsigned
	case TypeDatetime, TypeTimestamp, TypeTime:
		raw.payload[0] = uint32(kind.Digits)
	case TypeChar, TypeVarchar:
		raw.setList(0, wit.LowerString(kind.Charset))
		raw.payload[2], raw.payload[3] = uint32(kind.Collation), kind.Length
	case TypeText:
		raw.setList(0, wit.LowerString(kind.Charset))
		raw.payload[2] = uint32(kind.Collation) | uint32(kind.LengthBytes)<<16
	case TypeBinary, TypeVarbinary:
		raw.payload[0] = kind.Length
	case TypeBlob:
		raw.payload[0] = uint32(kind.LengthBytes)
	case TypeEnum, TypeSet:
		raw.setList(0, wit.LowerEach(kind.Members, wit.LowerString))
		raw.setList(2, wit.LowerString(kind.Charset))
		raw.payload[4] = uint32(kind.Collation)
	case TypeGeometry:
		raw.payload[0] = uint32(kind.Spatial)
	case TypeVector:
		raw.payload[0] = kind.Dimensions
	}
	return raw
}

func liftString(list *wit.List) string { return wit.LiftString(*list) }

type rawColumn struct {
	name                wit.List
	kind                rawKind
	nullable, generated uint8
}

func (r *rawColumn) lift() ColumnInfo {
	return ColumnInfo{wit.LiftString(r.name), r.kind.lift(), r.nullable == 1, r.generated == 1}
}

func lowerColumn(column ColumnInfo) rawColumn {
	return rawColumn{
		wit.LowerString(column.Name), lowerKind(column.Kind),
		wit.Bool(column.Nullable), wit.Bool(column.Generated),
	}
}

type rawTable struct {
	id              uint64
	source, current rawName
	columns         wit.List
	primaryKey      wit.List
}

func (r *rawTable) lift() *Table {
	return &Table{
		Source:     r.source.lift(),
		Current:    r.current.lift(),
		Columns:    wit.LiftEach(r.columns, (*rawColumn).lift),
		PrimaryKey: wit.LiftEach(r.primaryKey, func(index *uint32) int { return int(*index) }),
	}
}

type rawCells struct {
	validity wit.List
	tag      uint8
	// The list, or offsets and data.
	first, second wit.List
}

func (r *rawCells) lift() *Cells {
	cells := &Cells{Validity: wit.Lift[byte](r.validity)}
	switch r.tag {
	case 0:
		cells.Values = S64s(wit.Lift[int64](r.first))
	case 1:
		cells.Values = U64s(wit.Lift[uint64](r.first))
	case 2:
		cells.Values = F64s(wit.Lift[float64](r.first))
	case 3:
		words := wit.Lift[uint64](r.first)
		cells.Values = S256s(unsafe.Slice((*[4]uint64)(unsafe.Pointer(unsafe.SliceData(words))), len(words)/4))
	case 4:
		cells.Values = r.spans()
	case 5:
		cells.Values = UTF8{r.spans()}
	}
	return cells
}

func (r *rawCells) spans() Spans {
	return Spans{wit.Lift[uint32](r.first), wit.Lift[byte](r.second)}
}

// rawOptionalCells are cells, or none if tag is 0.
type rawOptionalCells struct {
	tag   uint8
	cells rawCells
}

func (r *rawOptionalCells) lift() *Cells {
	if r.tag == 0 {
		return nil
	}
	return r.cells.lift()
}

func lowerCells(cells *Cells) rawOptionalCells {
	if cells == nil {
		return rawOptionalCells{}
	}
	raw := rawCells{validity: wit.Lower(cells.Validity)}
	spans := func(spans Spans) { raw.first, raw.second = wit.Lower(spans.Offsets), wit.Lower(spans.Data) }
	switch values := cells.Values.(type) {
	case S64s:
		raw.first = wit.Lower(values)
	case U64s:
		raw.tag, raw.first = 1, wit.Lower(values)
	case F64s:
		raw.tag, raw.first = 2, wit.Lower(values)
	case S256s:
		raw.tag, raw.first = 3, wit.Lower(values)
		raw.first.Length *= 4
	case Spans:
		raw.tag = 4
		spans(values)
	case UTF8:
		raw.tag = 5
		spans(values.Spans)
	}
	return rawOptionalCells{1, raw}
}

type rawElement struct {
	event   wit.List
	source  rawName
	current wit.List
	renamed uint8
	newName rawName
	sql     wit.List
}

func (r *rawElement) lift() Element {
	element := Element{
		Event:   wit.LiftString(r.event),
		Source:  r.source.lift(),
		Current: wit.LiftEach(r.current, liftName),
		SQL:     wit.LiftString(r.sql),
	}
	if r.renamed == 1 {
		name := r.newName.lift()
		element.RenamedTo = &name
	}
	return element
}
