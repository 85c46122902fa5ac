"""Reading weight files without ever running what is in them, and without trusting their claims."""

from __future__ import annotations

import argparse
import io
import logging
import pickle
import stat
import struct
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from typing_extensions import override

from finetune_gui.core.errors import WeightsError
from finetune_gui.engine import pickle_check
from finetune_gui.engine.headed import Headed
from finetune_gui.engine.keras_body import WEIGHTS_SUFFIXES, KerasBody
from finetune_gui.engine.network import head_names
from finetune_gui.engine.weights_fit import fit_to

log = logging.getLogger(__name__)

# The longest header of a safetensors file that is read; those of large networks have 200 KiB.
_MOST_HEADER = 16 * 2**20
# The longest list of contents of a zip, in bytes.
_MOST_CONTENTS = 16 * 2**20
_DEEPEST = 3  # how many dictionaries may lie around the weights
# Under which names checkpoints keep weights, those that do best first: a moving average (EMA) is
# what its makers would use.
_PARTS = (
    *("state_dict_ema", "model_ema", "ema_state_dict", "ema", "params_ema"),
    *("state_dict", "model_state_dict", "model_state", "model", "network", "net", "weights"),
    *("params", "module", "teacher", "student", "encoder", "backbone"),
)
_WRONG = (
    SafetensorError,
    pickle.UnpicklingError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    AssertionError,
    NotImplementedError,
    RecursionError,
    struct.error,
    zipfile.BadZipFile,
)


@dataclass(frozen=True)
class Stored:
    """The weights in a file, on the CPU.

    ``part`` names the entry of a checkpoint that they are, such as ``state_dict_ema``, or is
    empty. ``architecture`` is what a checkpoint calls its network; timm's training script does.
    """

    tensors: dict[str, Tensor]
    part: str = ""
    architecture: str = ""


def read_weights(path: Path) -> dict[str, Tensor]:
    """The tensors of a file, on the CPU; see `read_stored`."""
    return read_stored(path).tensors


def read_stored(path: Path) -> Stored:
    """The weights in a safetensors file, or in what ``torch.save`` made of a state dict.

    What a file is shows in its content, not in its name. Data stays in the file until it is used.

    Raises:
        WeightsError: the file is gone, broken, of another kind, or holds anything but tensors.
    """
    size = _size_of(path)
    try:
        loaded = _load(path, size)
        found = _find_weights(loaded)
    except WeightsError:
        raise
    except pickle_check.NotWeightsError as error:
        key = "error-weights-runs-code" if error.name else "error-weights-broken"
        raise WeightsError(key, path=str(path), name=error.name[:80]) from error
    except FileNotFoundError as error:
        raise WeightsError("error-weights-missing", path=str(path)) from error
    except MemoryError as error:
        raise WeightsError("error-weights-broken", path=str(path)) from error
    except _WRONG as error:
        raise WeightsError("error-weights-broken", path=str(path)) from error
    if found is None:
        raise WeightsError("error-weights-none", path=str(path))
    for name, tensor in found.tensors.items():
        _check_tensor(path, name, tensor, size)
    return found


def load_into(network: nn.Module, path: Path) -> None:
    """Put pretrained weights into ``network``; its head keeps its own, fresh weights.

    Every tensor of the backbone must be there with its shape: half-loaded weights would train
    without an error and be worse for no visible reason.

    Raises:
        WeightsError: the file is broken, belongs to another network, or holds no finite numbers.
    """
    body, head = body_and_head(network)
    if isinstance(body, KerasBody) and path.suffix.lower() in WEIGHTS_SUFFIXES:
        fit = fit_to(body, body.weights_in(path), head)
    else:
        fit = fit_to(body, read_weights(path), head)
    if not fit.is_whole:
        log.info("%s does not fit:\n%s", path, "\n".join(fit.problems()))
        raise WeightsError(
            "error-weights-do-not-fit",
            path=str(path),
            name=fit.first_problem,
            fitting=fit.fitting,
            wanted=fit.wanted,
        )
    for name, tensor in fit.tensors.items():
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise WeightsError("error-weights-not-finite", path=str(path), name=name)
    body.load_state_dict(fit.tensors, strict=False)


def body_and_head(network: nn.Module) -> tuple[nn.Module, frozenset[str]]:
    """What pretrained weights are for, and the tensors in it that they are not for."""
    if isinstance(network, Headed):
        return network.body, frozenset()
    return network, head_names(network)


# ---- what kind of file it is


def _size_of(path: Path) -> int:
    try:
        found = path.stat()
    except FileNotFoundError as error:
        raise WeightsError("error-weights-missing", path=str(path)) from error
    except (OSError, ValueError) as error:  # a link to itself, a name that is none
        raise WeightsError("error-weights-not-a-file", path=str(path)) from error
    if not stat.S_ISREG(found.st_mode):  # a pipe would keep us waiting for ever
        raise WeightsError("error-weights-not-a-file", path=str(path))
    if found.st_size == 0:
        raise WeightsError("error-weights-empty", path=str(path))
    return found.st_size


