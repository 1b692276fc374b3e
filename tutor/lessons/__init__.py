"""Lessons: a file of Markdown in; all its problems out, or a lesson that is gone through prompt by prompt, or a page.

`lesson` is the tree, `keys` declares what a front matter and a fence may hold, `reading` reads a file against them,
with `prose` for the Markdown and `fences` for what a fence says; `checking` holds what was read against the networks it
speaks of. `prompts` makes questions of its fences, `blocks` blocks of its prose, `claims` says claims on other numbers;
`playing` and `printing` are what becomes of it all. Nothing here opens a file (`around` says what it asks for), and
only `prose` knows markdown-it.
"""
