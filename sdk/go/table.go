package tidegate

import "strings"

// TableName is a table's name, or a schema's, where Table is empty.
type TableName struct {
	Schema, Table string
}

func (n TableName) String() string {
	if n.Table == "" {
		return n.Schema
	}
	return n.Schema + "." + n.Table
}

// Table is a table as a filter sees it.
type Table struct {
	// What the source calls it.
	Source TableName
	// What the filters before this one made of its name.
	Current TableName
	// Its columns, as the filters before this one left them.
	Columns []ColumnInfo
	// The primary key, as indexes into Columns.
	PrimaryKey []int
}

// Index returns the index of the column called name; MySQL compares names without regard to case.
func (t *Table) Index(name string) (int, bool) {
	for index, column := range t.Columns {
		if strings.EqualFold(column.Name, name) {
			return index, true
		}
	}
	return 0, false
}

// ColumnInfo is a column without its values.
type ColumnInfo struct {
	Name     string
	Kind     Kind
	Nullable bool
	// Whether the server computes it.
	Generated bool
}

// Type is MySQL's type of a column.
type Type uint8

// The types, and what Column.Value returns of each.
const (
	// TypeInt is TINYINT to BIGINT: Int, unsigned ones Uint.
	TypeInt Type = iota
	// TypeBit is BIT: Uint.
	TypeBit
	// TypeYear is YEAR: Uint.
	TypeYear
	// TypeDecimal is DECIMAL: Decimal.
	TypeDecimal
	// TypeFloat is FLOAT: Double.
	TypeFloat
	// TypeDouble is DOUBLE: Double.
	TypeDouble
	// TypeDate is DATE: Calendar.
	TypeDate
	// TypeDatetime is DATETIME: Calendar.
	TypeDatetime
	// TypeTimestamp is TIMESTAMP: Calendar, in UTC.
	TypeTimestamp
	// TypeTime is TIME: Time.
	TypeTime
	// TypeChar is CHAR: Bytes in the column's character set.
	TypeChar
	// TypeVarchar is VARCHAR: Bytes in the column's character set.
	TypeVarchar
	// TypeText is TINYTEXT to LONGTEXT: Bytes in the column's character set.
	TypeText
	// TypeBinary is BINARY: Bytes.
	TypeBinary
	// TypeVarbinary is VARBINARY: Bytes.
	TypeVarbinary
	// TypeBlob is TINYBLOB to LONGBLOB: Bytes.
	TypeBlob
	// TypeEnum is ENUM: Uint, the member's number from 1; 0 is MySQL's error value.
	TypeEnum
	// TypeSet is SET: Uint, a bit for each member, the lowest for the first.
	TypeSet
	// TypeJSON is JSON: Bytes of MySQL's binary JSON, in which nothing is lost; Rows.Text gives it as text.
	TypeJSON
	// TypeGeometry is GEOMETRY and its kin: Bytes, 4 of SRID, then WKB.
	TypeGeometry
	// TypeVector is VECTOR: Bytes, 32-bit floats, lowest byte first.
	TypeVector
	// TypeInet4 is MariaDB's INET4: 4 Bytes.
	TypeInet4
	// TypeInet6 is MariaDB's INET6: 16 Bytes.
	TypeInet6
	// TypeUUID is MariaDB's UUID: 16 Bytes, in the order of its text.
	TypeUUID
)

// Spatial is what a spatial column admits.
type Spatial uint8

// MySQL's types of the same names.
const (
	Geometry Spatial = iota
	Point
	LineString
	Polygon
	MultiPoint
	MultiLineString
	MultiPolygon
	GeometryCollection
)

// Kind is MySQL's type of a column with all that belongs to it; a field that its type does not have is zero.
type Kind struct {
	Type Type
	// TypeInt: 8, 16, 24, 32 or 64. TypeBit: 1 to 64.
	Bits uint8
	// Numbers.
	Unsigned bool
	// TypeDecimal: all digits, at most 65.
	Precision uint8
	// TypeDecimal: the digits behind the point, at most 30.
	Scale uint8
	// TypeDatetime, TypeTimestamp, TypeTime: the digits behind the second.
	Digits uint8
	// Texts, TypeEnum, TypeSet: MySQL's name of the character set; empty if it is not known.
	Charset string
	// As Charset: MySQL's collation id, 0 if it is not known.
	Collation uint16
	// TypeChar, TypeVarchar: the most characters. TypeBinary, TypeVarbinary: the most bytes. 0 if not known.
	Length uint32
	// TypeText, TypeBlob: 1 to 4, TINY to LONG.
	LengthBytes uint8
	// TypeEnum, TypeSet.
	Members []string
	// TypeGeometry.
	Spatial Spatial
	// TypeVector.
	Dimensions uint32
}
