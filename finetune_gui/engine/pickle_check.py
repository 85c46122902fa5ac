"""Looks at a pickle without running it: what would it build, and from how much data?

torch's ``weights_only=True`` already refuses to call anything but a few functions of its own. This
comes before it, so that what is not a file of weights is refused at once, by name, and never gets
to claim memory: a pickle of a hundred bytes can ask for an array of a terabyte.
"""

from __future__ import annotations

import pickletools
from typing import IO, Any

# The parts of a checkpoint other than tensors are small: a thousand layers with the states of an
# optimiser come to half a megabyte and 150,000 operations.
MOST_BYTES = 4 * 2**20
_MOST_OPERATIONS = 400_000

_CONTAINERS = frozenset({"collections.OrderedDict", "torch.Size", "argparse.Namespace"})
_TENSORS = frozenset(
    {
        "torch._utils._rebuild_tensor",
        "torch._utils._rebuild_tensor_v2",
        "torch._utils._rebuild_parameter",
        "torch.nn.parameter.Parameter",
        "torch.device",
    }
)
_INTEGERS = frozenset({"BININT", "BININT1", "BININT2", "LONG1"})
_PUTS = frozenset({"BINPUT", "LONG_BINPUT"})
# Other ways to call something, which nothing that holds weights uses.
_CALLS = frozenset({"INST", "OBJ", "EXT1", "EXT2", "EXT4", "NEWOBJ_EX", "PERSID"})
# The place of the number of elements in a reference to a storage:
# ("storage", type, key, device, elements[, view]).
_ELEMENTS = 4
_REFERENCE_LENGTHS = (5, 6)


class NotWeightsError(ValueError):
    """The pickle holds something else; ``name`` is what it would load, where it is that."""

    def __init__(self, name: str = "") -> None:
        super().__init__(name)
        self.name = name


def check(stream: IO[bytes], most_elements: int) -> None:
    """Read one pickle up to its end and see that it describes tensors and plain values only.

    ``most_elements``: no storage may have more, which is what the file has room for.

    Raises:
        NotWeightsError: it would load something else, claims too much, or is too long.
        ValueError: it is no pickle.
    """
    pushed: list[tuple[str, Any]] = []  # since the last mark
    for count, (operation, argument, _) in enumerate(pickletools.genops(stream)):
        name = operation.name
        if count > _MOST_OPERATIONS:
            raise NotWeightsError
        if name == "GLOBAL":
            _check_global(str(argument))
        elif name == "STACK_GLOBAL":
            raise NotWeightsError(".".join(a for _, a in pushed[-4:] if isinstance(a, str)))
        elif name in _CALLS:
            raise NotWeightsError(str(argument or name))
        elif name == "BINPERSID":
            _check_reference(pushed, most_elements)
        if name == "MARK":
            pushed = []
        elif name not in _PUTS:
            pushed.append((name, argument))


def _check_global(argument: str) -> None:
    name = ".".join(argument.split(" ", 1))
    module, _, last = name.rpartition(".")
    is_storage = module in ("torch", "torch.storage") and last.endswith("Storage")
    if not (name in _CONTAINERS or name in _TENSORS or is_storage):
        raise NotWeightsError(name)


def _check_reference(pushed: list[tuple[str, Any]], most_elements: int) -> None:
    """See that a storage is described in place, as torch writes it, and not too large."""
    *parts, last = pushed or [("", None)]
    if last[0] != "TUPLE" or len(parts) not in _REFERENCE_LENGTHS:
        raise NotWeightsError
    kind, elements = parts[_ELEMENTS]
    if kind not in _INTEGERS or not 0 <= elements <= most_elements:
        raise NotWeightsError
