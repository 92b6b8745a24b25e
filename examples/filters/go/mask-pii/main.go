// Command mask-pii masks personal data: of each text in the named columns only the first and the last character stay.
package main

import (
	"unicode/utf8"

	tidegate "github.com/tidegate/tidegate/sdk/go"
)

func init() {
	tidegate.Export(tidegate.Manifest{
		Name:    "mask-pii",
		Version: "0.1.0",
		Summary: "masks texts in columns, but for the first and the last character",
		Settings: `{
			"type": "object",
			"properties": {
				"columns": {
					"description": "The columns to mask, by name, in every table that has them.",
					"type": "array",
					"items": {"type": "string"},
					"minItems": 1
				}
			},
			"required": ["columns"],
			"additionalProperties": false
		}`,
	}, newFilter)
}

func main() {}

// settings is what stands under `config`.
type settings struct {
	Columns []string `json:"columns"`
}

type maskPII struct {
	tidegate.Base
	columns []string
}

func newFilter(settings settings) (tidegate.Filter, error) {
	return maskPII{columns: settings.Columns}, nil
}

func (f maskPII) Decide(table *tidegate.Table) (*tidegate.Plan, error) {
	plan := tidegate.KeepAll(table)
	for _, name := range f.columns {
		if column, ok := table.Index(name); ok {
			plan.AppendText(column, appendMasked).Because = []string{"columns are masked"}
		}
	}
	return plan, nil
}

// stars are as many as most texts take.
const stars = "****************************************************************"

func appendMasked(to []byte, text string) []byte {
	hidden := utf8.RuneCountInString(text) - 2
	if hidden < 1 {
		return append(to, text...)
	}
	_, first := utf8.DecodeRuneInString(text)
	_, last := utf8.DecodeLastRuneInString(text)
	to = append(to, text[:first]...)
	for ; hidden > len(stars); hidden -= len(stars) {
		to = append(to, stars...)
	}
	to = append(to, stars[:hidden]...)
	return append(to, text[len(text)-last:]...)
}
