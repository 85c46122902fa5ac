"""Import torch while the window already stands."""

from __future__ import annotations

from dataclasses import dataclass

from finetune_gui.core.job import JobContext, Lane


@dataclass(frozen=True)
class LoadTorch:
    """Imports the engine; the result is what it runs on, for the status line.

    A dictionary with ``torch`` (its version), ``device`` (``cpu``, ``cuda``, ``mps``) and
    ``device_name`` and ``advice``: the message that says how an NVIDIA card that stays idle could
    be used, empty where none does.
    """

    lane: Lane = Lane.COMPUTE
    title: str = "shell-job-load-torch"

    def run(self, ctx: JobContext) -> dict[str, str]:
        """Do the imports; raises `UserError` when torch cannot be loaded."""
        import torch

        ctx.check_cancelled()
        from finetune_gui.engine import training as _engine  # loads all that a run needs
        from finetune_gui.engine.devices import advice_on_card, choose_device, describe

        device = choose_device("auto")
        return {
            "torch": torch.__version__,
            "device": device.type,
            "device_name": describe(device),
            "advice": advice_on_card(),
            "engine": _engine.__name__,
        }
