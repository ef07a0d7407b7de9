"""The contract through jupyter_client, as a notebook uses the kernel."""

import asyncio
import os
import re
import time

import pytest
from jupyter_client.manager import AsyncKernelManager

from notebook import KERNEL, PATIENCE, Notebook


@pytest.fixture
def nb():
    with Notebook() as notebook:
        yield notebook


# A goroutine that could always wake others: without it a cell that blocks for
# good is a deadlock, which is reported before a slow machine interrupts it.
NEVER_A_DEADLOCK = "go func() { for { time.Sleep(time.Hour) } }()"


# --- cells


def test_contract1_pasted_program(nb):
    cell = nb.ok('package main\n\nimport (\n\t"fmt"\n\t"os"\n)\n\nfunc main() {\n\tfmt.Println("from main")\n}')
    assert cell.text() == "from main\n"


def test_contract2_names_live_on(nb):
    nb.ok("x := 41\ntype T struct{ N int }\nfunc inc(n int) int { return n + 1 }")
    assert nb.ok("inc(x)").value == "42"
    nb.ok('x := "now text"')
    assert nb.ok("x").value == '"now text"'
    assert "{N:7}" in nb.ok("T{7}").value


def test_contract5_compile_errors_are_placed(nb):
    nb.ok("x := 1")
    text = nb.run('y := 2\ny = "text"\nundefinedName()').explanation()
    assert "cell 2" in text or "Cell 2" in text, text
    assert "undefined: undefinedName" in text and 'y = "text"' in text and "^" in text, text


def test_contract7_what_a_failed_cell_did_stays(nb):
    nb.run('a := 5\npanic("now")').explanation()
    assert nb.ok("a").value == "5"


def test_contract7_stop_on_error(nb):
    first = nb.start('time.Sleep(100 * time.Millisecond)\npanic("first")')
    second, third = nb.start("1"), nb.start("2")
    for cell in first, second, third:
        nb.wait(cell)
    assert first.status == "error"
    assert (second.status, third.status) == ("aborted", "aborted")
    assert nb.ok("3").value == "3"
    first = nb.start('time.Sleep(100 * time.Millisecond)\npanic("first")', stop_on_error=False)
    second = nb.start("4")
    assert nb.wait(second).value == "4"
    assert nb.wait(first).status == "error"


def test_contract8_input(nb):
    asked = []

    def answer(prompt):
        asked.append(prompt)
        return "Zoë 7"

    nb.answer = answer
    cell = nb.ok("var name string\nvar n int\nfmt.Print(\"who? \")\nfmt.Scan(&name, &n)\nfmt.Printf(\"%s %d\\n\", name, n)")
    assert cell.text().endswith("Zoë 7\n"), cell.text()
    assert len(asked) == 1, asked
    # As under "go run", Scan has taken the end of its line.
    line = nb.ok("line, err := bufio.NewReader(os.Stdin).ReadString('\\n')\nfmt.Printf(\"%q %v\\n\", line, err)")
    assert '"Zoë 7\\n" <nil>' in line.text()
    nb.answer = None
    assert "EOF" in nb.ok("_, err = fmt.Scan(&name)\nfmt.Println(err)").text()


@pytest.mark.parametrize("code, says", [
    ("os.Exit(3)", "exit status 3"),
    ('log.Fatal("no such planet")', "exit status 1"),
])
def test_contract8_exit_ends_the_cell(nb, code, says):
    nb.ok("kept := 1")
    cell = nb.run(code)
    assert says in cell.explanation()
    if "log" in code:
        assert "no such planet" in cell.text("stderr")
    assert nb.ok("kept").value == "1"


# --- goroutines


def test_contract9_a_session_of_four_cells(nb):
    nb.ok("jobs := make(chan int)\nctx, cancel := context.WithCancel(context.Background())\nvar wg sync.WaitGroup\n"
          "sum := 0\nwg.Add(1)\ngo func() {\n\tdefer wg.Done()\n\tfor {\n\t\tselect {\n\t\tcase j := <-jobs: sum += j\n"
          "\t\tcase <-ctx.Done(): return\n\t\t}\n\t}\n}()")
    nb.ok("for i := range 10 { jobs <- i }")
    nb.ok("cancel()")
    nb.ok("wg.Wait()")
    assert nb.ok("sum").value == "45"


