package main

import "errors"

var errNoEngine = errors.New("this gosched was built without an engine to run cells")
