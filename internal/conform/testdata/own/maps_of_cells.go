// A small program of many parts: an inventory with events and reports.
package main

import (
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
	"text/tabwriter"
)

type SKU string

type Event interface{ apply(*Inventory) error }

type (
	Received struct {
		SKU SKU
		N   int
	}
	Sold struct {
		SKU SKU
		N   int
		At  Price
	}
	Renamed struct{ From, To SKU }
)

type Price float64

func (p Price) String() string { return fmt.Sprintf("$%.2f", float64(p)) }

type ErrStock struct {
	SKU  SKU
	Want int
	Have int
}

func (e *ErrStock) Error() string { return fmt.Sprintf("%s: want %d, have %d", e.SKU, e.Want, e.Have) }

var ErrUnknown = errors.New("unknown SKU")

type Inventory struct {
	stock   map[SKU]int
	revenue Price
	history []Event
	hooks   []func(Event)
}

func (r Received) apply(inv *Inventory) error { inv.stock[r.SKU] += r.N; return nil }
func (s Sold) apply(inv *Inventory) error {
	have, ok := inv.stock[s.SKU]
	if !ok {
		return fmt.Errorf("selling %s: %w", s.SKU, ErrUnknown)
	}
	if have < s.N {
		return &ErrStock{s.SKU, s.N, have}
	}
	inv.stock[s.SKU] -= s.N
	inv.revenue += s.At * Price(s.N)
	return nil
}
func (r *Renamed) apply(inv *Inventory) error {
	inv.stock[r.To] = inv.stock[r.From]
	delete(inv.stock, r.From)
	return nil
}

func NewInventory(hooks ...func(Event)) *Inventory {
	return &Inventory{stock: make(map[SKU]int), hooks: hooks}
}

func (inv *Inventory) Do(evs ...Event) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.Join(err, fmt.Errorf("panic: %v", r))
		}
	}()
	for _, ev := range evs {
		if e := ev.apply(inv); e != nil {
			err = errors.Join(err, e)
			continue
		}
		inv.history = append(inv.history, ev)
		for _, h := range inv.hooks {
			h(ev)
		}
	}
	return err
}

func (inv *Inventory) Report() {
	w := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', tabwriter.AlignRight|tabwriter.Debug)
	skus := make([]SKU, 0, len(inv.stock))
	for s := range inv.stock {
		skus = append(skus, s)
	}
	sort.Slice(skus, func(i, j int) bool { return skus[i] < skus[j] })
	for _, s := range skus {
		fmt.Fprintf(w, "%s\t%d\t%s\t\n", s, inv.stock[s], strings.Repeat("*", inv.stock[s]))
	}
	w.Flush()
	fmt.Println(inv.revenue, len(inv.history))
}

func main() {
	counts := map[string]int{}
	inv := NewInventory(func(e Event) { counts[fmt.Sprintf("%T", e)]++ })
	err := inv.Do(Received{"tea", 5}, Received{"jam", 2}, Sold{"tea", 3, 2.5}, Sold{"jam", 9, 1}, Sold{"pie", 1, 1}, &Renamed{"jam", "jelly"})
	fmt.Println(err)
	var es *ErrStock
	if errors.As(err, &es) {
		fmt.Println(es.SKU, es.Want-es.Have, errors.Is(err, ErrUnknown))
	}
	fmt.Println(inv.Do(nil))
	inv.Report()
	fmt.Println(counts)
	for _, ev := range inv.history {
		switch ev := ev.(type) {
		case Received:
			fmt.Print("+", ev.N, " ")
		case Sold:
			fmt.Print("-", ev.N, "@", ev.At, " ")
		case *Renamed:
			fmt.Printf("%+v ", *ev)
		}
	}
	fmt.Println()
}
