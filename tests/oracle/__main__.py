"""``python -m tests.oracle``: compare kerashape with the installed Keras on random cases."""

from __future__ import annotations

from tests.oracle.cli import main

main()
