package tidegate

import (
	"reflect"
	"strings"
	"testing"
)

type settings struct {
	Prefix string `json:"prefix"`
}

type panics struct{ Base }

func (panics) Decide(table *Table) (*Plan, error) {
	return &Plan{Insert: Decision(len(table.Columns[7].Name))}, nil
}

func exportForTest[S any](t *testing.T, build func(S) (Filter, error)) {
	t.Helper()
	exported.build = nil
	t.Cleanup(func() { exported.build = nil })
	Export(Manifest{Name: "test"}, build)
}

func TestSettingsAreDecodedStrictly(t *testing.T) {
	exportForTest(t, func(settings settings) (Filter, error) { return panics{}, nil })
	if _, err := start([]byte(`{"prefix": "a"}`)); err != nil {
		t.Error(err)
	}
	for _, text := range []string{`{"prefx": "a"}`, `{"prefix": 7}`, `{} {}`, ``} {
		if _, err := start([]byte(text)); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

func TestPanicsAreErrorsThatSayWhere(t *testing.T) {
	exportForTest(t, func(settings struct{}) (Filter, error) { return panics{}, nil })
	running, err := start([]byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = running.decide(1, TestTable("a.b"))
	if err == nil || !strings.Contains(err.Error(), "index out of range") || !strings.Contains(err.Error(), "guest_test.go") {
		t.Errorf("the error is %v", err)
	}
}

type counts struct {
	Base
	asked *int
}

func (c counts) Decide(table *Table) (*Plan, error) {
	*c.asked++
	return KeepAll(table), nil
}

func TestTablesAreRememberedByTheirIds(t *testing.T) {
	asked := 0
	exportForTest(t, func(settings struct{}) (Filter, error) { return counts{asked: &asked}, nil })
	running, err := start([]byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []uint64{1, 2, 1, 2} {
		if _, err := running.met(id, func() (uint64, *Table) { return id, TestTable("a.b") }); err != nil {
			t.Fatal(err)
		}
	}
	if asked != 2 {
		t.Errorf("decided %d times for two tables", asked)
	}
	for id := range uint64(tablesMax) {
		if _, err := running.decide(id, TestTable("a.b")); err != nil {
			t.Fatal(err)
		}
	}
	if len(running.tables) > tablesMax {
		t.Errorf("%d tables are remembered", len(running.tables))
	}
}

func TestVerdictsPerImage(t *testing.T) {
	table := TestTable("a.b", ColumnInfo{Name: "n", Kind: Kind{Type: TypeInt, Bits: 64}})
	ints := func(values ...int64) []*Cells {
		return []*Cells{IntCells(len(values), func(row int) (int64, bool) { return values[row], true })}
	}
	small := func(rows *Rows) (*Answer, error) {
		return rows.Select(func(image Image) (func(int) bool, error) {
			column, err := rows.Column(image, 0)
			if err != nil {
				return nil, err
			}
			return func(row int) bool {
				number, _ := column.Int64(row)
				return number < 10
			}, nil
		})
	}
	for _, test := range []struct {
		rows *Rows
		want Verdicts
	}{
		{TestRows(table, Insert, 3, nil, ints(1, 20, 3), TestFacts{}), Selection{0b101}},
		{TestRows(table, Delete, 3, ints(10, 2, 3), nil, TestFacts{}), Selection{0b110}},
		{
			TestRows(table, Update, 2, ints(1, 20), ints(30, 4), TestFacts{}),
			Images{[]Verdict{Pass, Dropped}, []Verdict{Dropped, Pass}},
		},
	} {
		answer, err := small(test.rows)
		if err != nil || !reflect.DeepEqual(answer.Verdicts, test.want) {
			t.Errorf("%v (%v), not %v", answer, err, test.want)
		}
	}
	rows := TestRows(table, Insert, 3, nil, ints(1, 2, 3), TestFacts{})
	first, second := rows.Refuse("a"), rows.Refuse("b")
	answer := rows.Answer(Changes{first, second, rows.Refuse("a")})
	want := &Answer{Changes{0x8000_0000, 0x8000_0001, 0x8000_0000}, []string{"a", "b"}}
	if !reflect.DeepEqual(answer, want) {
		t.Errorf("%v, not %v", answer, want)
	}
}

func TestColumnsBehindTheFilter(t *testing.T) {
	table := TestTable("a.b", ColumnInfo{Name: "x"}, ColumnInfo{Name: "y"}, ColumnInfo{Name: "z"})
	same := func(_ *MapRows, column *Column) (*Cells, error) { return &column.Cells, nil }
	added := func(*MapRows) (*Cells, error) { return nil, nil }
	plan := KeepAll(table).MapColumn(2, same).RemoveColumn(1).AddColumn(ColumnInfo{Name: "w"}, []int{0}, added)
	want := []outputColumn{
		{table.Columns[0], false, 0}, {table.Columns[2], true, 0}, {ColumnInfo{Name: "w"}, true, 1},
	}
	if !reflect.DeepEqual(plan.columns, want) || !reflect.DeepEqual(plan.Needs, []int{2, 0}) {
		t.Errorf("%v needing %v, not %v", plan.columns, plan.Needs, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("a column is mapped twice")
		}
	}()
	plan.MapColumn(2, same)
}

func TestMappedTextsKeepTheirNulls(t *testing.T) {
	table := TestTable("s.t", ColumnInfo{Name: "v", Kind: Kind{Type: TypeVarchar, Charset: "utf8mb4", Length: 9}})
	texts := func(suffix string) []*Cells {
		return []*Cells{TextCells(3, func(row int) (string, bool) { return []string{"a", "", ""}[row] + suffix, row != 1 })}
	}
	for name, plan := range map[string]*Plan{
		"MapText":    KeepAll(table).MapText(0, func(text string) string { return text + "!" }),
		"AppendText": KeepAll(table).AppendText(0, func(to []byte, text string) []byte { return append(append(to, text...), '!') }),
	} {
		mapped, err := plan.Map(TestMapRows(table, 3, texts("")))
		if want := texts("!"); err != nil || !reflect.DeepEqual(mapped, want) {
			t.Errorf("%s: %v (%v), not %v", name, mapped, err, want)
		}
	}
}
