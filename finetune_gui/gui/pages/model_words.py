"""The words for what a network is made of, in the language now set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finetune_gui.core.messages import tr
from finetune_gui.gui.percent import percent_text, whole_percent
from finetune_gui.gui.widgets.backbone_card import count_text
from finetune_gui.gui.widgets.structure_blocks import Bar, BlockFace

if TYPE_CHECKING:
    from finetune_gui.engine.structure import Stage, Structure

_GIGABYTE, _MEGABYTE = 1e9, 1e6


def stage_title(structure: Structure, number: int) -> str:
    """What people call a stage: the entry, stages 1 to n, the head."""
    stage = structure.stages[number]
    match stage.role:
        case "stem":
            return tr("model-stage-stem")
        case "head":
            return tr("model-stage-head")
        case _:
            return tr("model-stage", n=number)


def sight_text(stage: Stage) -> str:
    """What a stage roughly sees, in a sentence."""
    return tr(f"model-sees-{stage.sees}-text")


def block_face(structure: Structure, number: int, *, frozen: bool) -> BlockFace:
    """What the block of a stage shows. ``frozen``: as it is wanted, before it is counted."""
    stage = structure.stages[number]
    title, sight = stage_title(structure, number), tr(f"model-sees-{stage.sees}")
    state = tr("model-block-frozen") if frozen else tr("model-block-learns")
    facts = f"{output_text(stage)} · {count_text(stage.parameters)}"
    low, high = (0.0, 0.0) if frozen else stage.rates
    compute, rate = percent_text(whole_percent(stage.compute)), rate_text(high)
    bars = (
        Bar(tr("model-bar-compute"), compute, stage.compute, stage.compute, "muted"),
        Bar(tr("model-bar-rate"), rate, low, high, "accent"),
    )
    described = tr(
        "model-block-described",
        title=title,
        sight=sight,
        output=output_text(stage),
        count=count_text(stage.parameters),
        compute=compute,
        rate=rate,
        state=state,
    )
    fixed = stage.role == "head"
    return BlockFace(title, sight, facts, state, frozen, fixed, bars, described)


def output_text(stage: Stage) -> str:
    """The size of what comes out: places first, then how many numbers there are at each."""
    shape = stage.shape
    if not shape:
        return "–"
    if len(shape) == 1:
        return tr("model-shape-scores", n=shape[0])
    if len(shape) == 2:
        return tr("model-shape-tokens", n=shape[0], channels=shape[1])
    if stage.channels_last:
        return f"{shape[0]} × {shape[1]} × {shape[2]}"
    return f"{shape[1]} × {shape[2]} × {shape[0]}"


def rate_text(rate: float) -> str:
    """A learning rate as a multiple of the head's."""
    if rate == 0:
        return "0"
    return f"× {rate:.2f}" if rate >= 0.005 else "× <0.01"


def memory_text(n_bytes: int) -> str:
    """So much memory, in two figures."""
    if n_bytes >= 0.95 * _GIGABYTE:
        gigabytes = n_bytes / _GIGABYTE
        value = f"{gigabytes:.1f}" if gigabytes < 9.95 else f"{gigabytes:.0f}"
        return tr("model-gigabytes", value=value)
    return tr("model-megabytes", value=f"{max(10, 10 * round(n_bytes / _MEGABYTE / 10))}")