def test_contract10_output_after_idle(nb):
    """A goroutine's line comes under its own cell, whatever runs by then."""
    first = nb.ok("go func() {\n\tfor i := range 5 { time.Sleep(100 * time.Millisecond); fmt.Println(\"tick\", i) }\n}()")
    assert "tick 4" not in first.text()
    second = nb.ok('time.Sleep(200 * time.Millisecond)\nfmt.Println("second")')
    nb.until(lambda: first.text().count("\n") >= 5, 10, "five ticks")
    assert first.text() == "".join("tick %d\n" % i for i in range(5))
    assert second.text() == "second\n"


def test_contract10_live_and_line_by_line(nb):
    cell = nb.ok("for i := range 10 { fmt.Println(i); time.Sleep(100 * time.Millisecond) }")
    assert cell.text() == "".join("%d\n" % i for i in range(10))
    streams = [t for m, t in zip(cell.outputs, cell.arrived) if m["msg_type"] == "stream"]
    assert len(streams) >= 8, "the lines came in %d messages" % len(streams)
    assert streams[-1] - streams[0] > 0.7, "the lines came all at once"


def test_contract10_forty_goroutines_of_three_cells(nb):
    """Every line arrives, whole, in order per goroutine, under its own cell."""
    lines = 60
    cells = []
    for c, count in ((1, 14), (2, 13), (3, 13)):
        cells.append((c, count, nb.ok(
            "for g := range %d {\n\tgo func() {\n\t\tfor i := range %d {\n\t\t\tfmt.Println(\"cell\", %d, \"goroutine\", g, \"line\", i)\n"
            "\t\t\ttime.Sleep(time.Duration(10+g) * time.Millisecond)\n\t\t}\n\t}()\n}" % (count, lines, c))))
    others = [nb.ok("for i := range 10 { fmt.Println(\"other\", i); time.Sleep(20 * time.Millisecond) }") for _ in range(3)]
    for c, count, cell in cells:
        nb.until(lambda: cell.text().count("\n") >= count * lines, 60, "the lines of cell %d" % c)
    nb.pump(0.3)  # nothing more may come
    for c, count, cell in cells:
        seen = {}
        for line in cell.text().splitlines():
            m = re.fullmatch(r"cell (\d+) goroutine (\d+) line (\d+)", line)
            assert m, "a torn line: %r" % line
            assert int(m[1]) == c
            seen.setdefault(int(m[2]), []).append(int(m[3]))
        assert seen == {g: list(range(lines)) for g in range(count)}
    for other in others:
        assert other.text() == "".join("other %d\n" % i for i in range(10))


def test_contract10_flood(nb):
    cell = nb.ok('for i := range 100_000 { fmt.Println("line", i) }')
    assert cell.text() == "".join("line %d\n" % i for i in range(100_000))
    assert len(cell.outputs) < 2000


def test_contract10_stderr_is_stderr(nb):
    cell = nb.ok('fmt.Println("out")\nfmt.Fprintln(os.Stderr, "err")\nprintln("built in")\nlog.Print("logged")')
    assert cell.text() == "out\n"
    assert "err\nbuilt in\n" in cell.text("stderr") and "logged\n" in cell.text("stderr")


def test_contract11_panic_names_cell_and_line(nb):
    text = nb.run("func deep(i int) int {\n\treturn []int{1}[i]\n}\ndeep(5)").explanation()
    assert "panic: runtime error: index out of range [5] with length 1" in text
    assert re.search(r"main\.deep.*\n.*cell 1 line 2", text), text


def test_contract11_panic_in_a_goroutine_of_the_running_cell(nb):
    cell = nb.run('go func() { panic("in the goroutine") }()\ntime.Sleep(10 * time.Second)', timeout=9)
    assert "in the goroutine" in cell.explanation()
    assert nb.ok("1").value == "1"


def test_contract11_panic_after_its_cell(nb):
    cell = nb.ok('go func() { time.Sleep(200 * time.Millisecond); panic("too late") }()\nlives := 1')
    nb.until(lambda: any("too late" in str(m["content"]) for m in cell.outputs), 10, "the panic's report")
    assert nb.ok("lives").value == "1"


