package main

import "log/slog"

func main() {
	slog.Info("m", "k") // want "missing a final value"
}
