"""What a trained model says about photos."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from finetune_gui.core.errors import PhotoError
from finetune_gui.core.job import JobContext
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.engine.computing import quickest
from finetune_gui.engine.devices import available_devices, choose_device
from finetune_gui.engine.inference import Compute, How, infer, probabilities, to_device
from finetune_gui.engine.loading import Unreadable
from finetune_gui.engine.model_file import TrainedModel, load_model
from finetune_gui.engine.precision import computes_halves, half_of
from finetune_gui.engine.preflight import Setup
from finetune_gui.engine.runtimes import Arithmetic, NotComputableError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Prediction:
    """The answer for one photo.

    ``probabilities`` by class sum to 1; ``confidence`` is that of ``label``. With ``error`` the
    photo could not be read and the rest is empty.
    """

    path: Path
    label: str = ""
    confidence: float = 0.0
    probabilities: dict[str, float] | None = None
    error: PhotoError | None = None


def _device(wanted: str) -> torch.device:
    kinds = [device.kind for device in available_devices()]
    return choose_device(wanted if wanted in kinds else "auto")


def _precision(measured: Arithmetic, device: torch.device) -> Arithmetic:
    """What was measured, unless on another device: there it may be slow, or not exist at all."""
    fits = measured == half_of(device) and computes_halves(device)
    return measured if fits else "float32"


class Predictor:
    """A model on its device, ready to answer.

    ``photos`` is how many it will be asked about in all: from it follows the quickest runtime.
    ``wanted`` is the device by its kind, where this computer has it.
    """

    def __init__(
        self,
        model: TrainedModel,
        setup: Setup | None = None,
        photos: int = 1,
        wanted: str = "auto",
    ) -> None:
        self.info = model.info
        self._setup, self._photos = setup, photos
        self._compute: Compute | None = None
        device = _device(wanted)
        precision = "float32" if setup is None else _precision(setup.inference, device)
        channels_last = setup is None or setup.channels_last
        self._network = to_device(model.network, device, channels_last=channels_last)
        self._how = How(model.info.preprocessing, device, precision, channels_last)

    @classmethod
    def for_run(cls, run: RunFolder, photos: int = 1) -> Predictor:
        """The best model of a run, on the device and in the arithmetic of the run.

        On a computer that lacks either it is the quickest device, and float32.

        Raises:
            RunError: the run has no model yet, or it is broken.
        """
        setup = Setup.among(run.read_manifest().chosen)
        return cls(load_model(run.path), setup, photos, run.read_recipe().train.device)

    def predict(
        self, paths: Sequence[Path], ctx: JobContext, progress: str = ""
    ) -> list[Prediction]:
        """One answer for each path, in the same order.

        Raises:
            Cancelled: the user asked it to stop.
        """
        answers: dict[int, Prediction] = {}

        def keep_error(found: Unreadable) -> None:
            index, error = found.index, found.error
            answers[index] = Prediction(paths[index], error=error)

        self._compute = self._compute or self._quickest()
        done, scores = infer(
            self._compute,
            paths,
            self._how,
            ctx,
            on_unreadable=keep_error,
            progress=progress,
        )
        rows = probabilities(scores).tolist() if done else []
        for index, row in zip(done, rows, strict=True):
            by_class = dict(zip(self.info.classes, row, strict=True))
            label = max(by_class, key=by_class.__getitem__)
            answers[index] = Prediction(paths[index], label, by_class[label], by_class)
        return [answers[i] for i in range(len(paths))]

    def _quickest(self) -> Compute:
        def tell(error: NotComputableError) -> None:
            log.info("torch in the place of OpenVINO: %s", error)

        if self._setup is None:
            return self._network
        return quickest(self._network, self._how, self._setup, self._photos, tell)
