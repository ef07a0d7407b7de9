"""Jupyter's own kernel tests, whole."""

import jupyter_kernel_test

from notebook import KERNEL


class TestContract16_KernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = KERNEL
    language_name = "go"
    file_extension = ".go"
    code_hello_world = 'fmt.Println("hello, world")'
    code_stderr = 'fmt.Fprintln(os.Stderr, "oh")'
    completion_samples = [
        {"text": "fmt.Printl", "matches": {"Println"}},
        {"text": "strings.HasP", "matches": {"HasPrefix"}},
        {"text": "interfa", "matches": {"interface"}},
    ]
    complete_code_samples = [
        "1 + 1", 'fmt.Println("hello")', "x := 1\nx++", "func f() int {\n\treturn 1\n}", "%goroutines", "", "// nothing"]
    incomplete_code_samples = ["for {", "fmt.Println(", "func f() {\n\tx := `raw", "/* comment", "type T struct {\n\ta int"]
    invalid_code_samples = ["x := = 1", "func )", "for { ) }", 'fmt.Println("open']
    code_generate_error = 'panic("oh")'
    code_execute_result = [
        {"code": "1 + 2", "result": "3"},
        {"code": '"go" + "sched"', "result": '"gosched"'},
        {"code": "[]int{1, 2}", "result": "[1 2]"},
    ]
    code_display_data = [
        {"code": 'import "gosched/display"\ndisplay.HTML("<b>bold</b>")', "mime": "text/html"},
        {"code": "display.Table([]struct{ A, B int }{{1, 2}})", "mime": "text/html"},
        {"code": 'display.SVG(`<svg xmlns="http://www.w3.org/2000/svg"/>`)', "mime": "image/svg+xml"},
        {"code": 'display.Markdown("*x*")', "mime": "text/markdown"},
        {"code": "display.Image(image.NewRGBA(image.Rect(0, 0, 2, 2)))", "mime": "image/png"},
        {"code": 'display.Text("plain")', "mime": "text/plain"},
    ]
    code_history_pattern = "1 + 2"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "fmt.Println"
    code_clear_output = 'import "gosched/display"\ndisplay.Clear(false)'

    # Pages were how a kernel showed help; the protocol has deprecated them.
    test_pager = None


class TestContract16_Welcome(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = KERNEL
    support_iopub_welcome = True
