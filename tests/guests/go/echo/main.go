// Command echo maps every column of every table to itself: whole, or by decoding each value and encoding it again.
package main

import tidegate "github.com/tidegate/tidegate/sdk/go"

func init() {
	tidegate.Export(tidegate.Manifest{
		Name:    "echo",
		Version: "0.1.0",
		Summary: "maps every column to itself",
		Settings: `{
			"type": "object",
			"properties": {"through": {"enum": ["rows", "columns"]}},
			"required": ["through"],
			"additionalProperties": false
		}`,
	}, func(settings settings) (tidegate.Filter, error) { return echo{settings: settings}, nil })
}

func main() {}

type settings struct {
	Through string `json:"through"`
}

type echo struct {
	tidegate.Base
	settings
}

func (e echo) Decide(table *tidegate.Table) (*tidegate.Plan, error) {
	plan := tidegate.KeepAll(table)
	for index := range table.Columns {
		plan.MapColumn(index, e.cells)
	}
	return plan, nil
}

func (e echo) cells(rows *tidegate.MapRows, column *tidegate.Column) (*tidegate.Cells, error) {
	if e.Through == "columns" {
		return &column.Cells, nil
	}
	values := make([]tidegate.Value, rows.Len)
	for row := range values {
		values[row] = column.Value(row)
	}
	return tidegate.CellsOf(column.Kind, values)
}
