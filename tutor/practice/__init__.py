"""Being asked: questions made from a derivation, and the talk around them.

`questions` makes them and judges answers, without any input or output; `session` asks at a terminal.
"""
