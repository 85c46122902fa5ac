"""Keras, where it is installed: the one place that imports it.

It computes with torch (``KERAS_BACKEND``), so its networks are trained by the same loop as all
others. Importing it takes seconds; nothing here does so before it is needed.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from finetune_gui.core.errors import UserError


def has_keras() -> bool:
    """Whether Keras is installed; it is not imported for that."""
    return importlib.util.find_spec("keras") is not None


def keras_library() -> Any:
    """The package ``keras``, computing with torch on channels-last float32.

    Raises:
        UserError: it is not installed, or was imported with another backend before.
    """
    # Keras looks at this once, when it is imported; it wins over the file in the home folder.
    os.environ["KERAS_BACKEND"] = "torch"
    try:
        keras: Any = importlib.import_module("keras")
    except ImportError as error:
        raise UserError("error-no-keras") from error
    if keras.config.backend() != "torch":
        raise UserError("error-keras-backend", backend=keras.config.backend())
    # That file may say otherwise.
    keras.config.set_image_data_format("channels_last")
    keras.config.set_floatx("float32")
    return keras


def save_keras(model: Any, path: Path) -> None:
    """Write a Keras model to ``path``, whose suffix is ``.keras``; raises `OSError`."""
    with arrays_of_keras():
        model.save(path)


@contextmanager
def arrays_of_keras() -> Iterator[None]:
    """While Keras makes arrays of its tensors: 3.15 does not know the newest way to ask for one."""
    with warnings.catch_warnings():
        message = "__array__ implementation doesn't accept a copy keyword"
        warnings.filterwarnings("ignore", message, DeprecationWarning)
        yield
