"""Measures gosched beside ipykernel, native Go and plain yaegi, in one run.

    go run ./internal/alltests -only setup     # once: makes .test/
    .test/venv/bin/python bench/bench.py       # everything, several minutes
    .test/venv/bin/python bench/bench.py --only kernel --runs 20
    .test/venv/bin/python bench/bench.py --only language --programs fib,pool

It prints two tables. "Kernel" is what a person waits for: medians of gosched
and of ipykernel over the same client. "Language" is how fast programs run:
each program of bench/testdata/ measures itself, natively compiled, in a
gosched cell, also without machine code (GOSCHED_JIT=off) and with its other engine, and
in plain yaegi v0.16.1 (bench/yaegi, a module of its own).
Runs of the competitors take turns, so that other load hits all of them alike.
The last column is what the project wants to reach, with a cross where the
median misses it.

The gosched that is measured is built from this tree, or named by --gosched.
Linux only: memory is read from /proc.
"""

import argparse
import contextlib
import json
import math
import os
import pathlib
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid

import zmq
from jupyter_client.session import Session

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent


class Kernel:
    """A kernel process and a client of it that waits as little as it can."""

    def __init__(self, argv, env=None):
        self.dir = tempfile.TemporaryDirectory()
        info = {"transport": "tcp", "ip": "127.0.0.1", "key": uuid.uuid4().hex, "signature_scheme": "hmac-sha256"}
        for name, port in zip(("shell", "iopub", "stdin", "control", "hb"), free_ports(5)):
            info[name + "_port"] = port
        file = os.path.join(self.dir.name, "connection.json")
        with open(file, "w") as f:
            json.dump(info, f)
        self.session = Session(key=info["key"].encode())
        self.context = zmq.Context()
        self.start = time.perf_counter()
        self.process = subprocess.Popen(
            [a.replace("{connection_file}", file) for a in argv],
            env={**os.environ, **(env or {})}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        self.shell = self.socket(zmq.DEALER, info["shell_port"])
        self.control = self.socket(zmq.DEALER, info["control_port"])
        self.iopub = self.socket(zmq.SUB, info["iopub_port"])
        self.poller = zmq.Poller()
        for s in (self.shell, self.iopub):
            self.poller.register(s, zmq.POLLIN)

    def socket(self, kind, port):
        s = self.context.socket(kind)
        s.linger = 0
        s.rcvhwm = 0
        s.reconnect_ivl = 1  # ms; libzmq's own 100 would be what is measured
        s.reconnect_ivl_max = 0
        if kind == zmq.SUB:
            s.subscribe(b"")
        s.connect("tcp://127.0.0.1:%d" % port)
        return s

    def send(self, msg_type, content, stream=None):
        return self.session.send(stream or self.shell, msg_type, content)["header"]["msg_id"]

    def request(self, msg_type, content, hook=None, timeout=120, idle=False):
        """Sends a request; returns the reply's content when reply and idle are
        there. With idle it takes idle for granted: the iopub socket of a young
        kernel may connect after what is published first."""
        msg_id = self.send(msg_type, content)
        reply = None
        deadline = time.monotonic() + timeout
        while reply is None or not idle:
            ready = dict(self.poller.poll(1000 * max(0, deadline - time.monotonic())))
            if not ready:
                raise TimeoutError("%s is not answered" % msg_type)
            for sock in ready:
                msg = self.receive(sock)
                if msg["parent_header"].get("msg_id") != msg_id:
                    continue
                if sock is self.shell:
                    reply = msg["content"]
                elif msg["msg_type"] == "status":
                    idle = idle or msg["content"]["execution_state"] == "idle"
                elif hook:
                    hook(msg)
        return reply

    def connect(self):
        """Waits until what the kernel publishes arrives."""
        while True:
            self.request("kernel_info_request", {}, idle=True)
            if self.iopub.poll(200):
                return

    def receive(self, sock):
        _, msg = self.session.feed_identities(sock.recv_multipart())
        return self.session.deserialize(msg)

    def execute(self, code, hook=None, timeout=120, idle=False):
        reply = self.request("execute_request", {
            "code": code, "silent": False, "store_history": True,
            "user_expressions": {}, "allow_stdin": False, "stop_on_error": True,
        }, hook, timeout, idle)
        if reply["status"] != "ok":
            raise RuntimeError("\n".join(reply.get("traceback", [str(reply)])) + "\nin\n" + code[:500])
        return reply

    def output(self, code, timeout=120):
        """The standard output of a cell."""
        parts = []
        self.execute(code, lambda m: parts.append(m["content"].get("text", "")) if m["msg_type"] == "stream" else None, timeout)
        return "".join(parts)

    def close(self):
        try:
            self.send("shutdown_request", {"restart": False}, self.control)
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.context.destroy(linger=0)
        self.dir.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def free_ports(n):
    """Ports that nobody has, and none of those that connections are given: a client that
    connects before the kernel listens could have the very port that it asks for."""
    with contextlib.ExitStack() as stack:
        ports = []
        while len(ports) < n:
            sock = stack.enter_context(socket.socket())
            port = random.randrange(10_000, 32_000)
            with contextlib.suppress(OSError):
                sock.bind(("127.0.0.1", port))
                ports.append(port)
        return ports


def family(pid):
    """A process and its descendants."""
    out = [pid]
    for task in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/children" % (pid, task)) as f:
            for child in f.read().split():
                out += family(int(child))
    return out


def memory(pid, field):
    """Memory of a process and its descendants in MB: "Pss" or "Rss"."""
    total = 0
    for p in family(pid):
        with open("/proc/%d/smaps_rollup" % p) as f:
            total += int(re.search(r"^%s:\s+(\d+)" % field, f.read(), re.M)[1])
    return total / 1024


# --- what a person waits for

LANGUAGES = {
    "go": {
        "first": "1 + 1",
        "trivial": "1",
        "lines": "for range %d { fmt.Println(time.Now().UnixNano()); time.Sleep(5 * time.Millisecond) }",
        "flood": "for i := range 100_000 { fmt.Println(\"line\", i) }",
    },
    "python": {
        "first": "1 + 1",
        "trivial": "1",
        "lines": "import time\nfor _ in range(%d): print(time.time_ns()); time.sleep(0.005)",
        "flood": "for i in range(100_000): print(\"line\", i)",
    },
}


def measure_start(argv, code, out):
    with Kernel(argv) as k:
        k.request("kernel_info_request", {}, idle=True)
        out["process start to kernel_info reply"].append(1000 * (time.perf_counter() - k.start))
        k.execute(code["first"], idle=True)
        out["process start to first cell done"].append(1000 * (time.perf_counter() - k.start))
        time.sleep(0.2)
        for field in "Pss", "Rss":
            out["memory after the first cell, " + field.upper()].append(memory(k.process.pid, field))


def measure_cells(k, code, runs, out):
    for _ in range(20):
        k.execute(code["trivial"])
    for _ in range(runs * 10):
        start = time.perf_counter()
        k.execute(code["trivial"])
        ran = time.perf_counter()
        k.request("kernel_info_request", {})
        told = time.perf_counter()
        out["trivial cell, request to idle"].append(1000 * (ran - start))
        out["kernel_info, request to idle"].append(1000 * (told - ran))


def measure_lines(k, code, runs, out):
    delays = []

    def hook(msg):
        if msg["msg_type"] == "stream":
            now = time.time_ns()
            delays.extend((now - int(line)) / 1e6 for line in msg["content"]["text"].split())

    k.execute(code["lines"] % (runs * 20), hook)
    out["printed line to client"] += delays
    out["printed line to client, p99"].append(statistics.quantiles(delays, n=100)[98])


def measure_flood(k, code, out):
    want = "".join("line %d\n" % i for i in range(100_000))
    parts = []
    start = time.perf_counter()
    k.execute(code["flood"], lambda m: parts.append(m["content"]["text"]) if m["msg_type"] == "stream" else None)
    out["100,000 printed lines to idle"].append(1000 * (time.perf_counter() - start))
    out["messages for these"].append(len(parts))
    if "".join(parts) != want:
        raise RuntimeError("lines were lost or mixed up")


KERNEL_ROWS = {  # name: unit, target
    "process start to kernel_info reply": ("ms", 40),
    "process start to first cell done": ("ms", 100),
    "kernel_info, request to idle": ("ms", None),  # what messages take where no cell is run
    "trivial cell, request to idle": ("ms", 0.6),
    "printed line to client": ("ms", 0.5),
    "printed line to client, p99": ("ms", 3),
    "100,000 printed lines to idle": ("ms", 250),
    "messages for these": ("", 2000),
    "memory after the first cell, PSS": ("MB", 60),
    "memory after the first cell, RSS": ("MB", None),
}


def kernel_table(gosched, runs):
    kernels = {
        "gosched": ([gosched, "kernel", "{connection_file}"], LANGUAGES["go"]),
        "ipykernel": ([sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"], LANGUAGES["python"]),
    }
    results = {name: {row: [] for row in KERNEL_ROWS} for name in kernels}
    for i in range(runs):
        progress("kernel start %d of %d" % (i + 1, runs))
        for name, (argv, code) in kernels.items():
            measure_start(argv, code, results[name])
    with contextlib.ExitStack() as stack:
        running = [(stack.enter_context(Kernel(argv)), code, results[name]) for name, (argv, code) in kernels.items()]
        for k, code, out in running:
            progress("cells")
            k.connect()
            measure_cells(k, code, runs, out)
        for k, code, out in running:
            progress("lines")
            measure_lines(k, code, runs, out)
        for _ in range(max(3, runs // 3)):
            progress("flood")
            for k, code, out in running:
                measure_flood(k, code, out)
    table = [["kernel (medians)", "gosched", "ipykernel", "ratio", "reach"]]
    for row, (unit, target) in KERNEL_ROWS.items():
        mine, other = (statistics.median(results[name][row]) for name in kernels)
        table.append([row, number(mine, unit), number(other, unit), ratio(mine, other), reach(mine, target, unit)])
    return table


# --- how fast programs run

class Times(float):
    """A target in native Go's time."""


PROGRAMS = {  # name: description, target: in ms, or how many times native
    "fib": ("fib(30)", Times(2.5)),
    "loop": ("empty loop of 3 million", Times(1.5)),
    "sieve": ("sieve of 1 million", Times(2)),
    "matrix": ("matrix product, 300 × 300", Times(2.5)),
    "mandelbrot": ("Mandelbrot, 400 × 300, complex128", Times(3)),
    "nbody": ("n-body, 20,000 steps", Times(3)),
    "spectral": ("spectral norm of 200", Times(3)),
    "quicksort": ("quicksort of 1 million ints", Times(3)),
    "words": ("a map of word counts", Times(5)),
    "text": ("strings and bytes built", Times(5)),
    "methods": ("methods of structs", Times(5)),
    "interfaces": ("1 million calls of interfaces", Times(5)),
    "closures": ("1 million calls of closures", Times(5)),
    "pingpong": ("ping-pong of 200,000 messages", 60),
    "select": ("100,000 values by select", None),
    "pool": ("pool of 8 workers, 100,000 jobs", 40),
    "goroutines": ("100,000 goroutines and a WaitGroup", 350),
    "mutex": ("1 million increments by 8 goroutines", 400),
    "parked": ("a parked goroutine, bytes", 10_000),
}


def measured(output):
    found = re.findall(r"^(?:ns|bytes) (\d+)$", output, re.M)
    if not found:
        raise RuntimeError("no measurement in %r" % output)
    return [int(n) for n in found]


def language_table(gosched, yaegi, runs, chosen):
    table = [["language (medians)", "native", "gosched", "without machine code", "its yaegi engine", "plain yaegi",
              "gosched/native", "without/native", "gosched/plain", "engine/plain", "reach"]]
    with tempfile.TemporaryDirectory() as build:
        for name in chosen:
            what, target = PROGRAMS[name]
            source = HERE / "testdata" / (name + ".go")
            native = os.path.join(build, name)
            subprocess.run(["go", "build", "-o", native, str(source)], check=True)
            times = {"native": [], "gosched": [], "closures": [], "engine": [], "yaegi": []}
            with Kernel([gosched, "kernel", "{connection_file}"], {"GOSCHED_JIT": "on"}) as k, \
                    Kernel([gosched, "kernel", "{connection_file}"], {"GOSCHED_JIT": "off"}) as closures, \
                    Kernel([gosched, "kernel", "--engine", "yaegi", "{connection_file}"]) as second:
                k.connect()
                closures.connect()
                second.connect()
                for i in range(runs):
                    progress("%s, %d of %d" % (name, i + 1, runs))
                    times["native"] += measured(subprocess.check_output([native], text=True))
                    times["gosched"] += measured(k.output(source.read_text() if i == 0 else "main()"))
                    times["closures"] += measured(closures.output(source.read_text() if i == 0 else "main()"))
                    if i < max(3, runs // 3):  # they take their time
                        times["engine"] += measured(second.output(source.read_text() if i == 0 else "main()"))
                        times["yaegi"] += plain(yaegi, source)
            unit, scale = ("B", 1) if name == "parked" else ("ms", 1e6)
            native, mine, closures, second, other = (statistics.median(t) / scale if t else math.nan for t in times.values())
            table.append([what, number(native, unit), number(mine, unit), number(closures, unit), number(second, unit), number(other, unit),
                          ratio(mine, native), ratio(closures, native), ratio(mine, other), ratio(second, other),
                          reach(mine / native, target, "×") if isinstance(target, Times) else reach(mine, target, unit)])
    return table


def plain(yaegi, source):
    """What plain yaegi measures, or nothing where it does not get through."""
    run = subprocess.run([yaegi, str(source), "1"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return measured(run.stdout) if run.returncode == 0 else []


def hundred_lines(n):
    """A cell of 100 lines that says something of everything, and runs nothing."""
    out = []
    for i in range(10):
        name = "job%d_%d" % (n, i)
        out += [
            "type %s struct { id int; tags []string }" % name,
            "func (j *%s) run(results chan<- string, limit int) error {" % name,
            "	for i := 0; i < limit; i++ {",
            "		if i > len(j.tags) { return fmt.Errorf(\"job %d: no tag %d\", j.id, i) }",
            "		select {",
            "		case results <- strings.ToUpper(j.tags[i]): j.id++",
            "		case <-time.After(time.Second):",
            "			return context.DeadlineExceeded",
            "		}",
            "	}; return nil }",
        ]
    return "\n".join(out)


IMPORTS = 'import ("context"; "fmt"; "strings"; "time")\n'


def session_table(gosched, yaegi, runs):
    table = [["session (medians)", "gosched", "beside", "ratio", "reach"]]
    with Kernel([gosched, "kernel", "{connection_file}"]) as k:
        k.connect()
        k.execute(IMPORTS)
        mine, other = [], []
        with tempfile.TemporaryDirectory() as dir:
            file = os.path.join(dir, "cell.go")
            for i in range(runs):
                progress("100-line cell %d of %d" % (i + 1, runs))
                code = hundred_lines(i)
                start = time.perf_counter()
                k.execute(code)
                mine.append(1000 * (time.perf_counter() - start))
                with open(file, "w") as f:
                    f.write("package main\n" + IMPORTS + code + "\nfunc main() {}\n")
                other += [n / 1e6 for n in measured(subprocess.check_output([yaegi, file, "0"], text=True))]
        a, b = statistics.median(mine), statistics.median(other)
        table.append(["a 100-line cell, request to idle (beside: yaegi's compiling alone)",
                      number(a, "ms"), number(b, "ms"), ratio(a, b), reach(a, 20, "ms")])
    with Kernel([gosched, "kernel", "{connection_file}"]) as k:
        k.connect()
        times = []
        for i in range(1, 1006):
            progress("cell %d of 1,000" % i)
            code = "v%d := %d\nfunc f%d() int { return v%d + 1 }\nfmt.Println(f%d())\nv%d" % (i, i, i, i, max(1, i - 1), i)
            start = time.perf_counter()
            k.execute(code)
            times.append(1000 * (time.perf_counter() - start))
        tenth, thousandth = statistics.median(times[5:15]), statistics.median(times[-10:])
        table.append(["the thousandth cell (beside: the tenth)", number(thousandth, "ms"), number(tenth, "ms"),
                      ratio(thousandth, tenth), reach(thousandth, 1.15 * tenth, "ms")])
    with Kernel([gosched, "kernel", "{connection_file}"]) as k:
        k.connect()
        k.execute("stop := make(chan bool)\nvar started sync.WaitGroup\nstarted.Add(100_000)\n"
                  "for range 100_000 { go func() { started.Done(); <-stop }() }\nstarted.Wait()")
        times = []
        for i in range(max(3, runs // 3)):
            progress("%%goroutines %d" % i)
            start = time.perf_counter()
            k.execute("%goroutines")
            times.append(1000 * (time.perf_counter() - start))
        a = statistics.median(times)
        table.append(["%goroutines with 100,000", number(a, "ms"), "", "", reach(a, 500, "ms")])
    return table


# --- printing

def number(value, unit):
    if math.isnan(value):
        return "–"
    if value >= 10_000 and unit == "ms":
        return "%.1f s" % (value / 1000)
    text = "%.0f" % value if value >= 100 or unit == "" else "%.1f" % value if value >= 10 else "%.2f" % value
    return (text + " " + unit).strip()


def ratio(a, b):
    return "%.2f" % (a / b) if b and not math.isnan(a / b) else ""


def reach(value, target, unit):
    if target is None:
        return ""
    return ("ok ≤ " if value <= target else "✗ > ") + number(target, unit)


def show(table):
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    for n, row in enumerate(table):
        print("| " + " | ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths))) + " |")
        if n == 0:
            print("| " + " | ".join("-" * w if i == 0 else "-" * (w - 1) + ":" for i, w in enumerate(widths)) + " |")
    print(flush=True)


def progress(what):
    if sys.stderr.isatty():
        print("\r\x1b[K%s " % what, end="", file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", default="kernel,language,session", help="tables, by default kernel,language,session")
    parser.add_argument("--programs", default=",".join(PROGRAMS), help="programs of the language table")
    parser.add_argument("--runs", type=int, default=10, help="runs of each")
    parser.add_argument("--gosched", help="the gosched to measure")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as build:
        gosched, yaegi = args.gosched, os.path.join(build, "yaegi")
        if gosched is None:
            gosched = os.path.join(build, "gosched")
            subprocess.run(["go", "build", "-o", gosched, "./cmd/gosched"], cwd=ROOT, check=True)
        tables = args.only.split(",")
        if "language" in tables or "session" in tables:
            subprocess.run(["go", "build", "-o", yaegi, "."], cwd=HERE / "yaegi", check=True)
        cores = os.cpu_count()
        print("%s, %d cores, load %.1f when this began; %d runs\n" % (
            time.strftime("%Y-%m-%d %H:%M"), cores, os.getloadavg()[0], args.runs), flush=True)
        if "kernel" in tables:
            show(kernel_table(gosched, args.runs))
        if "language" in tables:
            show(language_table(gosched, yaegi, args.runs, args.programs.split(",")))
        if "session" in tables:
            show(session_table(gosched, yaegi, args.runs))
    progress("")


if __name__ == "__main__":
    main()
