package registry

import (
	"net/rpc"
	"reflect"
	"sync"
	"unsafe"
	"weak"
)

// RPCRegister is s.RegisterName, or s.Register if name is "".
func (r *Registry) RPCRegister(o Owner, s *rpc.Server, name string, rcvr any) (err error) {
	service := name
	if service == "" && rcvr != nil {
		service = reflect.Indirect(reflect.ValueOf(rcvr)).Type().Name()
	}
	fresh := func() any {
		if name == "" {
			err = s.Register(rcvr)
		} else {
			err = s.RegisterName(name, rcvr)
		}
		return true
	}
	r.register(o, key{"RPC service", weak.Make(s), service}, fresh, func(any) any {
		forgetService(s, service)
		return fresh()
	})
	return err
}

// forgetService takes a service out of a server, which has no method for that.
// Where the server is not made as it is known to be, it keeps the service, and
// says so when it is registered again.
func forgetService(s *rpc.Server, name string) {
	f := reflect.ValueOf(s).Elem().FieldByName("serviceMap")
	if f.IsValid() && f.Type() == reflect.TypeFor[sync.Map]() {
		(*sync.Map)(unsafe.Pointer(f.UnsafeAddr())).Delete(name)
	}
}
