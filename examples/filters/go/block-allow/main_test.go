package main

import (
	"testing"

	tidegate "github.com/tidegate/tidegate/sdk/go"
)

func TestTablesPassByTheirNames(t *testing.T) {
	allow := settings{DoTables: []string{"shop.*", "crm.users_?"}, IgnoreTables: []string{"shop.tmp*"}}
	block := settings{IgnoreTables: []string{"shop.tmp*", "scratch.*"}}
	for _, test := range []struct {
		settings      settings
		schema, table string
		passes        bool
	}{
		{allow, "shop", "orders", true},
		{allow, "SHOP", "Orders", true},
		{allow, "shop", "tmp_1", true}, // do-tables wins
		{allow, "crm", "users_1", true},
		{allow, "crm", "users_12", false},
		{allow, "other", "t", false},
		{allow, "crm", "", true},
		{allow, "other", "", false},
		{block, "shop", "tmp_1", false},
		{block, "shop", "orders", true},
		{block, "shop", "", true},
		{block, "scratch", "", false},
		{block, "mysql", "user", false},
	} {
		filter, err := newFilter(test.settings)
		if err != nil {
			t.Fatal(err)
		}
		name := tidegate.TableName{Schema: test.schema, Table: test.table}
		routes, err := filter.Routes(name, name)
		if err != nil || routes.Nothing == test.passes || routes.Names != nil {
			t.Errorf("%s with %v: %v (%v)", name, test.settings, routes, err)
		}
	}
}

func TestSettingsWithoutSenseAreRefused(t *testing.T) {
	for _, settings := range []settings{{}, {DoTables: []string{"shop"}}, {IgnoreTables: []string{".t"}}} {
		if _, err := newFilter(settings); err == nil {
			t.Errorf("%v is taken", settings)
		}
	}
}

func TestWildcards(t *testing.T) {
	for _, test := range []struct {
		pattern, name string
		matches       bool
	}{
		{"*", "", true}, {"a*c*e", "abcde", true}, {"a*c", "abcb", false}, {"日?語", "日本語", true}, {"?", "", false},
		{"*ab", "aab", true}, {"a**", "a", true},
	} {
		if matches(test.pattern, test.name) != test.matches {
			t.Errorf("%s on %s is not %v", test.pattern, test.name, test.matches)
		}
	}
}
