package tidegate

import (
	"errors"
	"unsafe"

	"github.com/tidegate/tidegate/sdk/go/internal/wit"
)

// setClock has the clock show when this call began, if the pipeline file grants it. It is put under the runtime by
// `tidegate plugin build`.
//
//go:wasmimport wasi_snapshot_preview1 tidegate_set_clock
func setClock()

// What the host offers. Each function writes its answer where the last parameter points to.

//go:wasmimport tidegate:plugin/row-set@0.1.0 describe
func rowSetDescribe(answer unsafe.Pointer)

//go:wasmimport tidegate:plugin/row-set@0.1.0 read
func rowSetRead(image, column uint32, answer unsafe.Pointer)

//go:wasmimport tidegate:plugin/row-set@0.1.0 text
func rowSetText(image, column uint32, answer unsafe.Pointer)

//go:wasmimport tidegate:plugin/row-set@0.1.0 commit-times
func rowSetCommitTimes(answer unsafe.Pointer)

//go:wasmimport tidegate:plugin/row-set@0.1.0 server-ids
func rowSetServerIDs(answer unsafe.Pointer)

//go:wasmimport tidegate:plugin/row-set@0.1.0 transactions
func rowSetTransactions(answer unsafe.Pointer)

//go:wasmimport tidegate:plugin/row-set@0.1.0 gtids
func rowSetGTIDs(answer unsafe.Pointer)

//go:wasmimport tidegate:plugin/row-image@0.1.0 read
func rowImageRead(column uint32, answer unsafe.Pointer)

//go:wasmimport tidegate:plugin/row-image@0.1.0 text
func rowImageText(column uint32, answer unsafe.Pointer)

//go:wasmimport tidegate:plugin/log@0.1.0 write
func logWrite(level, address, length uint32)

// given is where the host writes. It lies beside the stacks, which may move while the host asks for memory.
var given struct {
	table rawTable
	cells rawOptionalCells
	text  rawText
	list  wit.List
}

// rawText is optional cells, or an error's text if tag is 1.
type rawText struct {
	tag   uint8
	cells rawOptionalCells
}

func (r *rawText) lift() (*Cells, error) {
	if r.tag == 1 {
		return nil, errors.New(wit.LiftString(*(*wit.List)(unsafe.Pointer(&r.cells))))
	}
	return r.cells.lift(), nil
}

// describe asks for the table at hand.
func describe() (uint64, *Table) {
	rowSetDescribe(unsafe.Pointer(&given.table))
	return given.table.id, given.table.lift()
}

// fromRowSet supplies rows.
type fromRowSet struct{}

func (fromRowSet) read(image Image, column int) *Cells {
	rowSetRead(uint32(image), uint32(column), unsafe.Pointer(&given.cells))
	return given.cells.lift()
}

func (fromRowSet) text(image Image, column int) (*Cells, error) {
	rowSetText(uint32(image), uint32(column), unsafe.Pointer(&given.text))
	return given.text.lift()
}

func (fromRowSet) commitTimes() []int64 {
	rowSetCommitTimes(unsafe.Pointer(&given.list))
	return wit.Lift[int64](given.list)
}

func (fromRowSet) serverIDs() []uint32 {
	rowSetServerIDs(unsafe.Pointer(&given.list))
	return wit.Lift[uint32](given.list)
}

func (fromRowSet) transactions() []uint32 {
	rowSetTransactions(unsafe.Pointer(&given.list))
	return wit.Lift[uint32](given.list)
}

func (fromRowSet) gtids() []string {
	rowSetGTIDs(unsafe.Pointer(&given.list))
	return wit.LiftEach(given.list, liftString)
}

// fromRowImage supplies an image to be mapped; it knows nothing else.
type fromRowImage struct{ fromRowSet }

func (fromRowImage) read(_ Image, column int) *Cells {
	rowImageRead(uint32(column), unsafe.Pointer(&given.cells))
	return given.cells.lift()
}

func (fromRowImage) text(_ Image, column int) (*Cells, error) {
	rowImageText(uint32(column), unsafe.Pointer(&given.text))
	return given.text.lift()
}

func writeLine(level level, message string) {
	logWrite(uint32(level), uint32(uintptr(unsafe.Pointer(unsafe.StringData(message)))), uint32(len(message)))
}
