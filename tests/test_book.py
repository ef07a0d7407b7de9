"""The course as a book: made by one command, with what the cells have shown, and fit
for people who see it in another way, or not at all."""

import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest
from needs import missing

ROOT = pathlib.Path(__file__).resolve().parent.parent
LESSONS = sorted(p.stem for p in (ROOT / "notebooks").glob("*.ipynb"))
AXE = ROOT / ".test/book/npm/node_modules/axe-core/axe.min.js"
# What the course itself says, and its pictures: the rest, and what unfolds hidden code,
# is the theme's. The colours inside of pictures of what ran are tested where they are
# chosen, in kernel/observe/picture.
CONTENT = "article.bd-article"

# Leaves one of all pieces of highlighted code that look alike, as they have the same
# classes, within the same: axe looks at each, and there are thousands. The others are
# text of what they stand in.
ONE_OF_EACH = """content => {
    const seen = new Set();
    for (const piece of document.querySelectorAll(`${content} .highlight span`)) {
        let looks = '';
        for (let e = piece; !e.matches(content); e = e.parentElement) {
            looks += `${e.tagName} ${e.className} ${e.getAttribute('style')}, `;
        }
        if (seen.has(looks)) {
            piece.replaceWith(...piece.childNodes);
        }
        seen.add(looks);
    }
    return seen.size;
}"""


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    for program in ("go", "npm"):
        if not shutil.which(program):
            missing(program + " is not installed")
    out = tmp_path_factory.mktemp("book")
    subprocess.run(["go", "run", "./internal/book", "-bin", os.environ["GOSCHED_TEST_BIN"], "-o", str(out)], cwd=ROOT, check=True)
    return out


def test_shows_what_ran(book):
    """Cells have their outputs, in the notebooks and in the pages, and each traced cell
    its picture."""
    pictures = 0
    for lesson in LESSONS:
        cells = json.loads((book / "notebooks" / (lesson + ".ipynb")).read_text())["cells"]
        assert any(c.get("outputs") for c in cells), lesson
        html = (book / "html" / (lesson + ".html")).read_text()
        drawn = sum("image/svg+xml" in o.get("data", {}) for c in cells for o in c.get("outputs", []))
        assert html.count('class="what-ran"') == drawn, lesson
        pictures += drawn
        drawings = sum("".join(c["source"]).count("```mermaid\n") for c in cells if c["cell_type"] == "markdown")
        assert html.count('<pre class="mermaid"') == drawings, lesson
    assert pictures >= 19


def test_opens_in_binder_and_is_searched(book):
    for lesson in LESSONS:
        html = (book / "html" / (lesson + ".html")).read_text()
        link = re.search(r'href="(https://mybinder\.org/v2/gh/gosched/gosched/[^"]+)"', html)
        assert link and link[1].endswith("notebooks/" + lesson + ".ipynb"), lesson
    index = (book / "html" / "searchindex.js").read_text()
    assert "deadlock" in index and all(lesson in index for lesson in LESSONS)


def test_accessible(book, browser):
    """axe finds nothing amiss in what the course says, on any page, and every picture
    has words."""
    found = []
    page = browser.context.new_page()
    for lesson in ["index", *LESSONS]:
        page.goto((book / "html" / (lesson + ".html")).as_uri())
        page.wait_for_function("() => ![...document.querySelectorAll('pre.mermaid')].some(e => !e.querySelector('svg'))")
        page.evaluate("""() => {
            document.querySelectorAll('details').forEach(d => { d.open = true })
            // What opens fades in: half way there its contrast is too low.
            const fading = document.getAnimations().filter(a => a.effect.getComputedTiming().endTime !== Infinity)
            return Promise.allSettled(fading.map(a => a.finished))
        }""")
        assert page.evaluate(ONE_OF_EACH, CONTENT) > 5 or lesson == "index"  # which has no code
        page.add_script_tag(path=str(AXE))
        result = page.evaluate("""content => axe.run(
            {include: content, exclude: ["details.hide > summary", ".what-ran svg > *"]},
            {resultTypes: ["violations"], iframes: false})""", CONTENT)
        assert result["passes"], "axe has looked at nothing"
        found += ["%s: %s (%s): %s" % (lesson, v["id"], v["help"], [n["html"][:160] for n in v["nodes"][:3]])
                  for v in result["violations"]]
        found += ["%s: a picture without words: %s" % (lesson, words) for words in page.evaluate("""content =>
            [...document.querySelector(content).querySelectorAll('svg, img')].filter(e =>
                !e.closest('a, button, [aria-hidden=true]') && !e.parentElement.closest('svg') &&
                !(e.getAttribute('alt') || e.getAttribute('aria-label') ||
                  (e.getAttribute('aria-labelledby') && e.querySelector('title')?.textContent)))
            .map(e => e.outerHTML.slice(0, 160))""", CONTENT)]
    page.close()
    assert not found, "\n".join(found)
