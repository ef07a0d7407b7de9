//go:build go1.27

package stdlib

// newInstances are more like [instances], of what the oldest release does not
// have.
var newInstances = []string{`package instances

import (
	"io"

	shadow "` + ShadowPath + `"
)

var _ = []any{
	shadow.HasherEqual[pair], shadow.HasherHash[string], shadow.RandMethodN[uint8],
	shadow.JSONAppendFormat[string], shadow.JSONAppendQuote[[]byte], shadow.JSONAppendUnquote[string],
	shadow.JSONGetOption[bool], shadow.JSONMarshalFunc[pair], shadow.JSONMarshalToFunc[*pair],
	shadow.JSONUnmarshalFunc[*pair], shadow.JSONUnmarshalFromFunc[io.Reader],
}
`}
