package sched

import "github.com/gosched/gosched/kernel/sched/wait"

type Kind = wait.Kind

const (
	KindNone        = wait.None
	KindReceive     = wait.Receive
	KindReceiveNil  = wait.ReceiveNil
	KindSend        = wait.Send
	KindSendNil     = wait.SendNil
	KindSelect      = wait.Select
	KindSelectEmpty = wait.SelectEmpty
	KindMutex       = wait.Mutex
	KindRWLock      = wait.RWLock
	KindRLock       = wait.RLock
	KindWaitGroup   = wait.WaitGroup
	KindCond        = wait.Cond
	KindOnce        = wait.Once
	KindPipeRead    = wait.PipeRead
	KindPipeWrite   = wait.PipeWrite
	KindGoexit      = wait.Goexit
	KindSleep       = wait.Sleep
	KindInput       = wait.Input
	KindIO          = wait.IO
	KindNative      = wait.Native
)
