// Package tidegate is for filters of Tidegate that are written in Go.
//
// A filter is a package main that registers what makes it:
//
//	func init() {
//		tidegate.Export(tidegate.Manifest{
//			Name: "no-tests", Version: "1.0.0", Summary: "drops the orders of test accounts",
//			Settings: `{"type": "object", "additionalProperties": false, "required": ["prefix"],
//				"properties": {"prefix": {"type": "string"}}}`,
//		}, newFilter)
//	}
//
//	func main() {}
//
//	type settings struct {
//		Prefix string `json:"prefix"`
//	}
//
//	type noTests struct {
//		tidegate.Base
//		prefix string
//	}
//
//	func newFilter(settings settings) (tidegate.Filter, error) {
//		return noTests{prefix: settings.Prefix}, nil
//	}
//
//	func (f noTests) Decide(table *tidegate.Table) (*tidegate.Plan, error) {
//		account, ok := table.Index("account")
//		if !ok {
//			return tidegate.KeepAll(table), nil
//		}
//		return tidegate.PerRow(table, func(rows *tidegate.Rows) (*tidegate.Answer, error) {
//			return rows.Select(func(image tidegate.Image) (func(int) bool, error) {
//				accounts, err := rows.Text(image, account)
//				return func(row int) bool {
//					name, ok := accounts.Str(row)
//					return !ok || !strings.HasPrefix(name, f.prefix)
//				}, err
//			})
//		}).Needing(account), nil
//	}
//
// It is a pure function of its settings and its input: it remembers nothing between calls, and is asked by several
// instances and again after a crash. `tidegate plugin build` makes a component of it.
package tidegate
