"""Calls of the user's layers and models: their ``build`` and ``call``, interpreted."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerashape.analysis import ModelFact
from kerashape.interpret.budget import BudgetExceeded
from kerashape.interpret.callables import Bound, Function
from kerashape.interpret.containers import DictValue, ListValue
from kerashape.interpret.keras_layers import build_stack, plain, touch
from kerashape.interpret.parameters import signature_of
from kerashape.interpret.places import HERE
from kerashape.interpret.plain import from_python, to_python
from kerashape.interpret.raising import Raised
from kerashape.interpret.user_arguments import accepted, cast_arguments
from kerashape.interpret.user_checks import check_complete
from kerashape.interpret.values import FAULTY
from kerashape.keras.graph import Call, Tensor, flatten, map_structure
from kerashape.keras.layers.base import Array
from kerashape.keras.layers.calling import as_called
from kerashape.keras.models import Sequential
from kerashape.keras.ops.sizes import SizeTensor
from kerashape.keras.signature import Arguments
from kerashape.shapes import Fault, Shape, Symbol, Undecided, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine
    from kerashape.interpret.user_layers import UserLayer

# -- ways in ------------------------------------------------------------------------------


def run_call(
    machine: Machine, layer: UserLayer, arguments: Arguments, given: Arguments, node: ast.AST
) -> Call:
    """The call of a user's layer: ``build`` once, then ``call``, interpreted.

    Args:
        arguments, given: the arguments as abstract values, and as plain ones.
    """
    site = machine.site(node)
    if layer.functional is not None and not isinstance(layer.cls.find("call"), Function):
        build_stack_of(machine, layer, given, node)
        return layer.functional(given, site)
    call = Call(layer, None, site=site)
    keywords = given.keywords or {}
    values = [*given.positional, *keywords.values()]
    if given.more_positional or given.more_keywords:
        values.append(Unknown("further arguments, given by an unpacking"))
    call.inputs = given.positional[0] if len(values) == 1 and given.positional else values
    call.values = {**_numbered(given.positional), **keywords}
    if layer.built is not True:
        layer.built_by = call
    try:
        check_complete(machine, layer)
    except Fault as fault:
        call.fault = fault
        return call
    first = layer.is_model and not layer.listed and not machine.tracing
    if not machine.tracing:
        layer.listed = True
    try:
        result = _run(machine, layer, arguments, node)
        call.output = _outputs(result, call, within=machine.tracing > 0)
        call.inside = call.inputs, to_python(result)
        if call.output is None:
            call.reason = result.reason if isinstance(result, Unknown) else "what call() returns"
        elif any(not t.shape.known for t in call.output_tensors):
            call.reason = "a dimension of what call() returns"
    except Undecided as undecided:
        call.reason = undecided.reason
    layer.calls = (*layer.calls, call)
    if first:
        machine.analysis.models.append(ModelFact(site, layer))
    return call


def _numbered(values: Any) -> dict[Any, Any]:
    return dict(enumerate(values))


def called_by_keras(layer: UserLayer, arguments: Arguments) -> Call:
    """The call that a Sequential or another layer of Keras makes."""
    machine = layer.machine
    touch(machine, layer)
    return run_call(machine, layer, _abstract(arguments), arguments, _here(machine))


def outputs_within(layer: UserLayer, arguments: Arguments) -> Any:
    """What a call from within a layer of Keras returns; it is recorded nowhere.

    Raises:
        Undecided: if it is not known.
    """
    machine = layer.machine
    mark, before = machine.analysis.mark(), layer.calls
    machine.tracing += 1
    try:
        call = called_by_keras(layer, arguments)
    except BudgetExceeded as exceeded:
        raise Undecided(str(exceeded)) from exceeded
    finally:
        machine.tracing -= 1
        machine.analysis.rewind(mark)
        layer.calls = before
    if call.output is None:
        raise Undecided(call.reason or f"what {layer.class_name}.call() returns")
    return call.output


def trace_ends(layer: UserLayer) -> Any:
    """What ``call`` returns for an input of which nothing is known; leaves no trace.

    Not wrapped as the outputs of the model: how they were made can be seen.
    """
    method, machine = layer.cls.find("call"), layer.machine
    if not isinstance(method, Function) or layer.functional is not None:
        return None
    mark, before = machine.analysis.mark(), layer.calls
    machine.journal.start()
    machine.tracing += 1
    try:
        arguments = Arguments([Tensor(Shape.unknown())], {})
        return to_python(machine.call(Bound(method, layer), arguments, _here(machine)))
    except (BudgetExceeded, Raised):
        return None
    finally:
        machine.tracing -= 1
        machine.journal.rewind()
        machine.analysis.rewind(mark)
        layer.calls = before


def replayed(layer: UserLayer, values: dict[Any, Any]) -> Any:
    """What a call with other arguments returns, leaving no trace.

    Raises:
        Undecided: if it is not known.
    """
    positional = [values[key] for key in values if isinstance(key, int)]
    keywords = {key: value for key, value in values.items() if isinstance(key, str)}
    journal = layer.machine.journal
    journal.start()
    try:
        return outputs_within(layer, Arguments(positional, keywords))
    except Raised as raised:  # by the program's own code, which has nobody here to catch it
        raise Undecided(f"what {layer.class_name}.call() raises") from raised
    finally:
        journal.rewind()


def build_within(layer: UserLayer, shape: Any) -> None:
    """``layer.build(shape)`` by a layer of Keras that holds it."""
    machine = layer.machine
    touch(machine, layer)
    tensor = map_structure(lambda s: Tensor(s) if isinstance(s, Shape) else s, shape)
    machine.tracing += 1
    try:
        _build(machine, layer, Arguments([from_python(tensor)], {}), _here(machine))
    finally:
        machine.tracing -= 1


def shape_within(layer: UserLayer, shape: Any) -> Any:
    """``layer.compute_output_shape(shape)`` by a layer of Keras: the class has to define it.

    Raises:
        Undecided: if it does not, or its answer is not known.
    """
    if not _has(layer, "compute_output_shape"):
        raise Undecided(f"{layer.class_name} has no compute_output_shape()")
    machine = layer.machine
    tensor = map_structure(lambda s: Tensor(s) if isinstance(s, Shape) else s, shape)
    given = Arguments([from_python(tensor)], {})
    found = to_python(_by_shape(machine, layer, given, _here(machine)))
    if isinstance(found, Unknown):
        raise Undecided(found.reason)
    return map_structure(lambda t: t.shape if isinstance(t, Tensor) else t, found)


def computed_mask(layer: UserLayer, inputs: Any, mask: Any) -> Any:
    """What the class's ``compute_mask`` returns: its operations are nodes of the graph."""
    machine = layer.machine
    arguments = Arguments([from_python(inputs), from_python(mask)], {})
    with machine.guard():  # the structure of the masks is not certain
        result = machine.call(
            Bound(layer.cls.find("compute_mask"), layer), arguments, _here(machine)
        )
    return to_python(result)


