package tidegate

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// Filter is what an author writes: a pure function of its settings and its input. Base has all but Decide.
type Filter interface {
	// Routes says which names the rows of a table, and its statements, may get; it is asked by name alone, for schemas
	// (with an empty Table) too. An error stops the pipeline.
	Routes(source, current TableName) (Routes, error)
	// Decide says what is decided for all rows of a table. An error says that the settings cannot work for it.
	Decide(table *Table) (*Plan, error)
	// Judge judges a schema change. An error stops the pipeline at its position.
	Judge(statement *Statement) (Judgement, error)
}

// Base is embedded in filters that keep the names of tables and let schema changes pass.
type Base struct{}

// Routes keeps the name.
func (Base) Routes(_, _ TableName) (Routes, error) { return Routes{}, nil }

// Judge lets everything pass.
func (Base) Judge(*Statement) (Judgement, error) { return Judgement{}, nil }

// Routes is what becomes of a table's name. The zero value keeps it.
type Routes struct {
	// Nothing of the table passes, which may depend on its source's name only; of a schema, nothing of any of its tables.
	Nothing bool
	// Every name that rows of the table may get: Verdict n leads to the n-th. Empty: it keeps its name.
	Names []TableName
}

// Statement is a schema change.
type Statement struct {
	// The text as the source ran it or a filter before rewrote it, without what was dropped.
	SQL string
	// The schema that unqualified names in it are of; empty if there was none.
	DefaultSchema string
	// Its parts that are judged by themselves.
	Elements []Element
	// Where it stands in the log.
	Position string
}

// Element is a part of a statement: a spec of an ALTER, a table of a DROP, a pair of a RENAME; the whole of every other.
type Element struct {
	// What it does, in the words of DM's binlog event filter, such as `drop table` or `add column`.
	Event string
	// The table that it is about, or the schema.
	Source TableName
	// What the filters before this one made of its name; several, if its rows may take several routes.
	Current []TableName
	// The new name, for a rename.
	RenamedTo *TableName
	// Its text.
	SQL string
}

// Judgement is the answer to a statement. The zero value lets all of it pass.
type Judgement struct {
	// Whether each element passes; empty: all do.
	Elements []bool
	// Another statement in the place of all of it, if not empty. Its names are the source's, and stand in the first one.
	Rewritten string
}

// Operations is what a filter wants to see; the rest passes by unchanged. Zero is everything.
type Operations uint8

// The operations, to be combined with |.
const (
	Inserts Operations = 1 << iota
	Updates
	Deletes
	SchemaChanges
)

const everything = Inserts | Updates | Deletes | SchemaChanges

// Manifest says what a filter is.
type Manifest struct {
	// What it is called in messages.
	Name string
	// Its own version.
	Version string
	// What it does, in a sentence.
	Summary string
	// The JSON Schema (draft 2020-12) of what stands under `config` in the pipeline file.
	Settings string
	// The source tables that it wants to see, as `schema.table` with `*` and `?`; empty: all.
	Tables []string
	// The columns, by name, that every such table must have.
	Columns []string
	// Which operations it wants to see; zero: all.
	Operations Operations
}

// exported is the filter that this program is.
var exported struct {
	manifest Manifest
	build    func(settings []byte) (Filter, error)
}

// Export makes this program a filter; it is called in an init function, once. build gets the settings, decoded from JSON;
// keys that S does not have are errors.
func Export[S any](manifest Manifest, build func(settings S) (Filter, error)) {
	if exported.build != nil {
		panic("tidegate.Export was called twice: a component is one filter")
	}
	exported.manifest = manifest
	exported.build = func(text []byte) (Filter, error) {
		var settings S
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&settings); err != nil {
			return nil, err
		}
		if _, err := decoder.Token(); err != io.EOF {
			return nil, errors.New("something stands behind the settings")
		}
		return build(settings)
	}
}
