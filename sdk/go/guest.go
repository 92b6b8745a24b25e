package tidegate

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// tablesMax: more tables than this are not remembered.
const tablesMax = 10_000

// running is the filter with its settings, and what it decided for the tables that it met.
type running struct {
	filter Filter
	tables map[uint64]*Plan
}

// asked runs what an author wrote: a panic is an error that says where.
func asked[T any](ask func() (T, error)) (answer T, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("panic: %v\n%s", reason, debug.Stack())
		}
	}()
	return ask()
}

// start makes the filter.
func start(settings []byte) (*running, error) {
	if exported.build == nil {
		return nil, errors.New("the program is no filter: call tidegate.Export in an init function")
	}
	filter, err := asked(func() (Filter, error) { return exported.build(settings) })
	if err != nil {
		return nil, err
	}
	return &running{filter: filter, tables: map[uint64]*Plan{}}, nil
}

// decide decides for a table and remembers it.
func (r *running) decide(id uint64, table *Table) (*Plan, error) {
	plan, err := asked(func() (*Plan, error) { return r.filter.Decide(table) })
	if err != nil {
		return nil, err
	}
	if plan == nil {
		return nil, errors.New("Decide returned no plan")
	}
	if len(r.tables) >= tablesMax {
		clear(r.tables)
	}
	r.tables[id] = plan
	return plan, nil
}

// met returns what was decided for the table at hand; a new instance has met none yet, and asks describe for it.
func (r *running) met(id uint64, describe func() (uint64, *Table)) (*Plan, error) {
	if plan := r.tables[id]; plan != nil {
		return plan, nil
	}
	return r.decide(describe())
}

// judgeRows gives the verdicts for rows.
func judgeRows(plan *Plan, rows *Rows) (*Answer, error) {
	if plan.Rows == nil {
		return nil, errors.New("the plan asks for each row, and has no function Rows")
	}
	answer, err := asked(func() (*Answer, error) { return plan.Rows(rows) })
	if err == nil && (answer == nil || answer.Verdicts == nil) {
		err = errors.New("Rows returned no answer")
	}
	return answer, err
}
