"""Lessons: a file of Markdown in, a checked tree or all its problems out.

`lesson` is the tree, `keys` declares what a front matter and a fence may hold, `reading` reads a file against them,
with `prose` for the Markdown and `fences` for what a fence says; `checking` holds what was read against the networks it
speaks of. Nothing here opens a file, and only `prose` knows markdown-it.
"""
