"""What is installed here, what it can compute on, and where things are kept."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from finetune_gui import __version__
from finetune_gui.core.graphics import find_nvidia
from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.messages import tr
from finetune_gui.core.paths import AppPaths

# Not installed with the program: what they are for works without them, or is left out.
_EXTRAS = ("openvino", "keras", "onnx", "onnxruntime", "peft", "accelerate")
_PACKAGES = ("torch", "torchvision", "timm", "PySide6-Essentials", "pyqtgraph", "numpy", "pillow")


@dataclass(frozen=True)
class Doctor:
    """Versions, devices and folders, as ``doctor --json`` prints them."""

    paths: AppPaths
    lane: Lane = Lane.READ
    title: str = "cli-job-doctor"

    def run(self, ctx: JobContext) -> dict[str, Any]:
        """Look; changes nothing."""
        from finetune_gui.engine.devices import advice_on_card, available_devices

        ctx.check_cancelled()
        advice = advice_on_card()
        return {
            "version": __version__,
            "python": platform.python_version(),
            "system": platform.platform(),
            "packages": {name: _version(name) for name in _PACKAGES},
            "extras": {name: _version(name) for name in _EXTRAS},
            "devices": [vars(device) for device in available_devices()],
            "nvidia": vars(find_nvidia()) | {"advice": tr(advice) if advice else ""},
            "folders": {
                "settings": str(self.paths.settings_file),
                "runs": str(self.paths.runs),
                "searches": str(self.paths.searches),
                "cross_validations": str(self.paths.cross_validations),
                "weights": str(self.paths.weights),
                "thumbnails": str(self.paths.thumbnails),
                "photos": str(self.paths.photos),
                "log": str(self.paths.log_file),
            },
        }


def _version(name: str) -> str | None:
    """The version that is installed; None where it is not, or where a bundle does not tell."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None
