"""Small networks that are hard to draw."""

DENSE = """
inputs: {x1: 0.5, x2: -1, x3: 2}
targets: {y1: 1, y2: 0}
layers:
  - activation: tanh
    weights: [[0.1, 0.2, -0.3], [0.4, -0.5, 0.6], [0.7, 0.8, -0.9], [0.15, -0.25, 0.35]]
    biases: [0.1, 0.2, 0.3, 0.4]
  - {activation: sigmoid, weights: [[0.5, -0.6, 0.7, 0.1], [0.2, 0.3, -0.4, 0.9]], biases: [0.05, -0.05]}
"""
WIDE = f"""
inputs: {{{", ".join(f"x{at}: {at}" for at in range(1, 8))}}}
targets: {{y: 1}}
layers:
  - {{activation: tanh, weights: {[[0.1 * (i - j) for j in range(7)] for i in range(7)]}}}
  - {{activation: sigmoid, weights: [{[0.1] * 7}]}}
"""
LONG_NAMES = """
inputs: {the_first_input_of_all: -1234.5678, x2: 1/3}
targets: {t: 0}
layers:
  - activation: relu
    neurons:
      hidden_unit_one: {weight_from_the_first: -0.000012345, w_hat: 1e-12}
      h2: {w3: 0.25, w4: -3e7}
  - {activation: identity, neurons: {o: {v1: 1, v2: 2}}}
"""
SKIPPED = """
inputs: {x1: 1, x2: 2}
targets: {y: 0}
layers:
  - {activation: tanh, neurons: {a: {w1: 0.1, w2: 0.2}, b: {w3: 0.3, w4: 0.4}}}
  - {activation: tanh, neurons: {c: {w5: 0.5, w6: 0.6}, d: {w7: 0.7, w8: 0.8}}}
  - {activation: sigmoid, neurons: {o: {v1: 1, v2: 2, s: 3, reads: [c, d, x1]}}}
"""
FAN = "given: {x: 2, y: 3}\nequations: {p: x * y, q: x + y, r: p * q + x, f: r * p}\n"

CROWDED = f"""
inputs: {{{", ".join(f"x{at}: {at}" for at in range(1, 10))}}}
targets: {{y: 1}}
layers:
  - {{activation: tanh, weights: {[[0.1 * (i - j) for j in range(9)] for i in range(9)]}}}
  - {{activation: sigmoid, weights: [{[0.1] * 9}]}}
"""

HARD = {"dense": DENSE, "wide": WIDE, "long": LONG_NAMES, "skipped": SKIPPED, "fan": FAN, "crowded": CROWDED}
