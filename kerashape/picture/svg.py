"""A picture as SVG: it stands alone, and looks right on a dark and on a light page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from kerashape.picture.layout import (
    FONT,
    LINE,
    PAD_X,
    SMALL,
    STRIPE,
    TINY,
    Curve,
    Layout,
    Placed,
    lay_out,
    lines_of,
    text_width,
)
from kerashape.picture.model import Box, Group, Picture

MARGIN = 16.0
HUES = {
    "input": ("#64748b", "#94a3b8"),
    "convolution": ("#2563eb", "#60a5fa"),
    "pooling": ("#0891b2", "#22d3ee"),
    "normalization": ("#0d9488", "#2dd4bf"),
    "recurrent": ("#7c3aed", "#a78bfa"),
    "attention": ("#c026d3", "#e879f9"),
    "dense": ("#4f46e5", "#818cf8"),
    "activation": ("#ca8a04", "#facc15"),
    "noise": ("#a16207", "#d6a94a"),
    "merge": ("#15803d", "#4ade80"),
    "shape": ("#57534e", "#a8a29e"),
    "operation": ("#525252", "#a3a3a3"),
    "model": ("#1d4ed8", "#93c5fd"),
    "layer": ("#475569", "#94a3b8"),
}
"""The colour of each family of layers, on a light and on a dark page."""

_LIGHT = {
    "page": "#ffffff", "box": "#ffffff", "line": "#cbd5e1", "ink": "#0f172a", "soft": "#475569",
    "arrow": "#64748b", "group": "#f1f5f9", "rim": "#94a3b8", "bad": "#c81e1e",
    "bad-box": "#fef2f2", "warn": "#b45309", "warn-box": "#fffbeb",
}  # fmt: skip
_DARK = {
    "page": "#0b1120", "box": "#131c2e", "line": "#334155", "ink": "#e2e8f0", "soft": "#a3b1c6",
    "arrow": "#7d8da5", "group": "#0f1728", "rim": "#475569", "bad": "#f87171",
    "bad-box": "#3b1219", "warn": "#fbbf24", "warn-box": "#33260b",
}  # fmt: skip
MONO = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"


def variables(dark: bool) -> str:
    """The colours as custom properties."""
    palette = _DARK if dark else _LIGHT
    pairs = [*palette.items(), *((f"hue-{name}", hue[dark]) for name, hue in HUES.items())]
    return "".join(f"--{name}:{value};" for name, value in pairs)


RULES = f"""
text{{font-family:{MONO};fill:var(--ink)}}
.name,.heading{{font-size:{FONT}px;font-weight:600}}
.kind,.shape{{font-size:{SMALL}px}}
.kind,.params,.label{{fill:var(--soft)}}
.params,.label{{font-size:{TINY}px}}
.mark{{font-size:{SMALL}px;font-weight:600;fill:var(--bad)}}
.warning .mark{{fill:var(--warn)}}
.box rect.body{{fill:var(--box);stroke:var(--line)}}
.error rect.body{{fill:var(--bad-box);stroke:var(--bad);stroke-width:2}}
.warning rect.body{{fill:var(--warn-box);stroke:var(--warn);stroke-width:2}}
.error .shape{{fill:var(--bad)}}
.group rect{{fill:var(--group);stroke:var(--rim);stroke-dasharray:5 4}}
.arrow path{{fill:none;stroke:var(--arrow);stroke-width:1.2}}
.arrow polygon{{fill:var(--arrow)}}
.broken path{{stroke:var(--bad);stroke-dasharray:4 3}}
.broken polygon{{fill:var(--bad)}}
.broken .label{{fill:var(--bad)}}
.halo{{paint-order:stroke;stroke:var(--page);stroke-width:4px;stroke-linejoin:round}}
.heading.halo{{stroke:var(--group)}}
.heading .kind{{font-weight:400}}
""" + "".join(f".f-{name} .stripe{{fill:var(--hue-{name})}}" for name in HUES)


def svg(picture: Picture) -> str:
    """A file of its own. Raises ``NoLayout``."""
    style = (
        f":root{{{variables(False)}}}"
        f"@media(prefers-color-scheme:dark){{:root{{{variables(True)}}}}}{RULES}"
    )
    return _whole(picture, lay_out(picture), style)


def flat(picture: Picture, layout: Layout) -> str:
    """The same on a light page, for programs that know no custom properties."""
    text = _whole(picture, layout, RULES)
    colours = _LIGHT | {f"hue-{name}": hue[0] for name, hue in HUES.items()}
    return re.sub(r"var\(--([a-z-]+)\)", lambda match: colours[match[1]], text)


def _whole(picture: Picture, layout: Layout, style: str) -> str:
    width, height = layout.width + 2 * MARGIN, layout.height + 2 * MARGIN
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" '
        f'role="img" aria-label="{escape(_described(picture))}">'
    )
    return (
        f"{head}\n<title>{escape(_described(picture))}</title>\n<style>{style}</style>\n"
        f'<rect width="100%" height="100%" fill="var(--page)"/>\n'
        f'<g transform="translate({MARGIN:.0f} {MARGIN:.0f})">\n'
        + "\n".join(drawing(picture, layout))
        + "\n</g>\n</svg>\n"
    )


def _described(picture: Picture) -> str:
    faults = len(picture.faults)
    said = f", {faults} fault{'s' if faults > 1 else ''}" if faults else ""
    return f"{picture.title}: {picture.model.kind}, {picture.total} parameters{said}"


def drawing(
    picture: Picture, layout: Layout, prefix: str = "", *, tooltips: bool = True
) -> Iterator[str]:
    """The elements of the drawing; ``prefix`` makes their ids unique in a page."""
    for group in _groups(picture.model):
        if group.id in layout.groups:
            yield _group(group, layout.groups[group.id])
    for curve in layout.curves:
        yield _curve(curve)
    for group in _groups(picture.model):
        if group.id in layout.groups:
            yield _heading(group, layout.groups[group.id])
    for box in picture.boxes:
        yield _box(box, layout.boxes[box.id], prefix, tooltips)


def _groups(group: Group) -> Iterator[Group]:
    for inner in group.groups:
        yield inner
        yield from _groups(inner)


def _group(group: Group, at: Placed) -> str:
    return (
        f'<g class="group"><rect x="{at.x:.1f}" y="{at.y:.1f}" width="{at.width:.1f}" '
        f'height="{at.height:.1f}" rx="8"/></g>'
    )


def _heading(group: Group, at: Placed) -> str:
    return (
        f'<text class="heading halo" x="{at.x + 10:.1f}" y="{at.y + 17:.1f}">{escape(group.name)}'
        f'<tspan class="kind" dx="8">{escape(group.kind)}</tspan></text>'
    )


def _curve(curve: Curve) -> str:
    if not curve.points:
        return ""
    start, *rest = (f"{x:.1f} {y:.1f}" for x, y in curve.points)
    path = f"M{start}C{' '.join(rest)}" if rest else f"M{start}"
    tip = _tip(curve)
    label = ""
    if curve.label is not None:
        x, y = curve.label
        label = (
            f'<text class="label halo" x="{x:.1f}" y="{y + 3.5:.1f}" text-anchor="middle">'
            f"{escape(curve.arrow.shape)}</text>"
        )
    broken = " broken" if curve.arrow.broken else ""
    return (
        f'<g class="arrow{broken}" data-from="{curve.arrow.source}" '
        f'data-to="{curve.arrow.target}"><path d="{path}"/>{tip}{label}</g>'
    )


def _tip(curve: Curve) -> str:
    if curve.tip is None:
        return ""
    (x, y), (bx, by) = curve.tip, curve.points[-1]
    length = ((x - bx) ** 2 + (y - by) ** 2) ** 0.5 or 1.0
    ux, uy = (x - bx) / length, (y - by) / length
    left = f"{bx - 3.6 * uy:.1f},{by + 3.6 * ux:.1f}"
    right = f"{bx + 3.6 * uy:.1f},{by - 3.6 * ux:.1f}"
    return f'<polygon points="{x:.1f},{y:.1f} {left} {right}"/>'


def _box(box: Box, at: Placed, prefix: str, tooltips: bool) -> str:
    state = ""
    if box.marks:
        state = " error" if any(mark.is_error for mark in box.marks) else " warning"
    parts = [
        f'<g class="box f-{box.family}{state}" id="{prefix}{box.id}" '
        f'transform="translate({at.x:.1f} {at.y:.1f})">',
        f"<title>{escape(_tooltip(box))}</title>" if tooltips else "",
        f'<rect class="body" width="{at.width:.1f}" height="{at.height:.1f}" rx="6"/>',
        f'<rect class="stripe" x="6" y="7" width="{STRIPE - 1}" height="{at.height - 14:.1f}" '
        'rx="2"/>',
    ]
    (_, name), (_, kind), *rest = lines_of(box)
    left, right = STRIPE + PAD_X + 2, at.width - PAD_X
    y = 19.0
    parts.append(f'<text class="name" x="{left}" y="{y}">{escape(name)}</text>')
    if text_width(name, FONT) + text_width(kind, SMALL) + 2 * PAD_X < at.width:
        parts.append(
            f'<text class="kind" x="{right:.1f}" y="{y}" text-anchor="end">{escape(kind)}</text>'
        )
    for look, text in rest:
        y += LINE
        parts.append(f'<text class="{look}" x="{left}" y="{y}">{escape(text)}</text>')
    return "".join(parts) + "</g>"


def _tooltip(box: Box) -> str:
    lines = [f"{box.name} ({box.kind})"]
    if box.inputs:
        lines.append(f"input: {', '.join(box.inputs)}")
    lines.append(f"output: {box.output}")
    lines.append(f"parameters: {box.params}")
    if box.span is not None:
        lines.append(f"{box.span}  {box.source}".rstrip())
    lines += [f"{mark.code}: {mark.message}" for mark in box.marks]
    return "\n".join(lines)
