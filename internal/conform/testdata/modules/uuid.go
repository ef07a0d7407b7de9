//gosched:get github.com/google/uuid@v1.6.0
package main

import (
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
)

func main() {
	u := uuid.MustParse("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
	fmt.Println(u, u.Version(), u.Variant(), u.URN())
	fmt.Println(uuid.NewSHA1(uuid.NameSpaceDNS, []byte("go.dev")))
	fmt.Println(uuid.NewMD5(uuid.NameSpaceURL, []byte("https://go.dev")))
	_, err := uuid.Parse("not one")
	fmt.Println(err)
	b, err := json.Marshal(map[string]uuid.UUID{"id": u})
	fmt.Println(string(b), err)
	var back struct{ ID uuid.UUID }
	fmt.Println(json.Unmarshal([]byte(`{"id":"f47ac10b-58cc-0372-8567-0e02b2c3d479"}`), &back), back.ID, back.ID == u)
	v4, v7 := uuid.New(), uuid.Must(uuid.NewV7())
	fmt.Println(v4.Version(), v7.Version(), len(v4.String()), v4 != uuid.New())
}
