from __future__ import annotations

import pytest

from finetune_gui.core.events import Event
from finetune_gui.core.job import JobContext


@pytest.fixture
def events() -> list[Event]:
    """What the job told through ``ctx``."""
    return []


@pytest.fixture
def ctx(events: list[Event]) -> JobContext:
    return JobContext(events.append)


@pytest.fixture
def cancelled_ctx(ctx: JobContext) -> JobContext:
    """A context of a job that the user has cancelled already."""
    ctx.control.cancel()
    return ctx
