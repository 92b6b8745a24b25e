// Command block-allow lets tables pass by their names: a block and allow list.
//
// A table of `do-tables` passes, also if `ignore-tables` names it; if there are any, other tables do not pass. A table of
// `ignore-tables` does not pass. Nor do the schemas of the server itself.
package main

import (
	"fmt"
	"slices"
	"strings"

	tidegate "github.com/tidegate/tidegate/sdk/go"
)

const rules = `{
	"type": "array",
	"items": {"type": "string", "pattern": "^[^.]+\\..+$"},
	"default": []
}`

func init() {
	tidegate.Export(tidegate.Manifest{
		Name:    "block-allow",
		Version: "0.1.0",
		Summary: "lets tables pass, or not, by their names",
		Settings: `{
			"$defs": {"rules": ` + rules + `},
			"type": "object",
			"properties": {
				"do-tables": {
					"description": "Tables that pass, as schema.table with * and ?.",
					"$ref": "#/$defs/rules"
				},
				"ignore-tables": {
					"description": "Tables that do not pass, as schema.table with * and ?.",
					"$ref": "#/$defs/rules"
				}
			},
			"additionalProperties": false
		}`,
	}, newFilter)
}

func main() {}

// settings is what stands under `config`.
type settings struct {
	DoTables     []string `json:"do-tables"`
	IgnoreTables []string `json:"ignore-tables"`
}

// pattern names tables, in lower case.
type pattern struct {
	schema, table string
}

type blockAllow struct {
	tidegate.Base
	allowed, blocked []pattern
}

func newFilter(settings settings) (tidegate.Filter, error) {
	allowed, err := patterns("do-tables", settings.DoTables)
	if err != nil {
		return nil, err
	}
	blocked, err := patterns("ignore-tables", settings.IgnoreTables)
	if err != nil {
		return nil, err
	}
	if allowed == nil && blocked == nil {
		return nil, fmt.Errorf("there is neither a rule in `do-tables` nor one in `ignore-tables`")
	}
	return blockAllow{allowed: allowed, blocked: blocked}, nil
}

func patterns(key string, rules []string) ([]pattern, error) {
	var patterns []pattern
	for index, rule := range rules {
		schema, table, ok := strings.Cut(strings.ToLower(rule), ".")
		if !ok || schema == "" || table == "" {
			return nil, fmt.Errorf("%s[%d]: `%s` is not `schema.table`", key, index, rule)
		}
		patterns = append(patterns, pattern{schema, table})
	}
	return patterns, nil
}

var serverSchemas = []string{
	"dm_heartbeat", "sys", "mysql", "information_schema", "inspection_schema", "performance_schema", "metrics_schema",
}

func (f blockAllow) Routes(source, _ tidegate.TableName) (tidegate.Routes, error) {
	return tidegate.Routes{Nothing: !f.passes(source)}, nil
}

func (f blockAllow) Decide(table *tidegate.Table) (*tidegate.Plan, error) {
	return tidegate.KeepAll(table).Saying("the block and allow list lets it pass"), nil
}

func (f blockAllow) passes(name tidegate.TableName) bool {
	schema, table := strings.ToLower(name.Schema), strings.ToLower(name.Table)
	if slices.Contains(serverSchemas, schema) {
		return false
	}
	if name.Table == "" {
		return f.passesSomeOf(schema)
	}
	names := func(p pattern) bool { return matches(p.schema, schema) && matches(p.table, table) }
	return slices.ContainsFunc(f.allowed, names) || f.allowed == nil && !slices.ContainsFunc(f.blocked, names)
}

// passesSomeOf tells whether a table of a schema may pass.
func (f blockAllow) passesSomeOf(schema string) bool {
	if f.allowed != nil {
		return slices.ContainsFunc(f.allowed, func(p pattern) bool { return matches(p.schema, schema) })
	}
	return !slices.ContainsFunc(f.blocked, func(p pattern) bool { return p.table == "*" && matches(p.schema, schema) })
}

// matches tells whether a name is what a pattern with * (any characters) and ? (one) says.
func matches(pattern, name string) bool {
	return matchRunes([]rune(pattern), []rune(name))
}

func matchRunes(pattern, name []rune) bool {
	// Where to go on behind the last `*`, which takes one character more each time.
	star, next := -1, 0
	at, in := 0, 0
	for in < len(name) {
		switch {
		case at < len(pattern) && pattern[at] == '*':
			star, next = at, in
			at++
		case at < len(pattern) && (pattern[at] == '?' || pattern[at] == name[in]):
			at++
			in++
		case star >= 0:
			next++
			at, in = star+1, next
		default:
			return false
		}
	}
	return strings.Trim(string(pattern[at:]), "*") == ""
}
