package soak

import (
	"crypto/sha1"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// The module in which the notebook lies, with a package of its own that is edited and
// a module of others, which %get fetches where it has not been fetched yet.
const (
	moduleText = "module soak.test\n\ngo 1.26.0\n\nrequire " + uuidModule + "\n"
	moduleSums = `github.com/google/uuid v1.6.0 h1:NIvaJDMOsjHA8n1jAhLSgzrAzy1Hgr+hNrb57e+94F0=
github.com/google/uuid v1.6.0/go.mod h1:TIyPZe4MgqvfeYDBFedMoGGpEw/LqOeaOT+nhxU+yHo=
`
	uuidModule = "github.com/google/uuid v1.6.0"
)

func writeModule(dir string) error {
	if err := os.Mkdir(filepath.Join(dir, "shop"), 0o777); err != nil {
		return err
	}
	for name, text := range map[string]string{"go.mod": moduleText, "go.sum": moduleSums} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			return err
		}
	}
	return writeShop(dir, shopText(0))
}

func writeShop(dir, text string) error {
	return os.WriteFile(filepath.Join(dir, "shop", "shop.go"), []byte(text), 0o666)
}

// shopText is the notebook's own package, whose goroutine says the price.
func shopText(price int) string {
	return fmt.Sprintf(`package shop

func Price() int {
	ch := make(chan int)
	go func() { ch <- %d }()
	return <-ch
}
`, price)
}

// ownPackage uses the package as it is, or as it has just been edited.
func ownPackage(m *model, r *rand.Rand) (step, bool) {
	s := step{source: "import \"soak.test/shop\"\nshop.Price()"}
	if r.IntN(3) == 0 {
		m.price = r.IntN(1000)
		s.shop = shopText(m.price)
	}
	s.want = ints("%d", m.price)
	return s, true
}

// module uses a module from the registry.
func module(_ *model, r *rand.Rand) (step, bool) {
	name := fmt.Sprint("learner ", r.IntN(1000))
	return step{
		source: fmt.Sprintf("%%get github.com/google/uuid@v1.6.0\nimport \"github.com/google/uuid\"\nfmt.Println(uuid.NewSHA1(uuid.Nil, []byte(%q)))", name),
		want:   want{contains: version5(name)},
	}, true
}

// version5 is the UUID of a name in the nil namespace (RFC 9562, section 5.5).
func version5(name string) string {
	h := sha1.New()
	h.Write(make([]byte, 16))
	h.Write([]byte(name))
	b := h.Sum(nil)[:16]
	b[6] = b[6]&0x0f | 0x50
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
