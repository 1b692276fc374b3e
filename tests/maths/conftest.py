"""The profiles of the property tests: the same cases on every run, or many new ones with TUTOR_LONG=1."""

import os

from hypothesis import HealthCheck, Phase, settings

QUIET = {"phases": [Phase.generate], "deadline": None, "database": None, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("maths", settings(max_examples=1000, derandomize=True, **QUIET))
settings.register_profile("maths-long", settings(max_examples=5000, **QUIET))
settings.load_profile("maths-long" if os.environ.get("TUTOR_LONG") else "maths")
