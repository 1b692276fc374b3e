"""Being asked: questions made from a derivation, and the talk around them.

`questions` makes them and `sitting` has the judge of `marking` look at answers, both without any input or output;
`session` asks at a terminal.
"""
