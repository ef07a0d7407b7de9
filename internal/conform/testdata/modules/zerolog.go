//gosched:get github.com/rs/zerolog@v1.35.1
package main

import (
	"errors"
	"os"
	"time"

	"github.com/rs/zerolog"
)

func main() {
	log := zerolog.New(os.Stdout).With().Str("app", "demo").Logger()
	log.Info().Int("n", 3).Dur("d", 1500*time.Millisecond).Bools("b", []bool{true, false}).Msg("hello")
	log.Error().Err(errors.New("boom")).Dict("d", zerolog.Dict().Str("k", "v")).Send()
	quiet := log.Level(zerolog.WarnLevel)
	quiet.Info().Msg("not shown")
	log.Warn().Interface("i", map[string]any{"x": []int{1, 2}}).Array("a", zerolog.Arr().Int(1).Str("two")).Msgf("%d%%", 50)
	sub := log.With().Str("component", "db").Logger()
	sub.Debug().Time("t", time.Unix(0, 0).UTC()).Float64("f", 0.25).Msg("sub")
	console := zerolog.New(zerolog.ConsoleWriter{Out: os.Stdout, NoColor: true, PartsExclude: []string{"time"}})
	console.Info().Str("foo", "bar").Msg("Hello World")
	func() {
		defer func() { log.Info().Interface("recovered", recover()).Send() }()
		log.Panic().Msg("panics")
	}()
}
