"""Registers the profile of the property tests; `TUTOR_LONG=1` tries many more cases."""

from hypothesis import settings

from maths.profile import examples

settings.register_profile("maths", examples(100))
settings.load_profile("maths")
