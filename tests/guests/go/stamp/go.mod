module github.com/tidegate/tidegate/tests/guests/go/stamp

go 1.25.0

require github.com/tidegate/tidegate/sdk/go v0.0.0

replace github.com/tidegate/tidegate/sdk/go => ../../../../sdk/go
