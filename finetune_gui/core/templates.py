"""The templates in ``resources/templates``, filled in the language now set."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from finetune_gui.core.messages import tr
from finetune_gui.core.paths import resource


@cache
def environment() -> Environment:
    """The environment of all templates.

    What is filled into HTML is escaped, whatever a class or a photo is called. A value that is
    missing is an error and not an empty place.
    """
    made = Environment(
        loader=FileSystemLoader(resource("templates")),
        autoescape=select_autoescape(enabled_extensions=("html.jinja", "svg.jinja")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals["tr"] = tr
    return made
