package stdlib

import _ "embed"

//go:embed data/types_darwin_amd64.zip
var platformTypesZip string
