//gosched:get github.com/sirupsen/logrus@v1.10.2
package main

import (
	"errors"
	"os"

	"github.com/sirupsen/logrus"
)

type hook struct{}

func (hook) Levels() []logrus.Level { return []logrus.Level{logrus.WarnLevel} }

func (hook) Fire(e *logrus.Entry) error {
	e.Data["hooked"] = true
	return nil
}

func main() {
	log := logrus.New()
	log.SetOutput(os.Stdout)
	log.SetFormatter(&logrus.TextFormatter{DisableTimestamp: true})
	log.WithFields(logrus.Fields{"animal": "walrus", "size": 10}).Info("A group emerges")
	log.Debug("not shown")
	log.SetLevel(logrus.DebugLevel)
	log.Debug("shown")
	log.AddHook(hook{})
	log.WithError(errors.New("boom")).Warn("watch out")
	log.SetFormatter(&logrus.JSONFormatter{DisableTimestamp: true})
	log.WithField("n", 1.5).Error("as JSON")
	func() {
		defer func() {
			e := recover().(*logrus.Entry)
			log.Info("recovered ", e.Message)
		}()
		log.Panic("it panics")
	}()
	logrus.SetOutput(os.Stdout)
	logrus.SetFormatter(&logrus.TextFormatter{DisableTimestamp: true, DisableColors: true})
	logrus.Infof("standard %d", 1)
	log.Fatal("and that was it")
}
