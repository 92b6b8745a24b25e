package tidegate

import (
	"errors"
	"unsafe"

	"github.com/tidegate/tidegate/sdk/go/internal/wit"
)

// What the host calls. Answers lie in `answer` until the next call; they are read at once.

// configured is the filter once `configure` was called.
var configured *running

// answer is where an answer lies whose place the host is told. Of a `result`, tag 1 is the error.
var answer struct {
	manifest struct {
		name, version, summary, settings, tables wit.List
		operations                               uint8
		columns                                  wit.List
	}
	nothing struct {
		tag   uint8
		error wit.List
	}
	routes struct {
		tag    uint8
		option rawVariant
	}
	plan struct {
		tag  uint8
		plan rawPlan
	}
	rows struct {
		tag  uint8
		rows rawAnswer
	}
	mapped struct {
		tag     uint8
		columns wit.List
	}
	judgement struct {
		tag     uint8
		variant rawVariant
	}
}

// rawVariant has a list in each case that has anything.
type rawVariant struct {
	tag  uint8
	list wit.List
}

type rawPlan struct {
	insert, update, delete uint8
	columns                rawVariant
	needs                  wit.List
	facts                  uint8
	because                wit.List
}

type rawOutput struct {
	column rawColumn
	mapped uint8
	index  uint32
}

type rawAnswer struct {
	tag           uint8
	first, second wit.List
	reasons       wit.List
}

// failed writes an error's text behind a tag: what follows the tag of a `result` begins after four bytes.
func failed(tag *uint8, err error) uint32 {
	*tag = 1
	place := unsafe.Pointer(tag)
	*(*wit.List)(unsafe.Add(place, 4)) = wit.LowerString(err.Error())
	return uint32(uintptr(place))
}

func succeeded(tag *uint8) uint32 {
	*tag = 0
	return uint32(uintptr(unsafe.Pointer(tag)))
}

// ready begins a call: it sets the clock and returns the filter.
func ready() (*running, error) {
	setClock()
	if configured == nil {
		return nil, errors.New("`configure` was not called")
	}
	return configured, nil
}

//go:wasmexport tidegate:plugin/filter@0.1.0#describe
func exportDescribe() uint32 {
	wit.Forget()
	manifest := exported.manifest
	if exported.build == nil {
		manifest.Summary = "calls tidegate.Export in no init function, so that it is no filter"
	}
	if manifest.Operations == 0 {
		manifest.Operations = everything
	}
	raw := &answer.manifest
	raw.name, raw.version = wit.LowerString(manifest.Name), wit.LowerString(manifest.Version)
	raw.summary, raw.settings = wit.LowerString(manifest.Summary), wit.LowerString(manifest.Settings)
	raw.tables = wit.LowerEach(manifest.Tables, wit.LowerString)
	raw.operations = uint8(manifest.Operations)
	raw.columns = wit.LowerEach(manifest.Columns, wit.LowerString)
	return uint32(uintptr(unsafe.Pointer(raw)))
}

//go:wasmexport tidegate:plugin/filter@0.1.0#configure
func exportConfigure(address, length uint32) uint32 {
	settings := wit.Lift[byte](wit.List{Address: address, Length: length})
	wit.Forget()
	setClock()
	running, err := start(settings)
	if err != nil {
		return failed(&answer.nothing.tag, err)
	}
	configured = running
	return succeeded(&answer.nothing.tag)
}

//go:wasmexport tidegate:plugin/filter@0.1.0#routes
func exportRoutes(a, b, c, d, e, f, g, h uint32) uint32 {
	source, current := nameOf(a, b, c, d), nameOf(e, f, g, h)
	wit.Forget()
	raw := &answer.routes
	running, err := ready()
	if err != nil {
		return failed(&raw.tag, err)
	}
	routes, err := asked(func() (Routes, error) { return running.filter.Routes(source, current) })
	if err != nil {
		return failed(&raw.tag, err)
	}
	raw.option = rawVariant{wit.Bool(!routes.Nothing), wit.LowerEach(routes.Names, lowerName)}
	return succeeded(&raw.tag)
}

func nameOf(a, b, c, d uint32) TableName {
	return rawName{wit.List{Address: a, Length: b}, wit.List{Address: c, Length: d}}.lift()
}

