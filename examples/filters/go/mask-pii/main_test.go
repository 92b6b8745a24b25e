package main

import (
	"reflect"
	"strings"
	"testing"

	tidegate "github.com/tidegate/tidegate/sdk/go"
)

func TestTheFirstAndLastCharacterStay(t *testing.T) {
	for text, masked := range map[string]string{
		"": "", "ä": "ä", "ab": "ab", "ann@example": "a*********e", "日本語": "日*語",
		"(" + strings.Repeat("日", 200) + ")": "(" + strings.Repeat("*", 200) + ")",
	} {
		if got := string(appendMasked([]byte("before"), text)); got != "before"+masked {
			t.Errorf("%s becomes %s, not %s", text, got, masked)
		}
	}
}

func TestNullsStayNulls(t *testing.T) {
	table := tidegate.TestTable("shop.users",
		tidegate.ColumnInfo{Name: "id", Kind: tidegate.Kind{Type: tidegate.TypeYear}},
		tidegate.ColumnInfo{Name: "email", Kind: tidegate.Kind{Type: tidegate.TypeVarchar, Charset: "utf8mb4", Length: 20}},
	)
	filter, err := newFilter(settings{Columns: []string{"EMail", "phone"}})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := filter.Decide(table)
	if err != nil {
		t.Fatal(err)
	}
	ids := tidegate.UintCells(2, func(row int) (uint64, bool) { return uint64(row), true })
	texts := func(text string) *tidegate.Cells {
		return tidegate.TextCells(2, func(row int) (string, bool) { return text, row == 0 })
	}
	mapped, err := plan.Map(tidegate.TestMapRows(table, 2, []*tidegate.Cells{ids, texts("abc")}))
	if want := []*tidegate.Cells{texts("a*c")}; err != nil || !reflect.DeepEqual(mapped, want) {
		t.Errorf("%v (%v), not %v", mapped, err, want)
	}
}
