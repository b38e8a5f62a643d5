"""The models of a program, and which of them a name means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kerashape.report.json import place_json

if TYPE_CHECKING:
    from kerashape.analysis import Analysis
    from kerashape.keras.models import Model
    from kerashape.site import Site


@dataclass(frozen=True, slots=True)
class ProgramModel:
    """A model that a program makes.

    Args:
        path: the file that was asked for.
        site: where the model is made.
        model: itself.
        names: the variables and attributes that it was bound to, in order.
        functions: the functions that were running when it was made, innermost first.
        analysis: the facts about the program.
    """

    path: str
    site: Site
    model: Model
    names: tuple[str, ...]
    functions: tuple[str, ...]
    analysis: Analysis
    refused: str = ""
    """Why Keras does not make it, if it does not."""

    @property
    def title(self) -> str:
        """What to call it: the variable that holds it, or its own name."""
        if self.names:
            return self.names[0]
        return self.model.name if isinstance(self.model.name, str) else self.model.class_name

    @property
    def place(self) -> dict[str, Any]:
        """Where it is made, as JSON."""
        return place_json(self.site.span, path=True)


def models_of(path: str, analysis: Analysis, *, drafts: bool = False) -> list[ProgramModel]:
    """Every model that a program makes, in the order of the places.

    With ``drafts`` also those that Keras refuses to make.
    """
    from kerashape.keras.summary import functional_of

    found: dict[int, tuple[Site, Model]] = {}
    names: dict[int, list[str]] = {}
    for fact in analysis.bindings:
        if fact.model.is_model:
            key = id(functional_of(fact.model) or fact.model)
            found.setdefault(key, (fact.model.site or fact.site, fact.model))
            held = names.setdefault(key, [])
            if fact.name not in held:
                held.append(fact.name)
    for made in analysis.models:
        key = id(functional_of(made.model) or made.model)
        known = found.get(key)
        found[key] = (made.site, made.model if known is None else known[1])
    models = [
        ProgramModel(path, site, model, tuple(names.get(key, ())), _functions(site), analysis)
        for key, (site, model) in found.items()
    ]
    for refused in analysis.faults if drafts else ():
        site, draft, text = refused.site, refused.draft, refused.fault.text
        if draft is not None:
            models.append(ProgramModel(path, site, draft, (), _functions(site), analysis, text))
    return sorted(models, key=_order)


def _functions(site: Site) -> tuple[str, ...]:
    functions: list[str] = []
    at: Site | None = site
    while at is not None:
        if at.function and at.function not in functions:
            functions.append(at.function)
        at = at.caller
    return tuple(functions)


def _order(found: ProgramModel) -> tuple[Any, ...]:
    span = found.site.span
    return (span.path != found.path, span.path, span.cell or 0, span.line, span.column)


def named(models: Sequence[ProgramModel], name: str) -> list[ProgramModel]:
    """The models that ``name`` means: a variable, else a model's name, a function, a class."""
    for meanings in (
        lambda m: m.names,
        lambda m: (m.model.name,) if isinstance(m.model.name, str) else (),
        lambda m: m.functions,
        lambda m: (m.model.class_name,),
    ):
        chosen = [model for model in models if name in meanings(model)]
        if chosen:
            return chosen
    return []


def all_names(models: Sequence[ProgramModel]) -> list[str]:
    """What models can be asked for by."""
    names: list[str] = []
    for model in models:
        own = [model.model.name] if isinstance(model.model.name, str) else []
        names += [n for n in (*model.names, *own, *model.functions) if n not in names]
    return names
