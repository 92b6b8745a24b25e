package tidegate

import "fmt"

// Operation is what happened to rows.
type Operation uint8

// The operations.
const (
	Insert Operation = iota
	Update
	Delete
)

// Image is a state of rows.
type Image uint8

// The images: inserts have no Before, deletes no After.
const (
	Before Image = iota
	After
)

// Verdict is what becomes of a row or of one image of it. Verdict n leads to the route with the index n; Rows.Refuse makes
// those that refuse.
type Verdict uint32

const (
	// Pass lets it pass, to the first route.
	Pass Verdict = 0
	// Dropped lets it not pass.
	Dropped Verdict = 0xffff_ffff
	// refused, with a reason's index, refuses it.
	refused Verdict = 0x8000_0000
)

// supply is where values come from: the host, or a test.
type supply interface {
	read(image Image, column int) *Cells
	text(image Image, column int) (*Cells, error)
	commitTimes() []int64
	serverIDs() []uint32
	transactions() []uint32
	gtids() []string
}

// Rows are rows of one table and one operation.
type Rows struct {
	Table     *Table
	Operation Operation
	// How many there are: at least one.
	Len int

	supply  supply
	reasons []string
}

// MapRows is one image of rows, to be mapped: before and after images alike.
type MapRows struct {
	Table *Table
	// How many there are: at least one.
	Len int

	supply supply
}

// Images returns the images that the rows have.
func (r *Rows) Images() []Image {
	switch r.Operation {
	case Insert:
		return []Image{After}
	case Delete:
		return []Image{Before}
	}
	return []Image{Before, After}
}

// Column returns a column's values, without loss. It is an error if the image does not have it, which cannot be for a
// column that the plan needs.
func (r *Rows) Column(image Image, column int) (*Column, error) {
	return r.found(column, r.supply.read(image, column))
}

// Text returns a column's values as text. It is an error if there is none, or if its character set is not known.
func (r *Rows) Text(image Image, column int) (*Column, error) {
	cells, err := r.supply.text(image, column)
	if err != nil {
		return nil, err
	}
	return r.found(column, cells)
}

func (r *Rows) found(column int, cells *Cells) (*Column, error) {
	if cells == nil {
		return nil, fmt.Errorf("column %d is not in this image of the rows", column)
	}
	return columnOf(r.Table, column, cells), nil
}

func columnOf(table *Table, column int, cells *Cells) *Column {
	return &Column{Kind: table.Columns[column].Kind, Cells: *cells}
}

// CommitTimes returns when the source committed each row, in microseconds since 1970 UTC. The plan must say Facts.
func (r *Rows) CommitTimes() []int64 { return r.supply.commitTimes() }

// ServerIDs returns the id of the server on which each row was first committed. The plan must say Facts.
func (r *Rows) ServerIDs() []uint32 { return r.supply.serverIDs() }

// Transactions returns each row's transaction, as an index into GTIDs. The plan must say Facts.
func (r *Rows) Transactions() []uint32 { return r.supply.transactions() }

// GTIDs returns the transactions' GTIDs, as the server writes them; empty where there is none. The plan must say Facts.
func (r *Rows) GTIDs() []string { return r.supply.gtids() }

// Refuse returns the verdict that refuses a row for a reason.
func (r *Rows) Refuse(reason string) Verdict {
	for index, known := range r.reasons {
		if known == reason {
			return refused | Verdict(index)
		}
	}
	r.reasons = append(r.reasons, reason)
	return refused | Verdict(len(r.reasons)-1)
}

// Answer are the verdicts for rows.
type Answer struct {
	Verdicts Verdicts
	// Why rows are refused.
	Reasons []string
}

// Verdicts are AllPass, NonePasses, Selection, Changes or Images.
type Verdicts interface{ verdicts() }

// AllPass lets all pass, to the first route.
type AllPass struct{}

// NonePasses lets none pass.
type NonePasses struct{}

// Selection has a bit for each row, as Cells.Validity: 1 passes, to the first route.
type Selection []byte

// Changes has a verdict for each row.
type Changes []Verdict

// Images has, for updates, a verdict for each before image and for each after image. (In, out) becomes a DELETE, (out, in)
// an INSERT, two routes become DELETE and INSERT.
type Images struct {
	Before, After []Verdict
}

func (AllPass) verdicts()    {}
func (NonePasses) verdicts() {}
func (Selection) verdicts()  {}
func (Changes) verdicts()    {}
func (Images) verdicts()     {}

// Judge answers with a verdict for each image of each row: judge is asked for each image, and what it returns for each row.
func (r *Rows) Judge(judge func(image Image) (func(row int) Verdict, error)) (*Answer, error) {
	verdicts := func(image Image) ([]Verdict, error) {
		each, err := judge(image)
		if err != nil {
			return nil, err
		}
		verdicts := make([]Verdict, r.Len)
		for row := range verdicts {
			verdicts[row] = each(row)
		}
		return verdicts, nil
	}
	images := r.Images()
	first, err := verdicts(images[0])
	if err != nil {
		return nil, err
	}
	if len(images) == 1 {
		return r.Answer(Changes(first)), nil
	}
	second, err := verdicts(images[1])
	if err != nil {
		return nil, err
	}
	return r.Answer(Images{first, second}), nil
}

// Select is Judge of whether an image passes. Of an update whose before image passes and whose after image does not, a
// DELETE is left, and so on.
func (r *Rows) Select(judge func(image Image) (func(row int) bool, error)) (*Answer, error) {
	if r.Operation == Update {
		return r.Judge(func(image Image) (func(int) Verdict, error) {
			passes, err := judge(image)
			return func(row int) Verdict {
				if passes(row) {
					return Pass
				}
				return Dropped
			}, err
		})
	}
	passes, err := judge(r.Images()[0])
	if err != nil {
		return nil, err
	}
	bits := make(Selection, (r.Len+7)/8)
	for row := range r.Len {
		if passes(row) {
			bits[row/8] |= 1 << (row % 8)
		}
	}
	return r.Answer(bits), nil
}

// Answer answers with verdicts, and the reasons that Refuse was told.
func (r *Rows) Answer(verdicts Verdicts) *Answer {
	return &Answer{Verdicts: verdicts, Reasons: r.reasons}
}

// Column returns a column's values, without loss; nil if the image does not have it.
func (r *MapRows) Column(column int) *Column {
	if cells := r.supply.read(After, column); cells != nil {
		return columnOf(r.Table, column, cells)
	}
	return nil
}

// Text returns a column's values as text; nil if the image does not have it. It is an error if its character set is not
// known.
func (r *MapRows) Text(column int) (*Column, error) {
	cells, err := r.supply.text(After, column)
	if cells == nil || err != nil {
		return nil, err
	}
	return columnOf(r.Table, column, cells), nil
}
