package shadow

import (
	"database/sql"
	"database/sql/driver"
	"reflect"
)

// SQLNullValue is (sql.Null[T]).Value.
func SQLNullValue[T any](n sql.Null[T]) (driver.Value, error) {
	if !n.Valid {
		return nil, nil
	}
	v := any(n.V)
	if valuer, ok := v.(driver.Valuer); ok {
		// A nil pointer whose method is declared on the value is NULL.
		rv := reflect.ValueOf(valuer)
		if rv.Kind() == reflect.Pointer && rv.IsNil() &&
			rv.Type().Elem().Implements(reflect.TypeOf((*driver.Valuer)(nil)).Elem()) {
			v = nil
		} else {
			val, err := valuer.Value()
			if err != nil {
				return val, err
			}
			v = val
		}
	}
	return driver.DefaultParameterConverter.ConvertValue(v)
}