def build_by_hand(machine: Machine, layer: UserLayer, arguments: Arguments, node: ast.AST) -> Any:
    """``layer.build(shape)`` in the program, where the class defines it: it is built then."""
    touch(machine, layer)
    method = layer.cls.find("build")
    machine.tracing += 1
    try:
        machine.call(Bound(method, layer), arguments, node)
    finally:
        machine.tracing -= 1
    layer.built = True
    return None


def _here(machine: Machine) -> ast.AST:
    """The statement that runs: what Keras calls by itself happens there."""
    return machine.frame.statement or HERE


def _abstract(arguments: Arguments) -> Arguments:
    return Arguments(
        [from_python(value) for value in arguments.positional],
        {name: from_python(value) for name, value in (arguments.keywords or {}).items()},
        arguments.more_positional,
        arguments.more_keywords,
    )


# -- a call ---------------------------------------------------------------------------------


def _run(machine: Machine, layer: UserLayer, arguments: Arguments, node: ast.AST) -> Any:
    symbolic = machine.tracing == 0 and _holds_tensors(arguments)
    arguments = cast_arguments(layer, arguments)
    outer = machine.training
    machine.tracing += 1
    try:
        if layer.built is not True:
            _build(machine, layer, arguments, node)
            if symbolic and _has(layer, "compute_output_shape") and not _has(layer, "build"):
                with machine.guard():  # so that the layers within are built; Keras asks the law
                    _call(machine, layer, arguments, node)
        if symbolic and _has(layer, "compute_output_shape"):
            return _by_shape(machine, layer, arguments, node)
        return _call(machine, layer, arguments, node)
    finally:
        machine.training = outer
        machine.tracing -= 1


def _has(layer: UserLayer, name: str) -> bool:
    return isinstance(layer.cls.find(name), Function)


def _holds_tensors(arguments: Arguments) -> bool:
    values = [*arguments.positional, *(arguments.keywords or {}).values()]
    return any(isinstance(leaf, Tensor) for value in values for leaf in flatten(to_python(value)))


def _build(machine: Machine, layer: UserLayer, arguments: Arguments, node: ast.AST) -> None:
    layer.built = True
    method = layer.cls.find("build")
    if isinstance(method, Function):
        shapes = _shapes_for(layer, method, arguments)
        machine.call(Bound(method, layer), shapes, node)
    elif layer.inner is not None and arguments.positional:
        _build_inner(layer, to_python(_shape_argument(arguments.positional[0])))


def _build_inner(layer: UserLayer, shape: Any) -> None:
    """``super().build(shape)`` of the layer of Keras that the class derives from."""
    known = isinstance(shape, (list, tuple)) and all(
        size is None or isinstance(size, (int, Symbol)) for size in shape
    )
    if layer.inner is not None and known and shape:
        try:
            layer.inner.build_within(Shape(shape))
        except (Fault, Undecided):
            return  # its own call says it, where there is one


