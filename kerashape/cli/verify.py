"""``kerashape verify``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kerashape.cli import common, models, verification

if TYPE_CHECKING:
    from kerashape.config import Settings
    from kerashape.dynamic.compare.verdicts import Comparison
    from kerashape.files import Target
    from kerashape.linter import Examined


@click.command()
@models.argument
@common.reading
@verification.options
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to report.",
)
@click.option("-q", "--quiet", is_flag=True, help="Not call by call.")
def verify(
    paths: tuple[str, ...],
    config: str | None,
    keras_version: str | None,
    stdin_filename: str | None,
    color: str,
    debug: bool,
    format_: str,
    quiet: bool,
    **how: Any,
) -> int:
    """Confirm on real Keras what was inferred.

    By default the inferred models are rebuilt with Keras's own layers, with random weights, and
    a batch of zeros goes through them: nothing of the programs is executed. With --run the
    programs themselves are.

    PATH is a Python file, a notebook, a folder, or '-' for standard input. NAME chooses a model.

    Exits with 0 if all is confirmed, with 1 if anything is contradicted or a diagnostic is
    confirmed, with 2 if it could not run.
    """
    from kerashape.report.verification import render, render_json

    options = verification.asked(**how)
    settings = common.settings(config, keras_version)
    wanted: dict[str, list[str | None]] = {}
    for argument in paths:
        path, name = models.split(argument)
        wanted.setdefault(path, []).append(name)
    for path, names in wanted.items():
        if None not in names:
            models.find([f"{path}:{name}" for name in names], None, settings, debug=debug)
    examined = _examined(list(wanted), stdin_filename, settings, debug)
    found = verification.verify_all(examined, options, settings)
    for program, one in zip(examined, found):
        names = wanted.get(program.source.path, [None])
        if None not in names:
            _restrict(one.comparison, program, [name for name in names if name is not None])
    if format_ == "json":
        common.write(render_json(found))
    else:
        common.write(render(found, common.style(color, quiet=quiet)))
    if any(one.failed for one in found):
        return 1
    return 2 if any(one.ran.how not in ("done", "none") for one in found) else 0


def _examined(
    paths: list[str], stdin_filename: str | None, settings: Settings, debug: bool
) -> list[Examined]:
    from kerashape.linter import Linter

    found: list[Examined] = []

    def keep(target: Target, examined: Examined) -> None:
        if examined.analysis is not None or examined.diagnostics:
            found.append(examined)
        advance()

    with common.usage_errors():
        targets = common.targets(paths, stdin_filename, settings)
        with common.progress(len(targets)) as advance:
            result = Linter(settings, debug=debug).run(targets, each=keep)
    reported = {diagnostic.sort_key for diagnostic in result.diagnostics}
    for examined in found:  # without what is suppressed
        examined.diagnostics = [d for d in examined.diagnostics if d.sort_key in reported]
    return found


def _restrict(comparison: Comparison, examined: Examined, names: list[str]) -> None:
    """Leave only what belongs to the models of these names."""
    from kerashape.report.models import models_of, named

    assert examined.analysis is not None
    all_models = models_of(examined.source.path, examined.analysis)
    chosen = [model for name in names for model in named(all_models, name)]
    calls = {id(call) for each in chosen for call in _calls_of(each.model)}
    facts = examined.analysis.calls
    comparison.calls = [
        c for c in comparison.calls if c.fact is not None and id(facts[c.fact].call) in calls
    ]
    spans = {each.site.span for each in chosen}
    comparison.models = [c for c in comparison.models if c.span in spans]
    comparison.params = [c for c in comparison.params if c.span in spans]


def _calls_of(model: Any) -> list[Any]:
    graph = getattr(model, "graph", None) or model
    network = getattr(graph, "network", None)
    return [] if network is None else network.calls
