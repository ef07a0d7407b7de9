//gosched:get github.com/shopspring/decimal@v1.6.0
package main

import (
	"encoding/json"
	"fmt"

	"github.com/shopspring/decimal"
)

func main() {
	price := decimal.RequireFromString("136.02")
	quantity := decimal.NewFromInt(3)
	fee, _ := decimal.NewFromString(".035")
	tax, _ := decimal.NewFromString(".08875")
	sub := price.Mul(quantity)
	pre := sub.Mul(fee.Add(decimal.NewFromFloat(1)))
	total := pre.Mul(tax.Add(decimal.NewFromFloat(1)))
	fmt.Println(sub, pre, total, total.Round(2), total.Sub(pre).Div(pre))
	fmt.Println(decimal.NewFromFloat(0.1).Add(decimal.NewFromFloat(0.2)).Equal(decimal.NewFromFloat(0.3)))
	fmt.Println(decimal.New(2, 0).Pow(decimal.New(64, 0)), decimal.NewFromInt(10).DivRound(decimal.NewFromInt(3), 20))
	b, err := json.Marshal(struct{ P decimal.Decimal }{total})
	fmt.Println(string(b), err)
	_, err = decimal.NewFromString("1.2.3")
	fmt.Println(err)
	fmt.Println(decimal.Sum(price, fee, tax), decimal.Max(fee, tax), price.Truncate(1), price.Neg().Abs(), price.StringFixedBank(1))
}