//go:wasmexport tidegate:plugin/filter@0.1.0#decide
func exportDecide(id uint64, a, b, c, d, e, f, g, h, columns, columnsLength, key, keyLength uint32) uint32 {
	table := rawTable{
		columns:    wit.List{Address: columns, Length: columnsLength},
		primaryKey: wit.List{Address: key, Length: keyLength},
	}
	described := table.lift()
	described.Source, described.Current = nameOf(a, b, c, d), nameOf(e, f, g, h)
	wit.Forget()
	raw := &answer.plan
	running, err := ready()
	if err != nil {
		return failed(&raw.tag, err)
	}
	plan, err := running.decide(id, described)
	if err != nil {
		return failed(&raw.tag, err)
	}
	raw.plan = rawPlan{
		insert: uint8(plan.Insert), update: uint8(plan.Update), delete: uint8(plan.Delete),
		columns: rawVariant{wit.Bool(plan.columns != nil), wit.LowerEach(plan.columns, lowerOutput)},
		needs:   wit.LowerEach(plan.Needs, func(column int) uint32 { return uint32(column) }),
		facts:   wit.Bool(plan.Facts),
		because: wit.LowerEach(plan.Because, wit.LowerString),
	}
	return succeeded(&raw.tag)
}

func lowerOutput(output outputColumn) rawOutput {
	return rawOutput{lowerColumn(output.info), wit.Bool(output.mapped), uint32(output.index)}
}

//go:wasmexport tidegate:plugin/filter@0.1.0#rows
func exportRows(_, _, _, _ uint32, id uint64, operation, count uint32) uint32 {
	wit.Forget()
	raw := &answer.rows
	answered, err := func() (*Answer, error) {
		plan, err := planOfRows(id)
		if err != nil {
			return nil, err
		}
		rows := &Rows{Table: plan.table, Operation: Operation(operation), Len: int(count), supply: fromRowSet{}}
		return judgeRows(plan, rows)
	}()
	if err != nil {
		return failed(&raw.tag, err)
	}
	raw.rows = rawAnswer{reasons: wit.LowerEach(answered.Reasons, wit.LowerString)}
	switch verdicts := answered.Verdicts.(type) {
	case NonePasses:
		raw.rows.tag = 1
	case Selection:
		raw.rows.tag, raw.rows.first = 2, wit.Lower(verdicts)
	case Changes:
		raw.rows.tag, raw.rows.first = 3, wit.Lower(verdicts)
	case Images:
		raw.rows.tag = 4
		raw.rows.first, raw.rows.second = wit.Lower(verdicts.Before), wit.Lower(verdicts.After)
	}
	return succeeded(&raw.tag)
}

// planOfRows returns what was decided for the table at hand.
func planOfRows(id uint64) (*Plan, error) {
	running, err := ready()
	if err != nil {
		return nil, err
	}
	return running.met(id, describe)
}

//go:wasmexport tidegate:plugin/filter@0.1.0#map-columns
func exportMapColumns(_, _, _, _ uint32, id uint64, _, count uint32) uint32 {
	wit.Forget()
	raw := &answer.mapped
	columns, err := func() ([]*Cells, error) {
		plan, err := planOfRows(id)
		if err != nil {
			return nil, err
		}
		rows := &MapRows{Table: plan.table, Len: int(count), supply: fromRowImage{}}
		return asked(func() ([]*Cells, error) { return plan.Map(rows) })
	}()
	if err != nil {
		return failed(&raw.tag, err)
	}
	raw.columns = wit.LowerEach(columns, lowerCells)
	return succeeded(&raw.tag)
}

//go:wasmexport tidegate:plugin/filter@0.1.0#judge
func exportJudge(sql, sqlLength, schema, schemaLength, elements, count, position, positionLength uint32) uint32 {
	statement := &Statement{
		SQL:           wit.LiftString(wit.List{Address: sql, Length: sqlLength}),
		DefaultSchema: wit.LiftString(wit.List{Address: schema, Length: schemaLength}),
		Elements:      wit.LiftEach(wit.List{Address: elements, Length: count}, (*rawElement).lift),
		Position:      wit.LiftString(wit.List{Address: position, Length: positionLength}),
	}
	wit.Forget()
	raw := &answer.judgement
	running, err := ready()
	if err != nil {
		return failed(&raw.tag, err)
	}
	judgement, err := asked(func() (Judgement, error) { return running.filter.Judge(statement) })
	if err != nil {
		return failed(&raw.tag, err)
	}
	if judgement.Rewritten != "" && judgement.Elements != nil {
		return failed(&raw.tag, errors.New("Judge both rewrites the statement and judges its elements"))
	}
	if judgement.Rewritten != "" {
		raw.variant = rawVariant{1, wit.LowerString(judgement.Rewritten)}
	} else {
		raw.variant = rawVariant{0, wit.Lower(judgement.Elements)}
	}
	return succeeded(&raw.tag)
}
