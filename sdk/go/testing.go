package tidegate

import "strings"

// TestTable returns a table for a unit test, which needs no host: TestTable("shop.orders", ColumnInfo{Name: "id", …}). Its
// first column is its primary key.
func TestTable(name string, columns ...ColumnInfo) *Table {
	schema, table, _ := strings.Cut(name, ".")
	named := TableName{schema, table}
	return &Table{Source: named, Current: named, Columns: columns, PrimaryKey: []int{0}}
}

// TestFacts are what a unit test's rows know besides their columns.
type TestFacts struct {
	CommitTimes             []int64
	ServerIDs, Transactions []uint32
	GTIDs                   []string
}

// TestRows returns rows for a unit test with the given columns, in the order of the table's; inserts have no before, deletes
// no after.
func TestRows(table *Table, operation Operation, rows int, before, after []*Cells, facts TestFacts) *Rows {
	return &Rows{Table: table, Operation: operation, Len: rows, supply: made{before, after, facts}}
}

// TestMapRows returns an image to be mapped, for a unit test.
func TestMapRows(table *Table, rows int, columns []*Cells) *MapRows {
	return &MapRows{Table: table, Len: rows, supply: made{after: columns}}
}

// made are rows that a test made.
type made struct {
	before, after []*Cells
	facts         TestFacts
}

func (m made) read(image Image, column int) *Cells {
	columns := m.after
	if image == Before {
		columns = m.before
	}
	if column < len(columns) {
		return columns[column]
	}
	return nil
}

func (m made) text(image Image, column int) (*Cells, error) { return m.read(image, column), nil }
func (m made) commitTimes() []int64                         { return m.facts.CommitTimes }
func (m made) serverIDs() []uint32                          { return m.facts.ServerIDs }
func (m made) transactions() []uint32                       { return m.facts.Transactions }
func (m made) gtids() []string                              { return m.facts.GTIDs }
