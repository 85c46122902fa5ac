"""What holds a training up? Photos that come too slowly, and settings that slow the computing."""

from __future__ import annotations

import numpy as np

from finetune_gui.core.coach import thresholds as limit
from finetune_gui.core.coach.facts import Facts
from finetune_gui.core.coach.findings import Finding, Remedy, Span
from finetune_gui.core.coach.words import percent
from finetune_gui.core.events import EpochFinished


def decoding_slow(facts: Facts) -> Finding | None:
    """The network waits because photos are decoded anew in every epoch: they are not kept.

    Source: Mohan et al. 2021, Analyzing and Mitigating Data Stalls in DNN Training (VLDB 14),
    sections 3 and 4: stalls are of fetching or of preparing, and caching does away with most.
    """
    waited = _waited(facts)
    if waited is None or _decoded(facts) < limit.DECODED:
        return None
    return Finding(
        "decoding_slow",
        "hint",
        0.8,
        {"waiting": percent(waited), "decoded": percent(_decoded(facts))},
        Span("loss", 0, facts.n_epochs),
        (Remedy("coach-remedy-keep-photos", page="settings"),),
    )


def loading_slow(facts: Facts) -> Finding | None:
    """The network waits although photos are kept decoded: the drive or the processor is too slow.

    Source: as for `decoding_slow`.
    """
    waited = _waited(facts)
    if waited is None or _decoded(facts) >= limit.DECODED:
        return None
    gentler = {"strong": "medium", "custom": "light", "medium": "light"}
    preset = gentler.get(facts.recipe.augment.preset)
    less = [Remedy("coach-remedy-augment-less", {"augment.preset": preset})] if preset else []
    return Finding(
        "loading_slow",
        "hint",
        0.6,
        {"waiting": percent(waited)},
        Span("loss", 0, facts.n_epochs),
        (Remedy("coach-remedy-own-disk", page="data"), *less),
    )


def precision_pinned(facts: Facts) -> Finding | None:
    """Full precision is set by hand on a graphics card, which is mostly faster with half of it.

    Source: Micikevicius et al. 2018 (arXiv 1710.03740); NVIDIA, Train With Mixed Precision.
    """
    pinned = facts.recipe.train.precision == "float32" and not facts.machine.on_cpu
    if not pinned or _seconds(facts) < limit.PINNED_SECONDS or facts.history.setbacks:
        return None
    return Finding(
        "precision_pinned",
        "hint",
        0.5,
        {"precision": facts.recipe.train.precision},
        remedies=(Remedy("coach-remedy-let-measure", {"train.precision": "auto"}),),
    )


def threads_pinned(facts: Facts) -> Finding | None:
    """Fewer threads are set by hand than the processor has cores, so part of it is idle.

    Source: PyTorch, Performance Tuning Guide, "CPU specific optimizations".
    """
    threads, cores = facts.recipe.train.threads, facts.machine.cores
    if not facts.machine.on_cpu or not 0 < threads < cores:
        return None
    if _seconds(facts) < limit.PINNED_SECONDS:
        return None
    return Finding(
        "threads_pinned",
        "hint",
        0.5,
        {"threads": threads, "cores": cores},
        remedies=(Remedy("coach-remedy-let-measure", {"train.threads": 0}),),
    )


def _waited(facts: Facts) -> float | None:
    """The share of a typical epoch's training that was waiting; None where it is not worth a word.

    The first epoch does not count where there are others: it decodes photos for all that follow.
    """
    epochs = _usual(facts)
    if not epochs:
        return None
    typical = float(np.median([e.waiting for e in epochs]))
    seconds = sum(e.waiting * e.seconds for e in epochs)
    return typical if typical >= limit.WAITED and seconds >= limit.WAITED_SECONDS else None


def _decoded(facts: Facts) -> float:
    """The share of the photos that a typical epoch decodes."""
    return float(np.median([e.decoded for e in _usual(facts)]))


def _usual(facts: Facts) -> list[EpochFinished]:
    return facts.history.epochs[1:]


def _seconds(facts: Facts) -> float:
    return sum(e.seconds for e in facts.history.epochs)
