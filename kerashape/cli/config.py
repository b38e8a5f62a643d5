"""``kerashape config``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kerashape.cli import common

if TYPE_CHECKING:
    from kerashape.config import Settings


@click.command()
@click.argument("path", default=".", type=click.Path())
@click.option("--config", metavar="FILE", help="Use this configuration file only.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print.",
)
@click.option("--schema", is_flag=True, help="Print the JSON schema of the configuration.")
def config(path: str, config: str | None, format_: str, schema: bool) -> int:
    """Print the settings that hold for a file or folder, and where each comes from."""
    from kerashape.report.json import dump

    if schema:
        from kerashape.config import SCHEMA

        common.write([SCHEMA.read_text(encoding="utf-8")])
        return 0
    place = Path(path).absolute()
    if not place.exists():
        raise common.UsageError(f"no such file or folder: {path}")
    with common.usage_errors():
        found = effective(common.settings(config, None), place)
    common.write([dump(found)] if format_ == "json" else _text(found))
    return 0


def effective(settings: Settings, place: Path) -> dict[str, Any]:
    """The settings for a file or folder. Raises ``ConfigError``."""
    folder = place if place.is_dir() else place.parent
    found = settings.of(folder)
    version = settings.keras_version(folder)
    rules = found.rules_for(place, version)
    values = {
        key: {"value": value, "from": str(found.file) if key in found.given else "default"}
        for key, value in found.as_written().items()
    }
    return {
        "path": str(place),
        "file": None if found.file is None else str(found.file),
        "root": str(found.root),
        "settings": values,
        "keras": version,
        "rules": list(rules),
    }


def _text(found: dict[str, Any]) -> Iterator[str]:
    import json

    yield f"{found['path']}\n"
    yield f"  configuration: {found['file'] or 'none; these are the defaults'}\n"
    yield f"  patterns are relative to: {found['root']}\n\n"
    width = max(map(len, found["settings"]))
    for key, setting in found["settings"].items():
        value = json.dumps(setting["value"], ensure_ascii=False)
        yield f"{key.ljust(width)} = {value}  # {setting['from']}\n"
    yield f"\nKeras {found['keras']}; {len(found['rules'])} rules: {' '.join(found['rules'])}\n"
