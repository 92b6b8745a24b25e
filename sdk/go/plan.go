package tidegate

import "fmt"

// Decision is what is decided for all rows of an operation.
type Decision uint8

const (
	// Keep lets all rows pass, to the first route.
	Keep Decision = iota
	// Drop lets no row pass.
	Drop
	// Ask asks Rows.
	Ask
)

// Plan is what is decided for all rows of a table.
type Plan struct {
	Insert, Update, Delete Decision
	// The columns that Rows reads, by index. (What mapped columns are made of is added by MapColumn and AddColumn.)
	Needs []int
	// Whether Rows asks for commit times, server ids, transactions or GTIDs.
	Facts bool
	// Which rules decided, a sentence each, for `tidegate explain`.
	Because []string
	// Gives the verdicts for rows of an operation of which the plan says Ask.
	Rows func(rows *Rows) (*Answer, error)

	table *Table
	// The columns behind the filter; nil: unchanged.
	columns []outputColumn
	mapped  []func(*MapRows) (*Cells, error)
}

// outputColumn is a column behind the filter, and whence its values are.
type outputColumn struct {
	info ColumnInfo
	// Whether they are mapped, by the function with this index, or those of the column with this index.
	mapped bool
	index  int
}

// KeepAll returns the plan that lets all rows pass.
func KeepAll(table *Table) *Plan { return planOf(table, Keep, nil) }

// DropAll returns the plan that lets no row pass.
func DropAll(table *Table) *Plan { return planOf(table, Drop, nil) }

// PerRow returns the plan that asks rows about each.
func PerRow(table *Table, rows func(*Rows) (*Answer, error)) *Plan { return planOf(table, Ask, rows) }

func planOf(table *Table, decision Decision, rows func(*Rows) (*Answer, error)) *Plan {
	return &Plan{Insert: decision, Update: decision, Delete: decision, Rows: rows, table: table}
}

// Needing says which columns are read, by index.
func (p *Plan) Needing(columns ...int) *Plan {
	p.Needs = append(p.Needs, columns...)
	return p
}

// Saying says why, for `tidegate explain`.
func (p *Plan) Saying(reason string) *Plan {
	p.Because = append(p.Because, reason)
	return p
}

// MapColumn replaces the values of a column, by index. It is asked for one image of rows, before and after images alike, so
// that a mapped key stays consistent; an image that lacks the column is left as it is.
func (p *Plan) MapColumn(column int, values func(rows *MapRows, column *Column) (*Cells, error)) *Plan {
	return p.produce(column, func(rows *MapRows) (*Cells, error) {
		if read := rows.Column(column); read != nil {
			return values(rows, read)
		}
		return nil, nil
	})
}

// MapText is MapColumn with the values as text, for columns of text and JSON: value returns what a text becomes. NULLs stay.
func (p *Plan) MapText(column int, value func(text string) string) *Plan {
	return p.AppendText(column, func(to []byte, text string) []byte { return append(to, value(text)...) })
}

// AppendText is MapText without a string for each row: value appends what a text becomes to the column's bytes, and returns
// them.
func (p *Plan) AppendText(column int, value func(to []byte, text string) []byte) *Plan {
	return p.produce(column, func(rows *MapRows) (*Cells, error) {
		read, err := rows.Text(column)
		if read == nil || err != nil {
			return nil, err
		}
		return read.appended(rows.Len, value), nil
	})
}

// AddColumn adds a column behind the others, made of the columns that needs names. values returns nil if the image lacks
// what it is made of.
func (p *Plan) AddColumn(info ColumnInfo, needs []int, values func(rows *MapRows) (*Cells, error)) *Plan {
	p.all()
	p.columns = append(p.columns, outputColumn{info: info, mapped: true, index: len(p.mapped)})
	p.mapped = append(p.mapped, values)
	return p.Needing(needs...)
}

// RemoveColumn leaves a column out, by its index in the table.
func (p *Plan) RemoveColumn(column int) *Plan {
	p.all()
	name := p.table.Columns[column].Name
	for at, output := range p.columns {
		if output.info.Name == name {
			p.columns = append(p.columns[:at], p.columns[at+1:]...)
			break
		}
	}
	return p
}

func (p *Plan) produce(column int, values func(*MapRows) (*Cells, error)) *Plan {
	p.all()
	for at := range p.columns {
		output := &p.columns[at]
		if output.info.Name != p.table.Columns[column].Name {
			continue
		}
		if output.mapped {
			panic("column " + output.info.Name + " is mapped twice")
		}
		output.mapped, output.index = true, len(p.mapped)
	}
	p.mapped = append(p.mapped, values)
	return p.Needing(column)
}

// all begins with the table's own columns.
func (p *Plan) all() {
	if p.columns != nil {
		return
	}
	p.columns = make([]outputColumn, len(p.table.Columns))
	for index, info := range p.table.Columns {
		p.columns[index] = outputColumn{info: info, index: index}
	}
}

// Map returns the columns that the plan maps, in the order in which it was told of them; nil for one that the image lacks.
func (p *Plan) Map(rows *MapRows) ([]*Cells, error) {
	mapped := make([]*Cells, len(p.mapped))
	for index, values := range p.mapped {
		cells, err := values(rows)
		if err != nil {
			return nil, fmt.Errorf("column `%s`: %w", p.mappedName(index), err)
		}
		mapped[index] = cells
	}
	return mapped, nil
}

func (p *Plan) mappedName(index int) string {
	for _, output := range p.columns {
		if output.mapped && output.index == index {
			return output.info.Name
		}
	}
	return ""
}
