// Command probe answers whatever the contract allows. What it answers depends on the number in the column `n`, a row's
// facts and names; the host's test says what is expected.
package main

import (
	"errors"
	"strconv"

	tidegate "github.com/tidegate/tidegate/sdk/go"
)

func init() {
	tidegate.Export(tidegate.Manifest{
		Name:       "probe",
		Version:    "0.1.0",
		Summary:    "answers whatever the contract allows",
		Settings:   `{"type": "object", "additionalProperties": false}`,
		Tables:     []string{"shop.*", "gone.*"},
		Columns:    []string{"n"},
		Operations: tidegate.Inserts | tidegate.Updates | tidegate.SchemaChanges,
	}, func(settings struct{}) (tidegate.Filter, error) { return probe{}, nil })
}

func main() {}

type probe struct{}

func (probe) Routes(source, current tidegate.TableName) (tidegate.Routes, error) {
	switch {
	case source.Schema == "gone":
		return tidegate.Routes{Nothing: true}, nil
	case source.Table == "":
		return tidegate.Routes{}, nil
	case source.Table == "wrong":
		return tidegate.Routes{}, errors.New("no name for " + source.String())
	}
	return tidegate.Routes{Names: []tidegate.TableName{{Schema: "a", Table: current.Table}, {Schema: "b", Table: current.Table}}}, nil
}

func (probe) Decide(table *tidegate.Table) (*tidegate.Plan, error) {
	number, _ := table.Index("n")
	secret, ok := table.Index("secret")
	if !ok {
		return nil, errors.New("no column `secret` in " + table.Source.String())
	}
	plan := tidegate.PerRow(table, func(rows *tidegate.Rows) (*tidegate.Answer, error) { return judge(rows, number) })
	plan.Needing(number).Saying("probed").Saying("twice").Facts = true
	text := tidegate.Kind{Type: tidegate.TypeVarchar, Charset: "latin1", Length: 20}
	plan.AddColumn(tidegate.ColumnInfo{Name: "text", Kind: text, Nullable: true}, nil, func(rows *tidegate.MapRows) (*tidegate.Cells, error) {
		numbers := rows.Column(number)
		if numbers == nil {
			return nil, nil
		}
		return tidegate.TextCells(rows.Len, func(row int) (string, bool) {
			value, ok := numbers.Int64(row)
			return "ä" + strconv.FormatInt(value, 10), ok
		}), nil
	})
	return plan.RemoveColumn(secret), nil
}

func judge(rows *tidegate.Rows, number int) (*tidegate.Answer, error) {
	times, ids := rows.CommitTimes(), rows.ServerIDs()
	transactions, gtids := rows.Transactions(), rows.GTIDs()
	failure := false
	answer, err := rows.Judge(func(image tidegate.Image) (func(int) tidegate.Verdict, error) {
		numbers, err := rows.Column(image, number)
		return func(row int) tidegate.Verdict {
			value, ok := numbers.Int64(row)
			switch {
			case !ok, ids[row] == 13, times[row] < 0, gtids[transactions[row]] != "":
				return tidegate.Dropped
			case value < 0:
				return rows.Refuse("below " + strconv.Itoa(0))
			case value == 0:
				return rows.Refuse("nothing")
			case value == 777:
				failure = true
			}
			return tidegate.Verdict(value % 2)
		}, err
	})
	if failure {
		return nil, errors.New("777 is too much")
	}
	return answer, err
}

func (probe) Judge(statement *tidegate.Statement) (tidegate.Judgement, error) {
	tidegate.Warnf("a statement: %s", statement.SQL)
	passes := make([]bool, len(statement.Elements))
	for index, element := range statement.Elements {
		if element.Event == "truncate table" {
			return tidegate.Judgement{}, errors.New(element.SQL + " at " + statement.Position + " of " + element.Current[0].String())
		}
		if element.Event == "drop table" {
			return tidegate.Judgement{Rewritten: statement.SQL + " /* äh */"}, nil
		}
		passes[index] = element.Event != "drop column" && (element.RenamedTo == nil || element.RenamedTo.Table != "bad")
	}
	return tidegate.Judgement{Elements: passes}, nil
}
