//go:build go1.27

package stdlib

var newShadows = map[string]string{
	"(*math/rand/v2.Rand).N":                   "RandMethodN",
	"(hash/maphash.ComparableHasher[T]).Equal": "HasherEqual",
	"(hash/maphash.ComparableHasher[T]).Hash":  "HasherHash",
	"encoding/json/jsontext.AppendFormat":      "JSONAppendFormat",
	"encoding/json/jsontext.AppendQuote":       "JSONAppendQuote",
	"encoding/json/jsontext.AppendUnquote":     "JSONAppendUnquote",
	"encoding/json/v2.GetOption":               "JSONGetOption",
	"encoding/json/v2.MarshalFunc":             "JSONMarshalFunc",
	"encoding/json/v2.MarshalToFunc":           "JSONMarshalToFunc",
	"encoding/json/v2.UnmarshalFromFunc":       "JSONUnmarshalFromFunc",
	"encoding/json/v2.UnmarshalFunc":           "JSONUnmarshalFunc",
}
