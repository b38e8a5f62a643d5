"""``python -m tests.realworld FOLDER... [--jobs N] [--show] [--json FILE]``."""

from tests.realworld.cli import main

if __name__ == "__main__":
    main()
