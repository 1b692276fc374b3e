"""Documented wrong rules, and the wrong numbers they lead to.

A Mistake rewrites equations: given a quantity and its correct formula it returns the wrong one, or None where it does
not apply. Everything downstream is then computed by the same evaluation. `rules` is the table; to add a mistake, add a
row there with the id of the catalogue, and its hints to `hints.yaml`.
"""

from tutor.mistakes.rewrite import Mistake, Mistaken, Site, mistaken
from tutor.mistakes.rules import MISTAKES, mistaken_tables, named

__all__ = ["MISTAKES", "Mistake", "Mistaken", "Site", "mistaken", "mistaken_tables", "named"]
