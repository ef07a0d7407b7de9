# How Sphinx makes the course's book.

project = "Concurrency in Go, to be tried"
author = "gosched"
copyright = "gosched's contributors"
language = "en-GB"

extensions = ["myst_nb"]
exclude_patterns = ["_doctrees"]

# The notebooks have been run: what they have shown is in them.
nb_execution_mode = "off"
nb_merge_streams = True
# HTML that a notebook has shown comes before its plain text; there is nothing else.
nb_mime_priority_overrides = [("html", "text/html", 0)]
suppress_warnings = ["mystnb.unknown_mime_type", "misc.highlighting_failure", "myst.header"]

html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["_static"]
html_css_files = ["book.css"]
html_js_files = ["mermaid.min.js", "book.js"]
html_copy_source = True
html_show_sphinx = False
pygments_style = "a11y-high-contrast-light"
html_theme_options = {
    "repository_url": "https://github.com/gosched/gosched",
    "repository_branch": "HEAD",
    "path_to_docs": "notebooks",
    "use_repository_button": True,
    "use_download_button": True,
    "launch_buttons": {"binderhub_url": "https://mybinder.org", "notebook_interface": "jupyterlab"},
    "home_page_in_toc": True,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
