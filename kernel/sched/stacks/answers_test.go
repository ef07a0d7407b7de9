package stacks

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"
)

// A handler of package net/http has somebody above it who answers its panics.
func TestAnswersPanics(t *testing.T) {
	if AnswersPanics("") {
		t.Error("nobody answers the panics of a test")
	}
	if func() bool { return AnswersPanics("tRunner") }() == false {
		t.Error("a function that was named is further up on the stack")
	}
	answers := make(chan bool, 1)
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		answers <- AnswersPanics("")
	}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.Start()
	defer srv.Close()
	res, err := http.Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if !<-answers {
		t.Error("package net/http answers the panics of handlers")
	}
}
