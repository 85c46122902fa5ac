"""What this machine can compute on."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass

import torch

from finetune_gui.core.errors import UserError
from finetune_gui.core.graphics import advice_for, find_nvidia
from finetune_gui.core.paths import is_bundled


@dataclass(frozen=True)
class DeviceInfo:
    """One device. ``memory_bytes`` is 0 where it shares the computer's memory."""

    kind: str
    name: str
    memory_bytes: int


def available_devices() -> tuple[DeviceInfo, ...]:
    """All devices that torch can use here, the fastest first; the CPU is always last."""
    found: list[DeviceInfo] = []
    if torch.cuda.is_available():
        properties = torch.cuda.get_device_properties(0)
        found.append(DeviceInfo("cuda", properties.name, properties.total_memory))
    if torch.backends.mps.is_available():
        found.append(DeviceInfo("mps", "Apple GPU", 0))
    found.append(DeviceInfo("cpu", _cpu_name(), 0))
    return tuple(found)


def choose_device(wanted: str) -> torch.device:
    """The device for ``wanted`` (``auto``: the fastest).

    Raises:
        UserError: the recipe names a device that this machine does not have.
    """
    kinds = [device.kind for device in available_devices()]
    if wanted == "auto":
        return torch.device(kinds[0])
    if wanted not in kinds:
        raise UserError("error-device-missing", device=wanted, available=", ".join(kinds))
    return torch.device(wanted)


def advice_on_card() -> str:
    """The message that says how to use an NVIDIA card that stays idle; empty where none does.

    Torch counts as using a card where it computes on any graphics processor.
    """
    return advice_for(
        find_nvidia(),
        torch_has_cuda=torch.version.cuda is not None,
        usable=torch.cuda.is_available() or torch.backends.mps.is_available(),
        bundled=is_bundled(),
    )


def copies_behind(device: torch.device) -> bool:
    """Whether the CPU may go on while it copies to ``device``.

    On CUDA alone, whose copies follow each other in order, from pinned memory or a copy of its own.
    """
    return device.type == "cuda"


def describe(device: torch.device) -> str:
    """A short name for the status line: ``NVIDIA H200`` or ``CPU · 8``."""
    if device.type == "cpu":
        return f"CPU · {torch.get_num_threads()}"
    return next(d.name for d in available_devices() if d.kind == device.type)


def measurement_key(device: torch.device, backbone: str, input_size: int) -> str:
    """What a measurement holds for: it must be made anew when any of these changes."""
    return f"{machine_key(device)} | {backbone} | {input_size}"


def machine_key(device: torch.device) -> str:
    """The part of `measurement_key` that is the same for all networks."""
    machine = describe(device) if device.type != "cpu" else f"{_cpu_name()} {describe(device)}"
    return f"{machine} | torch {torch.__version__}"


def _cpu_name() -> str:
    return f"{platform.processor() or platform.machine()} x{os.cpu_count()}"
