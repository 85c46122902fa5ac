"""Every word that a person sees, in English and Simplified Chinese.

The words live in ``resources/translations/LANGUAGE/*.ftl`` (Project Fluent): a message's value is
its text, its attributes hold the texts that belong to it (``.next`` of an error, ``.help`` of a
recipe field). ``tr("train-start")`` gives a value, ``tr("error-disk-full.next", path=p)`` an
attribute.

What is said otherwise where the program comes as a bundle, into which nobody can install anything
with pip, stands beside it as ``.bundled``, or ``.next-bundled`` for an attribute.
"""

from __future__ import annotations

import locale
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, ClassVar

from fluent.runtime import FluentBundle, FluentResource

from finetune_gui.core.paths import is_bundled, resource

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}


class _Chosen:
    """The one language of this process and those who want to know when it changes."""

    language = "en"
    listeners: ClassVar[list[Callable[[], None]]] = []


# What this thread alone speaks, for a document in another language than the window's.
_spoken: ContextVar[str] = ContextVar("spoken", default="")


class MissingMessageError(KeyError):
    """A key that no catalogue has: a mistake of the program, found by the tests."""


def set_language(language: str) -> None:
    """Use ``language`` (a key of `LANGUAGES`) from now on and tell everyone who listens."""
    if language not in LANGUAGES:
        raise ValueError(language)
    _Chosen.language = language
    for listener in tuple(_Chosen.listeners):
        listener()


def language() -> str:
    """The language now in use, a key of `LANGUAGES`."""
    return _spoken.get() or _Chosen.language


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Use ``language`` inside, in this thread alone; nobody is told of a change."""
    if language not in LANGUAGES:
        raise ValueError(language)
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def on_language_changed(listener: Callable[[], None]) -> Callable[[], None]:
    """Call ``listener`` after each change of language; returns a function that stops this."""
    _Chosen.listeners.append(listener)
    return lambda: _Chosen.listeners.remove(listener)


def system_language() -> str:
    """The user's own language where it is one of ours, else English."""
    names = (os.environ.get("LC_ALL"), os.environ.get("LANG"), locale.getlocale()[0])
    name = next((n for n in names if n), "")
    return "zh_CN" if name.lower().startswith(("zh", "chinese")) else "en"


def tr(key: str, /, **params: str | int | float) -> str:
    """The text for ``key`` in the language now set, with ``params`` filled in.

    Raises:
        MissingMessageError: no catalogue has the key, or a placeholder has no value.
    """
    message_id, _, attribute = key.partition(".")
    bundle = _bundle(language())
    if not bundle.has_message(message_id):
        raise MissingMessageError(key)
    message = bundle.get_message(message_id)
    pattern = message.attributes.get(attribute) if attribute else message.value
    if is_bundled():
        pattern = _of_the_bundle(message.attributes, attribute) or pattern
    if pattern is None:
        raise MissingMessageError(key)
    text, errors = bundle.format_pattern(pattern, params)
    if errors:
        raise MissingMessageError(f"{key}: {errors[0]}")
    return str(text)


def sentences(*texts: str) -> str:
    """Whole sentences one after the other; in Chinese no space stands between them."""
    return ("" if language() == "zh_CN" else " ").join(text for text in texts if text)


def has_message(key: str) -> bool:
    """Whether `tr` knows ``key`` in the language now set."""
    message_id, _, attribute = key.partition(".")
    bundle = _bundle(language())
    if not bundle.has_message(message_id):
        return False
    message = bundle.get_message(message_id)
    return attribute in message.attributes if attribute else message.value is not None


def _of_the_bundle(attributes: Mapping[str, Any], attribute: str) -> Any:
    return attributes.get(f"{attribute}-bundled" if attribute else "bundled")


@cache
def _bundle(name: str) -> FluentBundle:
    # Isolation marks (U+2068/9) keep mixed-direction text apart; neither language needs them and
    # they break the copying of paths out of a sentence.
    bundle = FluentBundle([name.replace("_", "-")], use_isolating=False)
    for path in sorted(resource("translations", name).glob("*.ftl")):
        bundle.add_resource(FluentResource(path.read_text(encoding="utf-8")))
    return bundle