DEADLOCKS = {
    "send": "c := make(chan int)\nc <- 1",
    "receive": "c := make(chan int)\n<-c",
    "select": "select {}",
    "wait group": "var wg sync.WaitGroup\nwg.Add(1)\nwg.Wait()",
    "lock": "var mu sync.Mutex\nmu.Lock()\nmu.Lock()",
    "range": "c := make(chan int)\nfor range c {\n}",
    "two": "a, b := make(chan int), make(chan int)\ngo func() { <-a; b <- 1 }()\n<-b",
}


@pytest.fixture(scope="module")
def shared():
    """A session that many small tests have in common."""
    with Notebook() as notebook:
        yield notebook


@pytest.mark.parametrize("name", DEADLOCKS)
def test_contract12_deadlock(shared, name):
    start = time.monotonic()
    cell = shared.run(DEADLOCKS[name])
    text = cell.explanation()
    assert text.count("all goroutines are asleep - deadlock!") == 1, text
    assert re.search(r"cell \d+", text), text
    assert cell.replied - start < 3
    assert shared.ok("1 + 1").value == "2"


def test_contract12_waiting_is_no_deadlock(nb):
    assert nb.ok("<-time.After(1500 * time.Millisecond)\n5").value == "5"
    assert nb.ok("ctx, cancel := context.WithTimeout(context.Background(), 1500*time.Millisecond)\n<-ctx.Done()\n6").value == "6"


INTERRUPTED = {
    "for {}": "for {}",
    "deep recursion": "func down(n int) int { if n == 0 { return 0 }; return down(n-1) + 1 }\nfor { down(10_000) }",
    "send": "c := make(chan int)\nc <- 1",
    "receive": "c := make(chan int)\n<-c",
    "select": "select {}",
    "sleep": "time.Sleep(time.Hour)",
    "wait group": "var wg sync.WaitGroup\nwg.Add(1)\nwg.Wait()",
    "lock": "var mu sync.Mutex\nmu.Lock()\nmu.Lock()",
    "cond": "cond := sync.NewCond(&sync.Mutex{})\ncond.L.Lock()\ncond.Wait()",
    "network": 'l, _ := net.Listen("tcp", "127.0.0.1:0")\nconn, _ := net.Dial("tcp", l.Addr().String())\n'
               "defer conn.Close()\nconn.Read(make([]byte, 1))",
    "accept": 'l, _ := net.Listen("tcp", "127.0.0.1:0")\ndefer l.Close()\nl.Accept()',
    "http": 'l, _ := net.Listen("tcp", "127.0.0.1:0")\ndefer l.Close()\nhttp.Get("http://" + l.Addr().String())',
    "input": None,
    "allocating": "for { _ = make([]byte, 1000) }",
    "function of an earlier cell": "endless()",
    "callback": "sort.Slice(make([]int, 10), func(i, j int) bool { for {} })",
    "children": "for range 100 { go func() { for { time.Sleep(time.Millisecond) } }() }\nselect {}",
    "printing": 'for { fmt.Println("on and on") }',
    "ticker": "for range time.Tick(time.Millisecond) {}",
}


@pytest.fixture(scope="module")
def interruptible():
    with Notebook() as notebook:
        notebook.ok(NEVER_A_DEADLOCK + "\nfunc endless() { for i := 0; ; i++ { counter = i } }\nvar counter int\n"
                    "counted := func() int { counter++; return counter }")
        yield notebook


@pytest.mark.parametrize("name", INTERRUPTED)
def test_contract13_interrupt(interruptible, name):
    """Within 100 ms. Other load on the machine may spoil a try, not five."""
    nb = interruptible
    taken = []
    while not taken or (min(taken) > 0.1 and len(taken) < 5):
        if name == "input":
            nb.answer = lambda prompt: None
            cell = nb.start('deferred := false\ndefer func() { deferred = true }()\nfmt.Println("begun")\nvar s string\nfmt.Scan(&s)')
        else:
            # A deferred call of the cell must run.
            cell = nb.start('deferred := false\ndefer func() { deferred = true }()\nfmt.Println("begun")\n' + INTERRUPTED[name])
        nb.until(lambda: "begun\n" in cell.text(), what="the cell's first line")
        nb.pump(0.1)
        start = time.monotonic()
        nb.interrupt()
        nb.wait(cell)
        nb.answer = None
        assert cell.reply["ename"] == "interrupted", cell.reply
        assert "Restarted" not in cell.explanation() and "restarted" not in cell.explanation()
        taken.append(cell.replied - start)
    assert min(taken) <= 0.1, "taken: %s" % taken
    assert max(taken) <= 3, "taken: %s" % taken
    if name in ("accept", "http") and "left behind" in cell.explanation():
        # What cannot be unwound is reported, with what it is doing.
        assert re.search(r"goroutine \d+ .*left behind.*: \S", cell.explanation()), cell.explanation()
    else:
        assert nb.ok("deferred").value == "true"
    before = int(nb.ok("counted()").value)
    assert int(nb.ok("counted()").value) == before + 1


