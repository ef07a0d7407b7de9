// Package shadow has the bodies of the generic functions and methods that are
// inside packages which are otherwise bound as compiled code: one generic
// function for each, with the same signature, a method's receiver first. The
// interpreter runs them from source.
//
// What they do is written against the packages' public API or against package
// native. The layouts of generic types that they rely on are tested against
// the release in use.
package shadow
