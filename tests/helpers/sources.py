"""What the program's own source and its templates say of the messages they use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import finetune_gui
from finetune_gui.core.paths import resource

PACKAGE = Path(finetune_gui.__file__).parent
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Call:
    """A call with a literal key. ``complete``: all that it passes is seen (no ``**``)."""

    name: str
    key: str
    params: frozenset[str]
    complete: bool
    where: str


@cache
def trees() -> dict[str, ast.Module]:
    """Every module by its path inside the package."""
    return {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


@cache
def literals() -> frozenset[str]:
    """Every string constant, pieces of f-strings left out."""
    found: set[str] = set()
    for tree in trees().values():
        pieces = {id(v) for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for v in n.values}
        found.update(
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in pieces
        )
    return frozenset(found)


@cache
def patterns() -> dict[str, str]:
    """Every f-string with ``*`` for its values, ``shell-page-*``, and where the first one is."""
    found: dict[str, str] = {}
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                pieces = [v.value if isinstance(v, ast.Constant) else "*" for v in node.values]
                found.setdefault("".join(map(str, pieces)), f"{path}:{node.lineno}")
    return found


def matches(pattern: str, text: str) -> bool:
    """Whether an f-string of this ``pattern`` can be ``text``."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".+"), text) is not None


@cache
def key_places() -> dict[str, frozenset[int]]:
    """Functions and classes of the program that take message keys: the places of these arguments.

    A parameter that is called ``key`` or ``…_key`` takes one; ``self`` does not count. A private
    name is that of its module alone: ``gui/pages/data.py:_add``.
    """
    places: dict[str, set[int]] = {}
    for path, tree in trees().items():
        for name, function in _functions(tree):
            args = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
            own = args[1:] if args[:1] in (["self"], ["cls"]) else args
            for place, arg in enumerate(own):
                if arg == "key" or arg.endswith("_key"):
                    places.setdefault(_full_name(name, path), set()).add(place)
    return {name: frozenset(found) for name, found in places.items()}


def calls(names: dict[str, frozenset[int]]) -> Iterator[Call]:
    """The calls of these functions that give a literal at one of these places, or as ``…_key``."""
    for path, name, node in _all_calls():
        places = names.get(_full_name(name, path), frozenset())
        given = [argument for place, argument in enumerate(node.args) if place in places]
        if places:
            given += [k.value for k in node.keywords if (k.arg or "").endswith("_key")]
        for key in (word for argument in given for word in _words(argument)):
            yield Call(
                name,
                key,
                frozenset(k.arg for k in node.keywords if k.arg is not None),
                all(k.arg is not None for k in node.keywords),
                f"{path}:{node.lineno}",
            )


@cache
def template_keys() -> frozenset[tuple[str, str]]:
    """Every quoted word of a template that may be a key, and the file it is in.

    Keys stand there as arguments of ``tr``, ``note`` and ``beside``, some of them in a choice.
    """
    asked = re.compile(r"\b(?:tr|note|beside)\(([^{}]*)\)")
    return frozenset(
        (word, path.name)
        for path in sorted(resource("templates").glob("*.jinja"))
        for arguments in asked.findall(path.read_text(encoding="utf-8"))
        for word in re.findall(r'"([a-z0-9]+(?:-[a-z0-9]+)+)"', arguments)
    )


def titles_of_jobs() -> Iterator[tuple[str, str]]:
    """The ``title`` that each job has by default, and where."""
    for path, tree in trees().items():
        for node in ast.walk(tree):
            is_set = isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "title"
            if path.startswith("jobs/") and is_set and node.value is not None:
                yield ast.literal_eval(node.value), f"{path}:{node.lineno}"


def words(path: str, name: str) -> tuple[str, ...]:
    """The words of a constant, a dictionary's keys or a ``Literal`` called ``name`` in a module.

    Raises:
        LookupError: there is none of that name.
    """
    for node in ast.walk(trees()[path]):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            target, value = node.targets[0].id, node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            target, value = node.target.id, node.value
        else:
            continue
        if target == name:
            choices = node.annotation if isinstance(node, ast.AnnAssign) else None
            return tuple(_words(choices) or _words(value))
    raise LookupError(f"{name} in {path}")


def words_inside(path: str, name: str) -> tuple[str, ...]:
    """The keys of the dictionaries inside the dictionary called ``name``."""
    for node in ast.walk(trees()[path]):
        is_set = isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name
        if is_set and isinstance(node.value, ast.Dict):
            return tuple(word for inner in node.value.values for word in _words(inner))
    raise LookupError(f"{name} in {path}")


def _words(node: ast.expr | None) -> list[str]:
    """The string constants of a literal, a choice between literals or a collection of them."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=body, orelse=orelse):
            return [*_words(body), *_words(orelse)]
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            return [word for part in parts for word in _words(part)]
        case ast.Dict(keys=parts):
            return [word for part in parts if part is not None for word in _words(part)]
        case ast.Subscript(slice=inner):
            return _words(inner)
    return []


def _functions(tree: ast.Module) -> Iterator[tuple[str, _Function]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef) and inner.name == "__init__":
                    yield node.name, inner
        elif isinstance(node, _Function) and node.name != "__init__":
            yield node.name, node


@cache
def _all_calls() -> tuple[tuple[str, str, ast.Call], ...]:
    """Every call with the path of its module and the name of what it calls."""
    return tuple(
        (path, name, node) for path, tree in trees().items() for name, node in _calls(tree)
    )


def _calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the name of what it calls; for ``super().__init__`` that of the base."""
    bases: dict[int, str] = {}
    for cls in (n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.bases):
        base = ast.unparse(cls.bases[0]).partition("[")[0]
        bases |= {id(n): base for n in ast.walk(cls) if isinstance(n, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            # Most calls are told by a glance; writing each one out takes seconds.
            is_base = _called(node) == "__init__" and ast.unparse(node.func) == "super().__init__"
            yield (bases.get(id(node), "") if is_base else _called(node)), node


def _full_name(name: str, path: str) -> str:
    return f"{path}:{name}" if name.startswith("_") else name


def _called(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