def test_contract13_no_value_is_swallowed(nb):
    nb.ok(NEVER_A_DEADLOCK + "\nc := make(chan int)")
    cell = nb.start('fmt.Println("begun")\n<-c')
    nb.until(lambda: cell.text(), what="begun")
    nb.interrupt()
    assert nb.wait(cell).reply["ename"] == "interrupted"
    nb.ok("go func() { c <- 42 }()")
    assert nb.ok("<-c").value == "42"


# --- death of the worker


def test_contract14_kill_9(nb):
    nb.ok("x := 1")
    kernel, worker = nb.processes()
    cell = nb.start('fmt.Println("begun")\ntime.Sleep(time.Hour)')
    nb.until(lambda: cell.text(), what="begun")
    worker.kill()
    text = nb.wait(cell, 10).explanation()
    assert "killed" in text and "session was restarted" in text, text
    assert nb.ok("1 + 1").value == "2"
    assert "undefined: x" in nb.run("x").explanation()
    assert nb.processes()[0] == kernel and nb.processes()[1] != worker


def test_contract16_history_outlives_kill_9():
    marks = []
    for n in range(6):
        with Notebook() as nb:
            for k in range(3):
                marks.append("// kill %d %d" % (n, k))
                nb.ok(marks[-1])
            nb.processes()[0].kill()  # at once, with no word to the kernel
    with Notebook() as nb:
        request = {"hist_access_type": "search", "pattern": "// kill *", "output": False, "raw": True}
        assert [h[2] for h in nb.shell("history_request", request)["history"]] == marks


FATAL = {
    "concurrent map writes": (
        "m := map[int]int{}\nfor g := range 8 {\n\tgo func() { for i := 0; ; i++ { m[i%10] = g } }()\n}\ntime.Sleep(20 * time.Second)",
        "fatal error: concurrent map"),
    "endless recursion": ("func down(n int) int { return down(n+1) + 1 }\ndown(0)", "stack"),
    "unlock of an unlocked mutex": ("var mu sync.Mutex\nmu.Unlock()", "fatal error: sync: unlock of unlocked mutex"),
    "endless allocation": (
        "var all [][]byte\nfor { b := make([]byte, 1<<20); for i := 0; i < len(b); i += 4096 { b[i] = 1 }; all = append(all, b) }",
        "out of memory"),
    "endless map": ("m := map[int][]int{}\nfor i := 0; ; i++ { m[i] = make([]int, 100) }", "out of memory"),
    "endless append": ("func fill() {\n\tvar s []int\n\tfor { s = append(s, 1) }\n}\nfill()", "out of memory"),
    "endless goroutines": ("for {\n\tgo func() { select {} }()\n}", "out of memory"),
    "one block": ("a := make([]byte, 200<<20)\nb := make([]byte, 200<<20)", "out of memory"),
    "in a library": ('strings.Repeat("x", 1<<40)', "out of memory"),
}


@pytest.mark.parametrize("name", FATAL)
def test_contract14_fatal_errors(name):
    code, says = FATAL[name]
    with Notebook(env={**os.environ, "GOSCHED_MEMORY_LIMIT": "256MiB"}) as nb:
        nb.ok("x := 1")
        cell = nb.run(code)
        text = cell.explanation()
        assert says in text or says in cell.reply["evalue"], text
        assert "session was restarted" in text, text
        assert "github.com/gosched" not in text, text
        assert nb.ok("1 + 1").value == "2"
        if says == "out of memory":
            assert "256 MiB" in text and "GOSCHED_MEMORY_LIMIT" in text, text
            where = {"endless append": "main.fill(...)\n\tcell 2 line 3\n", "one block": "main(...)\n\tcell 2 line 2\n",
                     "endless map": "main(...)\n\tcell 2 line 2", "endless allocation": "main(...)\n\tcell 2 line 2",
                     "in a library": "goroutine of cell 2 [running]:\nstrings."}
            assert where.get(name, "cell 2") in text, text


