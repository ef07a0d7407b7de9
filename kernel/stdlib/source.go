package stdlib

import (
	"bytes"
	"embed"
	"go/build"
	"go/build/constraint"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// ShadowPath is the import path of the source package that [Shadow] names
// functions of.
const ShadowPath = "github.com/gosched/gosched/kernel/stdlib/shadow"

// IsShadow reports whether a path is [ShadowPath] or that of a part of it.
func IsShadow(pkgPath string) bool {
	return pkgPath == ShadowPath || strings.HasPrefix(pkgPath, ShadowPath+"/")
}

// ShadowPackage returns the path of the part of [ShadowPath] that has a function:
// the files for one release after the other that share a name. Who needs a function
// does not need what the others import.
func ShadowPackage(name string) string {
	files := Sources(ShadowPath)
	for _, file := range slices.Sorted(maps.Keys(files)) {
		if bytes.Contains(files[file], []byte("\nfunc "+name+"[")) {
			return ShadowPath + "/" + shadowPart(file)
		}
	}
	return ShadowPath
}

func shadowPart(file string) string {
	name, _, _ := strings.Cut(strings.TrimSuffix(file, ".go"), "_")
	return name
}

// nativePath is the compiled package whose functions source packages call.
const nativePath = "github.com/gosched/gosched/kernel/stdlib/native"

//go:embed source shadow
var sourceFiles embed.FS

// Sources returns the files of a package that is run from source, by file
// name, or nil if it is not one: the generic packages of the standard library,
// [ShadowPath], and packages of modules that are generic or wait for
// goroutines.
func Sources(pkgPath string) map[string][]byte {
	dir := path.Join("source", pkgPath)
	part := ""
	if IsShadow(pkgPath) {
		dir, part = "shadow", strings.TrimPrefix(strings.TrimPrefix(pkgPath, ShadowPath), "/")
	}
	files := make(map[string][]byte)
	if entries, err := fs.ReadDir(sourceFiles, dir); err == nil {
		for _, e := range entries {
			if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") || part != "" && part != shadowPart(e.Name()) {
				continue
			}
			if data, err := sourceFiles.ReadFile(path.Join(dir, e.Name())); err == nil && forThisRelease(data) {
				files[e.Name()] = data
			}
		}
	} else {
		files = moduleFiles(pkgPath)
		delete(files, "goversion")
	}
	if len(files) == 0 {
		return nil
	}
	return files
}

// forThisRelease reports whether the build constraint of a source file, if it
// has one, holds for the Go release that the kernel is built with.
func forThisRelease(src []byte) bool {
	for line := range bytes.Lines(src) {
		if bytes.HasPrefix(line, []byte("package ")) {
			break
		}
		if text := strings.TrimSpace(string(line)); constraint.IsGoBuild(text) {
			expr, err := constraint.Parse(text)
			return err == nil && expr.Eval(func(tag string) bool { return slices.Contains(build.Default.ReleaseTags, tag) })
		}
	}
	return true
}

// displayName is what a source file is called in positions: as in Go's own
// tree, without what tells that it is generated and for which release.
func displayName(file string) string {
	name, isGo := strings.CutSuffix(strings.TrimPrefix(file, "zz_"), ".go")
	if i := strings.LastIndex(name, "_go1"); i >= 0 && isGo {
		name = name[:i]
	}
	if isGo {
		name += ".go"
	}
	return name
}

// moduleFiles returns what the archives have for a package of a module.
func moduleFiles(pkgPath string) map[string][]byte {
	files := make(map[string][]byte)
	for name, f := range entries() {
		rest, ok := strings.CutPrefix(name, sourceEntry)
		if !ok || path.Dir(rest) != pkgPath {
			continue
		}
		if data, err := readEntry(f); err == nil {
			files[path.Base(rest)] = data
		}
	}
	return files
}

// languageVersion returns the Go version in which the source of a package is
// written: for a module's what its go.mod says.
func languageVersion(pkgPath string) string {
	if v, ok := moduleFiles(pkgPath)["goversion"]; ok {
		return string(v)
	}
	return GoVersion
}

// Shadow returns the name of the generic function in [ShadowPath] that does
// what a generic function or method of a compiled package does, with the same
// type parameters and, for a method, the receiver as its first parameter; a
// generic method's type parameters come after those of its receiver. The
// full name is written as [go/types.Func.FullName] writes it for the generic
// function itself (its Origin): "sync.OnceValue",
// "(*sync/atomic.Pointer[T]).Load".
func Shadow(fullName string) (shadowFuncName string, ok bool) {
	name, ok := shadows[fullName]
	if !ok {
		name, ok = newShadows[fullName]
	}
	return name, ok
}

// shadows are those that every release needs; newShadows, by release, are those
// of the functions that the oldest one does not have.
var shadows = map[string]string{
	"(*database/sql.Null[T]).Scan":             "SQLNullScan",
	"(*sync/atomic.Pointer[T]).CompareAndSwap": "AtomicPointerCompareAndSwap",
	"(*sync/atomic.Pointer[T]).Load":           "AtomicPointerLoad",
	"(*sync/atomic.Pointer[T]).Store":          "AtomicPointerStore",
	"(*sync/atomic.Pointer[T]).Swap":           "AtomicPointerSwap",
	"(database/sql.Null[T]).Value":             "SQLNullValue",
	"(unique.Handle[T]).Value":                 "UniqueHandleValue",
	"(weak.Pointer[T]).Value":                  "WeakPointerValue",
	"crypto/hkdf.Expand":                       "HKDFExpand",
	"crypto/hkdf.Extract":                      "HKDFExtract",
	"crypto/hkdf.Key":                          "HKDFKey",
	"crypto/pbkdf2.Key":                        "PBKDF2Key",
	"errors.AsType":                            "AsType",
	"hash/maphash.Comparable":                  "HashComparable",
	"hash/maphash.WriteComparable":             "HashWriteComparable",
	"math/rand/v2.N":                           "RandN",
	"reflect.TypeAssert":                       "TypeAssert",
	"reflect.TypeFor":                          "TypeFor",
	"runtime.AddCleanup":                       "AddCleanup",
	"sync.OnceValue":                           "OnceValue",
	"sync.OnceValues":                          "OnceValues",
	"unique.Make":                              "UniqueMake",
	"weak.Make":                                "WeakMake",
}
