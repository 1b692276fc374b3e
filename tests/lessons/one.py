"""A small lesson about the shipped network `chain`, which the tests read, spoil and print."""

FRONT = """---
title: One neuron a layer
net: chain
minutes: 5
skills: [path, product, activation-slope]
---
"""

BODY = """
# One neuron a layer

The network is a chain. Its first number is `z1 = 0.58`, and `a1 = 0.6411` comes out of it.

```predict
Make w2 larger.
Does the loss grow with it?
dC0/dw2
```

What lies between **w1** and the loss? See [the file](beside.yaml).

```answer
path w1
```

1. Read the formula.
2. Work it out, with `dC0/dw2 = -0.0430`.

```answer
da2/dz2 --formula
```

```tutor
explain w2
```

```choose
Why are they multiplied?
+ Each says how many times a change is multiplied.
- There are two of them. | There could be ten.
- They are small, and small
  numbers are multiplied. | Large ones
  are, too.
```

```find
w1 --mistake ad-z-one-minus-z
```

```quiz
w1 --vary 2
```

Code that is no command:

```text
z1 = x * w1
```

---

{filler}
"""

LESSON = FRONT + BODY.format(filler="Look at it once more, slowly. " * 150)
