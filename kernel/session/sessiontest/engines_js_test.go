package sessiontest_test

// notHere is what cannot be done in WebAssembly, by the tests of the contract that
// fail there.
var notHere = map[string]string{
	"Contract13_InterruptNetwork":    "one of its cells runs a program",
	"Contract15_StateInCompiledCode": "what waits for the network waits for a channel, because the network is in memory; a program is run",
	"CommandsCell":                   "some of its cells are shell commands",
	"CommandsFiles":                  "the same",
	"CommandsShell":                  "there is no shell",
	"CommandsShellInterrupt":         "the same",
}
