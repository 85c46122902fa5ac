"""Curves to plot, and a look for their colours."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from finetune_gui.gui.widgets.plot_data import Series
from finetune_gui.gui.widgets.plot_legend import Curve

STEP = Curve("step", "train-plot-training-step", "accent", "thin")
MEAN = Curve("mean", "train-plot-training-mean", "accent")
VAL = Curve("val", "train-plot-validation", "validation", "dashed")


class Data:
    """Three series as a run of 4 epochs of 10 steps leaves them after epoch 2."""

    def __init__(self) -> None:
        self.step, self.mean, self.val = Series(), Series(), Series()
        xs = np.arange(1, 21) / 10
        self.step.extend(xs, 1.2 - xs / 2)
        self.mean.extend(xs, 1.25 - xs / 2)
        self.val.extend([0.0, 1.0, 2.0], [1.3, 0.8, 0.4])

    def curves(self) -> list[tuple[Curve, Series]]:
        return [(STEP, self.step), (MEAN, self.mean), (VAL, self.val)]


def color_seen(image: QImage, color: str) -> bool:
    wanted = QImage(1, 1, image.format())
    wanted.fill(color)
    rgb = wanted.pixel(0, 0)
    return any(
        image.pixel(x, y) == rgb for x in range(image.width()) for y in range(image.height())
    )
