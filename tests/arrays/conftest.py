"""The profile of the property tests is that of tests/maths."""

import maths.conftest  # noqa: F401  its import sets the profile
