package tidegate

import (
	"math/big"
	"reflect"
	"strings"
	"testing"
)

func TestNullsHaveBitsOnlyWhereThereAreAny(t *testing.T) {
	texts := []string{"a", "", "bc"}
	cells := TextCells(3, func(row int) (string, bool) { return texts[row], row != 1 })
	want := &Cells{[]byte{0b101}, UTF8{Spans{[]uint32{0, 1, 1, 3}, []byte("abc")}}}
	if !reflect.DeepEqual(cells, want) {
		t.Errorf("%v is not %v", cells, want)
	}
	if cells := IntCells(9, func(row int) (int64, bool) { return int64(row), true }); cells.Validity != nil {
		t.Errorf("validity %v without NULLs", cells.Validity)
	}
	cells = UintCells(9, func(row int) (uint64, bool) { return uint64(row), row < 8 })
	if !reflect.DeepEqual(cells.Validity, []byte{0xff, 0}) {
		t.Errorf("validity %v", cells.Validity)
	}
}

func TestValuesComeBack(t *testing.T) {
	wide, err := ParseDecimal("-" + strings.Repeat("9", 35) + "." + strings.Repeat("9", 30))
	if err != nil {
		t.Fatal(err)
	}
	odd := Calendar{Year: 2024, Day: 31, Hour: 23, Minute: 59, Second: 58, Micros: 999_999}
	for _, column := range []struct {
		kind   Kind
		values []Value
	}{
		{Kind{Type: TypeInt, Bits: 64}, []Value{Int(-1 << 63), nil, Int(1<<63 - 1)}},
		{Kind{Type: TypeInt, Bits: 64, Unsigned: true}, []Value{Uint(1<<64 - 1), nil}},
		{Kind{Type: TypeDecimal, Precision: 18, Scale: 2}, []Value{widen(-1250, 2), nil}},
		{Kind{Type: TypeDecimal, Precision: 65, Scale: 30}, []Value{wide, nil}},
		{Kind{Type: TypeDouble}, []Value{Double(0.5), nil}},
		{Kind{Type: TypeDate}, []Value{Calendar{}, odd, nil}},
		{Kind{Type: TypeTime}, []Value{Time(-3_020_399_999_999), nil}},
		{Kind{Type: TypeVarchar}, []Value{Bytes("\xff\x00"), Bytes(""), nil}},
		{Kind{Type: TypeJSON}, []Value{Text("{}"), nil}},
	} {
		cells, err := CellsOf(column.kind, column.values)
		if err != nil {
			t.Fatal(err)
		}
		read := Column{column.kind, *cells}
		for row, want := range column.values {
			got := read.Value(row)
			if bytes, ok := want.(Bytes); ok && len(bytes) == 0 {
				if got, ok := got.(Bytes); !ok || len(got) != 0 {
					t.Errorf("row %d of %v is %v", row, column.kind, got)
				}
			} else if !reflect.DeepEqual(got, want) {
				t.Errorf("row %d of %v is %v, not %v", row, column.kind, got, want)
			}
		}
	}
}

func TestValuesOfAnotherTypeAreRefused(t *testing.T) {
	for _, column := range []struct {
		kind  Kind
		value Value
	}{
		{Kind{Type: TypeYear}, Int(2024)},
		{Kind{Type: TypeInt}, Text("1")},
		{Kind{Type: TypeDecimal, Precision: 65, Scale: 3}, Decimal{Scale: 2}},
		{Kind{Type: TypeDecimal, Precision: 18}, Decimal{Unscaled: [4]uint64{0, 1}}},
		{Kind{Type: TypeBlob}, Int(1)},
	} {
		_, err := CellsOf(column.kind, []Value{nil, column.value})
		if err == nil || !strings.Contains(err.Error(), "row 1") {
			t.Errorf("%v in %v: %v", column.value, column.kind, err)
		}
	}
}

func TestDecimalsPrintAsMySQLs(t *testing.T) {
	for text, unscaled := range map[string]int64{"-12.50": -1250, "0.05": 5, "-0.05": -5, "7": 7, "0.00": 0} {
		decimal, err := ParseDecimal(text)
		if err != nil || decimal.String() != text || decimal.Big().Cmp(big.NewInt(unscaled)) != 0 {
			t.Errorf("%s is %s (%v, %v)", text, decimal, decimal.Big(), err)
		}
	}
	for _, text := range []string{"", "x", "1.-2", "1_0", strings.Repeat("9", 80)} {
		if decimal, err := ParseDecimal(text); err == nil {
			t.Errorf("%q is %s", text, decimal)
		}
	}
}

func TestCalendarsComeBackAndSort(t *testing.T) {
	odd := Calendar{Year: 2024, Day: 31, Hour: 23, Minute: 59, Second: 58, Micros: 999_999}
	if back := UnpackCalendar(odd.Pack()); back != odd {
		t.Errorf("%v comes back as %v", odd, back)
	}
	if (Calendar{}).Pack() >= odd.Pack() || odd.Pack() >= (Calendar{Year: 9999, Month: 12, Day: 31}).Pack() {
		t.Error("packed numbers do not sort")
	}
}
