// Package soak uses one kernel for hours as a restless learner would: cells of all
// kinds, redefinitions, modules, interrupts, failures and the death of the worker, in
// an order that a seed decides. Beside it runs a model of what the session must hold,
// and every cell that reads something is compared with it. It also watches what a
// session costs as it gets older.
//
// It knows kernels by the wire and by what the system says of their processes, and
// nothing of how they run cells.
package soak
