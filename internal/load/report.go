package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/gosched/gosched/internal/kernelproc"
)

// A report is how a round went. Times are in milliseconds, memory in bytes,
// CPU in processors.
type report struct {
	Learners int

	Open     distribution // from opening a notebook to having run an empty cell
	Cells    int
	First    distribution // from Run to the first output
	Late     distribution // of that, more than with one learner
	Together distribution // the same, when all press Run at the same moment
	Failures []string

	FreshMemory memoryReport // of each learner, before the first cell
	Memory      memoryReport // of each learner, while they work
	FreshCPU    float64      // of each learner, while nobody does anything
	IdleCPU     float64      // the same, after the notebooks
	Machine     float64      // busy processors while they work, of NumCPU
	NumCPU      int
}

// A distribution is of times in milliseconds.
type distribution struct {
	P50, P99, Max float64
	Count         int
}

func distributionOf(times []time.Duration) distribution {
	if len(times) == 0 {
		return distribution{}
	}
	slices.Sort(times)
	return distribution{
		P50:   milliseconds(quantile(times, 50)),
		P99:   milliseconds(quantile(times, 99)),
		Max:   milliseconds(times[len(times)-1]),
		Count: len(times),
	}
}

// quantile is the smallest of the sorted times that percent of them do not
// exceed.
func quantile(sorted []time.Duration, percent int) time.Duration {
	return sorted[max(0, (len(sorted)*percent+99)/100-1)]
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func (r *report) summarize(from *round, alone map[string]time.Duration) {
	r.NumCPU = runtime.NumCPU()
	r.Open = distributionOf(from.opened)
	r.Cells = len(from.samples)
	var first, late, together []time.Duration
	for _, s := range from.samples {
		if s.failure == "" && s.printed {
			first = append(first, s.first)
			late = append(late, max(0, s.first-alone[s.cell]))
		}
	}
	for _, s := range from.together {
		if s.failure == "" {
			together = append(together, s.first)
		}
	}
	r.First, r.Late, r.Together = distributionOf(first), distributionOf(late), distributionOf(together)
	r.Failures = from.failures
}

// A memoryReport is about the memory of learners, in bytes.
type memoryReport struct{ Mean, Max int64 }

type memoryTally struct{ sum, most, count int64 }

// add counts a learner who has a notebook open.
func (t *memoryTally) add(u kernelproc.Usage) {
	if u.Processes > 0 {
		t.sum += u.PSS
		t.most = max(t.most, u.PSS)
		t.count++
	}
}

func (t *memoryTally) report() memoryReport {
	return memoryReport{Mean: t.sum / max(1, t.count), Max: t.most}
}

// maxFailuresShown keeps a report readable.
const maxFailuresShown = 10

func (r report) print(out io.Writer) {
	const mb = 1e6
	fmt.Fprintf(out, "  opened %d notebooks: p50 %.0f ms, p99 %.0f ms\n", r.Open.Count, r.Open.P50, r.Open.P99)
	fmt.Fprintf(out, "  ran %d cells; from Run to the first output: p50 %.1f ms, p99 %.0f ms; later than alone: p50 %.1f ms, p99 %.0f ms\n",
		r.Cells, r.First.P50, r.First.P99, r.Late.P50, r.Late.P99)
	fmt.Fprintf(out, "  all pressing Run at once: p50 %.1f ms, p99 %.0f ms\n", r.Together.P50, r.Together.P99)
	fmt.Fprintf(out, "  memory of a learner: fresh %.1f MB, at work %.1f MB, at most %.1f MB\n",
		float64(r.FreshMemory.Mean)/mb, float64(r.Memory.Mean)/mb, float64(r.Memory.Max)/mb)
	fmt.Fprintf(out, "  processors: %.2f of %d busy at work; an idle learner %.4f fresh, %.4f after the notebooks\n",
		r.Machine, r.NumCPU, r.FreshCPU, r.IdleCPU)
	fmt.Fprintf(out, "  failures: %d\n", len(r.Failures))
	for i, f := range r.Failures {
		if i == maxFailuresShown {
			fmt.Fprintf(out, "    and %d more\n", len(r.Failures)-i)
			break
		}
		fmt.Fprintf(out, "    %s\n", f)
	}
}

func printTable(out io.Writer, reports []report) {
	fmt.Fprintln(out)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "learners\tMB each\tMB most\topen p99\tfirst p50\tfirst p99\tlate p50\tlate p99\tat once p50\tat once p99\tCPU\tfailures\t")
	for _, r := range reports {
		fmt.Fprintf(table, "%d\t%.1f\t%.1f\t%.0f\t%.1f\t%.0f\t%.1f\t%.0f\t%.1f\t%.0f\t%.2f\t%d\t\n",
			r.Learners, float64(r.Memory.Mean)/1e6, float64(r.Memory.Max)/1e6, r.Open.P99, r.First.P50, r.First.P99,
			r.Late.P50, r.Late.P99, r.Together.P50, r.Together.P99, r.Machine, len(r.Failures))
	}
	table.Flush()
	fmt.Fprintln(out, "times in ms; CPU is the number of busy processors, of the whole machine")
}

// machineCPU measures how many processors of the machine are busy.
type machineCPU struct {
	start time.Time
	busy  time.Duration
}

func newMachineCPU() machineCPU { return machineCPU{start: time.Now(), busy: busyTime()} }

func (m machineCPU) used() float64 {
	return (busyTime() - m.busy).Seconds() / time.Since(m.start).Seconds()
}

// busyTime is the time that processors were busy since the machine started,
// from the first line of /proc/stat, in which idle and iowait are the fourth
// and fifth number; see proc(5). It is 0 where there is none.
func busyTime() time.Duration {
	content, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(content), "\n")
	var ticks int
	for i, field := range strings.Fields(line) {
		if i == 0 || i == 4 || i == 5 || i > 8 { // guests' time is in the users'
			continue
		}
		n, _ := strconv.Atoi(field)
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}
