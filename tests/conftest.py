"""What all tests share."""

from __future__ import annotations

import os

from hypothesis import settings

# Busy machines run this: a slow example is no fault. What CI says today it says tomorrow.
settings.register_profile("kerashape", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("kerashape")
