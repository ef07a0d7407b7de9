"""Writes nbformat.ipynb with Python's nbformat: the bytes to reproduce."""
import nbformat
from nbformat import v4

code = v4.new_code_cell(
    'fmt.Println("<ä & \u2028>")\r\nx := 1\n\n\tx\fy\x85z \x7f \x0b\\u2028',
    id="code-1", execution_count=3, metadata={"tags": ["raises-exception"], "collapsed": False, "n": 1.50, "big": 12345678901234567890},
    outputs=[
        v4.new_output("stream", name="stdout", text="a\nb\n"),
        v4.new_output("stream", name="stderr", text=""),
        v4.new_output("display_data", data={
            "text/plain": "one\ntwo", "image/png": "aGk=\n", "image/svg+xml": "<svg>\n</svg>",
            "application/json": {"b": [1, 2.0, None], "a": {}}, "application/x.y+json": ["a\n", "b"], "application/javascript": "a;\nb;",
        }, metadata={"image/png": {"width": 3}}),
        v4.new_output("execute_result", data={"text/plain": "42"}, execution_count=3),
        v4.new_output("error", ename="panic", evalue="bo\bom\x01", traceback=["\x1b[31mpanic\x1b[0m: boom\n", "  at cell 1"]),
    ])
markdown = v4.new_markdown_cell("# Title\n\ntext 𝄞 \ufffd", id="Md_2", attachments={"a.svg": {"image/svg+xml": "<svg>\n</svg>"}})
empty = v4.new_code_cell("", id="empty", metadata={})
raw = v4.new_raw_cell("raw", id="raw")
nb = v4.new_notebook(cells=[code, markdown, empty, raw], metadata={
    "kernelspec": {"name": "gosched", "display_name": "Go (gosched)", "language": "go"},
    "language_info": {"name": "go"}, "Z": 1, "a": [], "ü": "\u2029",
})
nbformat.validate(nb)
nbformat.write(nb, "nbformat.ipynb")
