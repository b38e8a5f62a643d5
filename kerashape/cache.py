"""The cache on disk: what came of a file, by everything that it depends on.

An entry holds for the file's content, the rules that are on, the version of kerashape and
of Keras, the contents of all modules of the project that the file imports, and the absence
of those that it looked for in vain. Entries are JSON with a checksum, one file each,
replaced whole: what is corrupt, foreign or written half is as if it were not there, and
nothing in it is ever executed.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kerashape import __version__
from kerashape.outcome import Imports, Outcome
from kerashape.storing import from_json, to_json

if TYPE_CHECKING:
    from kerashape.files import Target
    from kerashape.rulebook import RuleSet

FOLDER = ".kerashape_cache"
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# made by kerashape\n"


class Cache:
    """Outcomes of earlier runs.

    Args:
        folder: where they are kept; made when the first is stored.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / _version()
        self._root = folder
        self._digests: dict[Path, str | None] = {}
        self._exists: dict[str, bool] = {}
        self._ready: set[Path] = set()

    def get(self, target: Target, data: bytes, settings: str) -> Outcome | None:
        """What came of a file with this content under these settings, if it is known."""
        try:
            text = self._file(target, settings).read_bytes()
            checksum, _, body = text.partition(b"\n")
            if checksum.decode() != _digest(body):
                return None
            entry = json.loads(body)
            if entry["data"] != _digest(data) or not self._holds(entry["imports"]):
                return None
            outcome = from_json(entry["outcome"])
        except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
            return None  # not there, or not one of ours
        outcome.imports = Imports(
            frozenset(Path(path) for path in entry["imports"][0]),
            frozenset(Path(path) for path in entry["imports"][1]),
        )
        return outcome

    def put(self, target: Target, data: bytes, settings: str, outcome: Outcome) -> None:
        """Store what came of a file. Where the system forbids it nothing is stored."""
        found = {str(path): self._digest_of(path) for path in sorted(outcome.imports.found)}
        entry = {
            "data": _digest(data),
            "imports": [found, sorted(map(str, outcome.imports.missing))],
            "outcome": to_json(outcome),
        }
        body = json.dumps(entry, separators=(",", ":")).encode("utf-8", "surrogatepass")
        with suppress(OSError):
            self._write(self._file(target, settings), _digest(body).encode() + b"\n" + body)

    def _write(self, file: Path, data: bytes) -> None:
        if file.parent not in self._ready:
            self._prepare(file.parent)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=".new.")
        try:
            with os.fdopen(handle, "wb") as written:
                written.write(data)
            os.replace(name, file)
        except BaseException:
            os.unlink(name)
            raise

    def _prepare(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _TAG)):
            file = self._root / name
            if not file.exists():
                file.write_text(text)
        self._ready.add(folder)

    def _file(self, target: Target, settings: str) -> Path:
        name = _digest(f"{target.file}\0{target.path}\0{settings}".encode("utf-8", "surrogatepass"))
        return self._folder / name[:2] / name[2:]

    def _holds(self, imports: tuple[dict[str, str], list[str]]) -> bool:
        """Whether the imported modules are the same, and the others still missing."""
        found, missing = imports
        return all(
            digest is not None and self._digest_of(Path(path)) == digest
            for path, digest in found.items()
        ) and not any(map(self._is_there, missing))

    def _digest_of(self, path: Path) -> str | None:
        if path not in self._digests:
            try:
                self._digests[path] = _digest(path.read_bytes())
            except OSError:
                self._digests[path] = None
        return self._digests[path]

    def _is_there(self, path: str) -> bool:
        known = self._exists.get(path)
        if known is None:
            known = self._exists[path] = os.path.isfile(path)
        return known


def settings_key(rules: RuleSet, keras_version: int, options: Iterable[object]) -> str:
    """What of the settings matters to the outcome of a file."""
    return f"{keras_version} {rules.signature} {list(options)!r}"


@functools.cache
def _version() -> str:
    """kerashape's version; in a checkout, where code changes without it, of its files too."""
    package = Path(__file__).parent
    parts = [__version__]
    if not (package / "_rules").is_dir():
        rules = package.parent / "rules"
        for folder in (package, rules):
            for root, folders, files in os.walk(folder):
                folders[:] = [name for name in folders if name != "__pycache__"]
                for name in sorted(files):
                    status = os.stat(os.path.join(root, name))
                    parts.append(f"{name} {status.st_mtime_ns} {status.st_size}")
        parts.sort()
    return _digest("\n".join(parts).encode())[:16]


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