def _shapes_for(layer: UserLayer, method: Function, arguments: Arguments) -> Arguments:
    """The shapes of a call's arguments as ``build`` or ``compute_output_shape`` takes them."""
    wanted = list(signature_of(method).positional)[1:]
    positional = list(arguments.positional)
    first = positional[0] if positional else next(iter((arguments.keywords or {}).values()), None)
    if len(wanted) <= 1 or not wanted[0].endswith("_shape"):
        return Arguments([_shape_argument(first)], {})
    method = layer.cls.find("call")
    names = list(signature_of(method).positional)[1:] if isinstance(method, Function) else []
    given = {**dict(zip(names, positional)), **(arguments.keywords or {})}
    shapes = {
        name: _shape_argument(given[name.removesuffix("_shape")])
        for name in wanted
        if name.removesuffix("_shape") in given
    }
    if not shapes:
        return Arguments([_shape_argument(first)], {})
    return Arguments([], shapes)


def _shape_argument(value: Any) -> Any:
    def shape_of(leaf: Any) -> Any:
        if isinstance(leaf, (Tensor, Array)) and not leaf.shape.open:
            return tuple(leaf.shape.dims)
        return Unknown("the input shape", label="input_shape")

    return from_python(map_structure(shape_of, to_python(value)))


def _by_shape(machine: Machine, layer: UserLayer, arguments: Arguments, node: ast.AST) -> Any:
    """What ``compute_output_shape`` of the user says: it is taken for what ``call`` returns."""
    method = layer.cls.find("compute_output_shape")
    result = machine.call(Bound(method, layer), _shapes_for(layer, method, arguments), node)
    found = _as_tensors(to_python(result), layer)
    return Unknown("what compute_output_shape() returns") if found is None else from_python(found)


def _as_tensors(value: Any, layer: UserLayer) -> Any:
    """Tensors in place of nested shapes; None where it is not known which they are."""
    if isinstance(value, (list, tuple)):
        sizes = [dim is None or isinstance(dim, (int, Symbol, Unknown)) for dim in value]
        unknown = [isinstance(dim, Unknown) for dim in value]
        if all(unknown) and value != ():
            return None  # sizes, or shapes
        if all(sizes):
            return Tensor(Shape(value), layer.compute_dtype)
        items = [_as_tensors(item, layer) for item in value]
        return None if any(item is None for item in items) else type(value)(items)
    if isinstance(value, dict):
        found = {key: _as_tensors(item, layer) for key, item in value.items()}
        return None if any(item is None for item in found.values()) else found
    return None


def _call(machine: Machine, layer: UserLayer, arguments: Arguments, node: ast.AST) -> Any:
    method = layer.cls.find("call")
    if isinstance(method, Function):
        return machine.call(Bound(method, layer), accepted(machine, method, arguments), node)
    if layer.inner is not None:
        return inner_result(machine, layer, arguments, node)
    return Unknown("a layer without a call() that is known")


def inner_result(machine: Machine, layer: UserLayer, arguments: Arguments, node: ast.AST) -> Any:
    """What the layer of Keras does that the class derives from."""
    assert layer.inner is not None
    call = layer.inner(plain(arguments), machine.site(node))
    if call.fault is not None:
        return machine.fault(call.fault, node, layer.inner.callee)
    return from_python(call.output) if call.output is not None else Unknown(call.reason or FAULTY)


def build_stack_of(machine: Machine, layer: UserLayer, given: Arguments, node: ast.AST) -> None:
    """Build the Sequential that a user's class is, for the first argument of its call."""
    stack = layer.functional
    if isinstance(stack, Sequential):
        touch(machine, stack)
        if stack.graph is None:
            build_stack(machine, stack, given, node)


def inherited_call(
    machine: Machine, layer: UserLayer, name: str, arguments: Arguments, node: ast.AST
) -> Any:
    """``super().build(...)``, ``super().call(...)`` where it is Keras's."""
    if name == "build":
        given = [*arguments.positional, *(arguments.keywords or {}).values()]
        _build_inner(layer, to_python(given[0]) if given else None)
        return None
    inner = layer.functional or layer.inner
    if name == "call" and inner is not None:
        arguments = as_called(inner, arguments)
    if layer.functional is not None:
        call = layer.functional(plain(arguments), machine.site(node))
        return from_python(call.output) if call.output is not None else Unknown(call.reason or "")
    if layer.inner is not None:
        return inner_result(machine, layer, arguments, node)
    return Unknown(f"what super().{name}() returns")


def _outputs(result: Any, call: Call, *, within: bool) -> Any:
    """What ``call`` returned, as the outputs of this call.

    ``within`` the call of another layer a size stays one: the same trace goes on.
    """

    def own(leaf: Any) -> Any:
        if within and isinstance(leaf, SizeTensor):
            return SizeTensor(leaf.value, call)
        if isinstance(leaf, (Tensor, Array)):
            return Tensor(leaf.shape, leaf.dtype, call)
        return leaf

    if isinstance(result, (Tensor, Array, ListValue, DictValue, tuple)):
        return map_structure(own, to_python(result))
    return None


__all__ = ["build_by_hand", "build_within", "called_by_keras", "inherited_call", "run_call"]
