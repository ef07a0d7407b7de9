package values

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"unsafe"
)

// A Reader fills variables with values that a [Writer] has written.
type Reader struct {
	// Dynamic returns the run-time type of a type of the writer's.
	Dynamic func(i int) (reflect.Type, error)

	flats map[reflect.Type]bool
}

var errEnds = errors.New("its value ends early")

// Fill sets a variable, which must be addressable.
func (r *Reader) Fill(v reflect.Value, data []byte) (err error) {
	defer func() {
		if e := recover(); e != nil {
			err = fmt.Errorf("its value cannot be read: %v", e)
		}
	}()
	if len(data) < 4 {
		return errEnds
	}
	if hash(runtimeShape(nil, v.Type(), 0)) != binary.LittleEndian.Uint32(data) {
		return fmt.Errorf("%s lies in memory otherwise than its value", v.Type())
	}
	if r.flats == nil {
		r.flats = map[reflect.Type]bool{}
	}
	d := &reading{r, data[4:]}
	return d.fill(v.Type(), v.Addr().UnsafePointer())
}

// A reading is what has not been read yet of a value.
type reading struct {
	*Reader
	data []byte
}

func (d *reading) number() (int, error) {
	n, size := binary.Uvarint(d.data)
	if size <= 0 {
		return 0, errEnds
	}
	d.data = d.data[size:]
	return int(n), nil
}

// copy sets memory without pointers.
func (d *reading) copy(p unsafe.Pointer, size uintptr) error {
	if uintptr(len(d.data)) < size {
		return errEnds
	}
	copy(unsafe.Slice((*byte)(p), size), d.data)
	d.data = d.data[size:]
	return nil
}

func (d *reading) flat(t reflect.Type) bool {
	is, known := d.flats[t]
	if !known {
		is = flatAtRunTime(t)
		d.flats[t] = is
	}
	return is
}

func flatAtRunTime(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Array:
		return flatAtRunTime(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if !flatAtRunTime(t.Field(i).Type) {
				return false
			}
		}
		return true
	case reflect.Pointer, reflect.Slice, reflect.String, reflect.Map, reflect.Interface, reflect.Func, reflect.Chan, reflect.UnsafePointer:
		return false
	}
	return true
}

// fill sets a variable of a type that is zero.
func (d *reading) fill(t reflect.Type, p unsafe.Pointer) error {
	if d.flat(t) {
		return d.copy(p, t.Size())
	}
	switch t.Kind() {
	case reflect.Array:
		return d.list(t.Elem(), p, t.Len())
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			if err := d.fill(f.Type, unsafe.Add(p, f.Offset)); err != nil {
				return err
			}
		}
		return nil
	case reflect.Func, reflect.Chan, reflect.UnsafePointer:
		return nil
	}
	n, err := d.number()
	if err != nil {
		return err
	}
	if t.Kind() == reflect.String {
		if n < 0 || n > len(d.data) {
			return errEnds
		}
		*(*string)(p) = string(d.data[:n])
		d.data = d.data[n:]
		return nil
	}
	if n == 0 { // nil
		return nil
	}
	v := reflect.NewAt(t, p).Elem()
	if n == isCall && (t.Kind() == reflect.Pointer || t.Kind() == reflect.Interface) {
		made, err := d.call()
		if err == nil {
			v.Set(made.Convert(t))
		}
		return err
	}
	switch t.Kind() {
	case reflect.Pointer:
		to := reflect.New(t.Elem())
		v.Set(to.Convert(t))
		return d.fill(t.Elem(), to.UnsafePointer())
	case reflect.Slice:
		if n--; n > mostBytes {
			return errEnds
		}
		s := reflect.MakeSlice(t, n, n)
		v.Set(s)
		return d.list(t.Elem(), s.UnsafePointer(), n)
	case reflect.Map:
		return d.mapping(v, n-1)
	case reflect.Interface:
		dynamic, err := d.Dynamic(n - isThere)
		if err != nil {
			return err
		}
		x := reflect.New(dynamic)
		if err := d.fill(dynamic, x.UnsafePointer()); err != nil {
			return err
		}
		v.Set(x.Elem())
		return nil
	}
	return fmt.Errorf("a value of type %s", t)
}

func (d *reading) list(elem reflect.Type, p unsafe.Pointer, n int) error {
	if d.flat(elem) {
		return d.copy(p, uintptr(n)*elem.Size())
	}
	for i := range n {
		if err := d.fill(elem, unsafe.Add(p, uintptr(i)*elem.Size())); err != nil {
			return err
		}
	}
	return nil
}

func (d *reading) mapping(v reflect.Value, n int) error {
	t := v.Type()
	m := reflect.MakeMapWithSize(t, n)
	v.Set(m)
	for range n {
		key, elem := reflect.New(t.Key()), reflect.New(t.Elem())
		if err := d.fill(t.Key(), key.UnsafePointer()); err != nil {
			return err
		}
		if err := d.fill(t.Elem(), elem.UnsafePointer()); err != nil {
			return err
		}
		m.SetMapIndex(key.Elem(), elem.Elem())
	}
	return nil
}
