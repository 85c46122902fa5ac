"""Finds out what a file of weights or a run folder is, before it is used."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from finetune_gui.core.job import JobContext, Lane

if TYPE_CHECKING:
    from finetune_gui.engine.starting_point import StartingPoint


@dataclass(frozen=True)
class LookAtWeights:
    """What is at ``path``; ``backbone`` where the user says which architecture it is."""

    path: Path
    backbone: str = ""
    lane: Lane = Lane.READ
    title: str = "model-job-look"

    def run(self, ctx: JobContext) -> StartingPoint:
        """See `finetune_gui.engine.starting_point.look_at`; raises `UserError`."""
        from finetune_gui.engine.starting_point import look_at

        ctx.check_cancelled()
        return look_at(self.path, ctx, self.backbone)


@dataclass(frozen=True)
class ListArchitectures:
    """The names of all networks that weights may belong to, for those who know theirs."""

    lane: Lane = Lane.READ
    title: str = "model-job-look"

    def run(self, ctx: JobContext) -> tuple[str, ...]:
        """All names, sorted."""
        from finetune_gui.engine.recognise import architectures

        ctx.check_cancelled()
        return tuple(sorted(architectures()))
