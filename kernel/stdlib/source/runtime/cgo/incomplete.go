package cgo

// Incomplete is used specifically for the semantics of incomplete C types.
type Incomplete struct {
	_ struct{}
}