def _load(path: Path, size: int) -> object:
    with path.open("rb") as file:
        start = file.read(9)
    if start[:4] == b"PK\x03\x04":
        return _load_zip(path, size)
    if start[:1] == b"\x80":
        return _load_legacy(path, size)
    header = int.from_bytes(start[:8], "little")
    if start[8:9] != b"{" or header > min(size - 8, _MOST_HEADER):
        raise WeightsError("error-weights-broken", path=str(path))
    return load_file(path)


class _Bounded(io.FileIO):
    """A file of which nobody reads very much in one go, whatever the file itself claims."""

    @override
    def read(self, size: int | None = -1, /) -> bytes:
        """Read, or raise `OSError`."""
        if size is not None and size > _MOST_CONTENTS:
            raise OSError(size)
        return super().read(_MOST_CONTENTS if size is None or size < 0 else size)


def _load_zip(path: Path, size: int) -> object:
    with _Bounded(path) as file, zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        names = [entry.filename for entry in entries]
        _refuse_programs(path, names)
        _check_entries(path, entries, size)
        pickles = [name for name in names if name.count("/") == 1 and name.endswith("/data.pkl")]
        if len(pickles) != 1 or archive.getinfo(pickles[0]).file_size > pickle_check.MOST_BYTES:
            raise WeightsError("error-weights-broken", path=str(path))
        with archive.open(pickles[0]) as stream:
            pickle_check.check(stream, size)
    return _load_tensors_only(path)


def _refuse_programs(path: Path, names: list[str]) -> None:
    """Files of torch that hold a whole program instead of weights."""
    parts = [name.split("/", 1)[-1] for name in names]
    if "constants.pkl" in parts or any(part.startswith("code/") for part in parts):
        raise WeightsError("error-weights-torchscript", path=str(path))
    exported = ("archive_format", "serialized_exported_program.json")
    if any(part in exported or part.startswith("models/") for part in parts):
        raise WeightsError("error-weights-exported", path=str(path))


def _check_entries(path: Path, entries: list[zipfile.ZipInfo], size: int) -> None:
    """torch packs nothing and names nothing twice: what does is larger than it looks."""
    packed = any(entry.compress_type != zipfile.ZIP_STORED for entry in entries)
    doubled = len({entry.filename.casefold() for entry in entries}) < len(entries)
    if packed or doubled or sum(entry.file_size for entry in entries) > size:
        raise WeightsError("error-weights-broken", path=str(path))


class _Plain(io.BufferedReader):
    """A file without a descriptor: torch would otherwise try to unpack it as a tar archive."""

    @override
    def fileno(self) -> int:
        """There is none."""
        raise io.UnsupportedOperation


def _load_legacy(path: Path, size: int) -> object:
    """What torch before 1.6 wrote: three small pickles, the data's, a list of keys, the data."""
    with _Plain(io.FileIO(path)) as file:
        start = io.BytesIO(file.read(pickle_check.MOST_BYTES))
        for _ in range(5):
            pickle_check.check(start, size)
        file.seek(0)
        return _load_tensors_only(file)


def _load_tensors_only(file: Path | _Plain) -> object:
    # What torch warns of here is a file that it then refuses; the refusal is the sentence.
    with (
        warnings.catch_warnings(),
        # The settings of a training script: plain values with names.
        torch.serialization.safe_globals([argparse.Namespace]),
    ):
        warnings.simplefilter("ignore")
        in_place = True if isinstance(file, Path) else None
        return torch.load(file, map_location="cpu", weights_only=True, mmap=in_place)


# ---- what is in it


def _find_weights(loaded: object, depth: int = _DEEPEST) -> Stored | None:
    if not isinstance(loaded, Mapping):
        return None
    for part in _PARTS:
        inside = loaded.get(part)
        found = _find_weights(inside, depth - 1) if depth and inside is not None else None
        if found is not None:
            said = loaded.get("arch")
            architecture = said if isinstance(said, str) else found.architecture
            return Stored(found.tensors, ".".join(filter(None, (part, found.part))), architecture)
    tensors = {str(k): t for k, t in loaded.items() if isinstance(t, Tensor)}
    # A lone tensor beside other things is the state of something else.
    return Stored(tensors) if tensors and 2 * len(tensors) > len(loaded) else None


def _check_tensor(path: Path, name: str, tensor: Tensor, size: int) -> None:
    plain = tensor.layout is torch.strided and tensor.device.type == "cpu"
    numbers = not (tensor.is_quantized or tensor.is_complex())
    if not (plain and numbers and tensor.numel() * tensor.element_size() <= size):
        raise WeightsError("error-weights-tensor", path=str(path), name=name[:80])