def test_contract14_a_dead_session_ends_nobody_elses(nb):
    """Two notebooks: the death of one is not noticed in the other."""
    with Notebook() as other:
        other.ok("y := 2")
        assert "session was restarted" in nb.run("var mu sync.Mutex\nmu.Unlock()").explanation()
        assert other.ok("y").value == "2"


def test_contract15_goroutines_and_kill(nb):
    nb.ok("c := make(chan int)\ngo func() { c <- 1 }()\ngo func() { time.Sleep(time.Hour) }()")
    table = [m for m in nb.ok("%goroutines").outputs if m["msg_type"] == "display_data"]
    text = table[0]["content"]["data"]["text/plain"]
    assert "cell 1" in text or re.search(r"\b1\b", text), text
    assert "chan" in text and "sleep" in text, text
    assert "2" in nb.ok("%kill all").text()
    nb.ok("go func() { select {} }()")
    assert "1 goroutine" in nb.ok("%kill cell 4").text()


# --- the wire


def test_contract16_restart(nb):
    nb.ok("x := 1")
    nb.manager.restart_kernel()
    nb.client.wait_for_ready(timeout=PATIENCE)
    cell = nb.run("x")
    assert "undefined: x" in cell.explanation()
    assert cell.reply["execution_count"] == 1
    running = nb.start('fmt.Println("begun")\nfor {}')
    nb.until(lambda: running.text(), what="begun")
    nb.manager.restart_kernel()
    nb.client.wait_for_ready(timeout=PATIENCE)
    assert nb.ok("2").value == "2"


def test_contract16_shutdown_ends_the_processes(nb):
    kernel, worker = nb.processes()
    nb.start("for {}")
    nb.pump(0.2)
    nb.manager.shutdown_kernel()
    deadline = time.monotonic() + 5
    while worker.is_running() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not worker.is_running() and not kernel.is_running()


def test_contract16_subshell_wakes_a_waiting_cell(nb):
    nb.ok("c := make(chan string)\nshared := 1")
    subshell = nb.control("create_subshell_request")["subshell_id"]
    waiting = nb.start('fmt.Println("begun")\n<-c')
    nb.until(lambda: waiting.text(), what="begun")
    nb.pump(1.5)  # longer than a deadlock takes to be reported
    assert waiting.reply is None, waiting.reply
    sender = nb.wait(nb.start('shared++\nc <- "from the second console"', subshell=subshell))
    assert sender.status == "ok", sender.reply
    assert nb.wait(waiting).value == '"from the second console"'
    assert nb.ok("shared").value == "2"
    assert nb.control("list_subshell_request")["subshell_id"] == [subshell]
    assert nb.control("delete_subshell_request", {"subshell_id": subshell})["status"] == "ok"


def test_contract16_interrupt_of_a_subshell(nb):
    nb.ok(NEVER_A_DEADLOCK)
    subshell = nb.control("create_subshell_request")["subshell_id"]
    main = nb.start('fmt.Println("begun")\ntime.Sleep(2 * time.Second)\n7')
    second = nb.start('fmt.Println("begun")\nselect {}', subshell=subshell)
    nb.until(lambda: main.text() and second.text(), what="both")
    assert nb.control("interrupt_request", {"subshell_id": subshell})["status"] == "ok"
    assert nb.wait(second).reply["ename"] == "interrupted"
    assert nb.wait(main).value == "7"


def test_contract16_silent_and_expressions(nb):
    cell = nb.ok("x := 20", user_expressions={"double": "x * 2", "wrong": "nosuch"})
    expressions = cell.reply["user_expressions"]
    assert expressions["double"]["data"]["text/plain"] == "40"
    assert expressions["wrong"]["status"] == "error"
    silent = nb.ok("x", silent=True, store_history=False)
    assert silent.value is None
    assert nb.ok("x").reply["execution_count"] == 2


def test_contract16_asynchronous_client():
    async def main():
        manager = AsyncKernelManager(kernel_name=KERNEL)
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=PATIENCE)
            texts = []
            reply = await client.execute_interactive(
                'fmt.Println("hello")', timeout=PATIENCE,
                output_hook=lambda m: texts.append(m["content"].get("text", "")))
            assert reply["content"]["status"] == "ok"
            assert "hello\n" in texts
        finally:
            client.stop_channels()
            await manager.shutdown_kernel()

    asyncio.run(main())
