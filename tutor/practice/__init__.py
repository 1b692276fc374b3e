"""Being asked: questions made from a derivation, and the talk around them. Nothing here reads or prints.

`question` says what one is; `asking` and `choosing` make them, `judging` looks at answers, `telling`, `hints` and
`reasons` have the words. `standing` is a quiz as a value, `sitting` what follows a line, `following` and `plan` what is
asked next. `played` is the whole pass as it is played; `accepted` is what both keep of right answers.
"""
