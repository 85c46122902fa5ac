"""The Model page's card of how the model adapts, and the stages that the Train page shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from finetune_gui.core.errors import UserError
from finetune_gui.core.events import StageJudged
from finetune_gui.core.messages import set_language, tr
from finetune_gui.core.recipe import Recipe
from finetune_gui.gui.pages.model_adapting import AdaptingCard
from finetune_gui.gui.pages.train import TrainPage
from finetune_gui.gui.session import Session
from tests.helpers import train_story as story
from tests.helpers.displayed import displayed

TORCH_MS = 120_000
SMALL = {"model.backbone": "test_resnet.r160_in1k", "model.pretrained": False}


@pytest.fixture
def card(qtbot: QtBot, session: Session) -> AdaptingCard:
    session.change_recipe(SMALL)
    return displayed(qtbot, AdaptingCard(session), (392, 700))


@pytest.fixture
def counted(qtbot: QtBot, session: Session, card: AdaptingCard) -> AdaptingCard:
    """The card once the stages of the network are counted."""
    session.load_torch()
    qtbot.waitUntil(lambda: card.counter.find(session.recipe.model) is not None, timeout=TORCH_MS)
    return card


def test_before_torch_is_there_no_timeline_is_drawn(card: AdaptingCard) -> None:
    assert not card.timeline.isVisible()
    assert card.schedule.isVisible()


def test_the_timeline_follows_the_recipe(counted: AdaptingCard, session: Session) -> None:
    timeline = counted.timeline
    assert timeline.isVisible()
    assert timeline.learns(4, epoch=1)
    assert counted.plan.text() == tr("model-timeline-at-once")
    session.change_recipe(
        {"schedule.head_epochs": 2, "schedule.stage_epochs": 3, "train.epochs": 9}
    )
    opened = [
        [stage for stage in range(6) if timeline.learns(stage, epoch)] for epoch in (2, 3, 6, 9)
    ]
    assert opened == [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3]]
    assert timeline.epochs == 9
    assert "one more stage every 3 epochs" in counted.plan.text()
    assert counted.plan.property("tone") == "caution"
    assert timeline.accessibleDescription() == counted.plan.text()
    session.change_recipe({"train.epochs": 60})
    assert counted.plan.property("tone") == ""
    session.change_recipe({"train.epochs": 2})
    assert counted.plan.text() == tr("model-timeline-head-only", epochs=2)
    session.change_recipe({"schedule.stage_epochs": 0, "train.epochs": 5})
    assert counted.plan.text().endswith(tr("model-timeline-then-all", epoch=3))
    set_language("zh_CN")
    assert counted.plan.text().endswith(tr("model-timeline-then-all", epoch=3))


def test_what_is_frozen_anyway_has_no_row(
    qtbot: QtBot, counted: AdaptingCard, session: Session
) -> None:
    before = counted.timeline.sizeHint().height()
    session.change_recipe({"model.freeze": "backbone"})
    qtbot.waitUntil(lambda: counted.counter.find(session.recipe.model) == 0, timeout=TORCH_MS)
    assert counted.plan.text() == tr("model-timeline-frozen")
    assert counted.timeline.sizeHint().height() < before


def test_only_fields_that_matter_are_shown(card: AdaptingCard, session: Session) -> None:
    rank = card.form.rows["model.lora_rank"]
    guard = card.schedule.rows["schedule.keep_only_gains"]
    assert not rank.isVisible()
    assert not guard.isVisible()
    session.change_recipe({"model.adapter": "lora", "schedule.head_epochs": 1})
    assert rank.isVisible()
    assert guard.isVisible()


def test_it_says_what_a_backbone_cannot_do(card: AdaptingCard) -> None:
    card.show_problem(UserError("error-backbone-pooling", name="torchvision/vgg11"))
    assert "torchvision/vgg11" in card.problem.text()
    assert card.problem.isVisible()
    card.show_problem(UserError("error-backbone-input-size", name="x", size=3))
    assert not card.problem.isVisible()


def test_the_train_page_shows_what_each_stage_gained(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    page = TrainPage(session)
    qtbot.addWidget(page)
    page.show()
    assert not page.status.stages.isVisible()
    told = [
        *story.beginning(4, 10),
        *story.fine_tuning(1, 40, 10, epochs=4),
        StageJudged(0, 0, 1, 10, 0.92, 0.02, kept=True),
        StageJudged(1, 1, 2, 20, 0.938, 0.018, kept=True),
        StageJudged(2, 1, 4, 40, 0.936, -0.002, kept=False),
        story.FINISHED,
    ]
    run = story.write_run(tmp_path / "run", told, Recipe())
    session.open_run(run.path)
    qtbot.waitUntil(lambda: bool(page.status.stages.text()))
    assert page.status.stages.text() == (
        "Frozen baseline 90.0 % → Head +2.0, kept → Last stage +1.8, kept → "
        "Stage 2 from head −0.2, not kept"
    )
    assert page.status.stages.isVisible()
    set_language("zh_CN")
    qtbot.waitUntil(lambda: "未保留" in page.status.stages.text())
