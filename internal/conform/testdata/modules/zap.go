//gosched:get go.uber.org/zap@v1.28.0
package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

type user struct {
	name string
	age  int
}

func (u user) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	enc.AddString("name", u.name)
	enc.AddInt("age", u.age)
	return nil
}

func main() {
	cfg := zap.NewProductionEncoderConfig()
	cfg.TimeKey = ""
	core := zapcore.NewCore(zapcore.NewJSONEncoder(cfg), zapcore.Lock(os.Stdout), zap.InfoLevel)
	log := zap.New(core)
	defer log.Sync()
	log.Info("hello", zap.String("url", "http://x"), zap.Int("attempt", 3), zap.Duration("backoff", time.Second))
	log.Debug("not shown")
	log.Named("sub").With(zap.Object("user", user{"ann", 3})).Warn("object", zap.Error(errors.New("boom")))
	s := log.Sugar()
	s.Infow("sugar", "k", 1, "v", []string{"a", "b"})
	s.Errorf("printf %05d", 42)
	console := zap.New(zapcore.NewCore(zapcore.NewConsoleEncoder(cfg), zapcore.AddSync(os.Stdout), zap.DebugLevel))
	console.Debug("console", zap.Any("m", map[string]int{"x": 1}))
	obs, logs := observer.New(zap.InfoLevel)
	zap.New(obs).Info("observed", zap.Bool("b", true))
	fmt.Println(logs.Len(), logs.All()[0].Message, logs.All()[0].ContextMap())
	level, err := zapcore.ParseLevel("warn")
	fmt.Println(level, err)
}
