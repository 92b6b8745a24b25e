// Command stamp puts the time and a random number into the column `stamp`: what it knows is what the pipeline file grants.
package main

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"time"

	tidegate "github.com/tidegate/tidegate/sdk/go"
)

func init() {
	tidegate.Export(tidegate.Manifest{
		Name:     "stamp",
		Version:  "0.1.0",
		Summary:  "puts the time and a random number into the column `stamp`",
		Settings: `{"type": "object", "additionalProperties": false}`,
	}, func(struct{}) (tidegate.Filter, error) { return stamp{}, nil })
}

func main() {}

type stamp struct{ tidegate.Base }

func (stamp) Decide(table *tidegate.Table) (*tidegate.Plan, error) {
	plan := tidegate.KeepAll(table)
	if column, ok := table.Index("stamp"); ok {
		plan.MapText(column, made)
	}
	return plan, nil
}

func made(string) string {
	began := time.Now()
	var number [12]byte
	rand.Read(number[:])
	return fmt.Sprintf("%d %d %x", began.UnixMilli(), time.Since(began), binary.LittleEndian.Uint64(number[4:]))
}
