"""The Model page: choosing a backbone, getting its weights, and what of it learns."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.core.messages import set_language, tr
from finetune_gui.gui.pages.model import ModelPage
from finetune_gui.gui.pages.model_counting import Choice
from finetune_gui.gui.pages.model_learning import FREEZES
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.backbone_card import BackboneCard, count_text, size_text
from finetune_gui.gui.widgets.block_row import BLOCKS
from tests.helpers.displayed import displayed

LEFT = Qt.MouseButton.LeftButton
TORCH_MS = 120_000
EMBEDDED = "tf_efficientnet_lite0"
RESNET = "resnet18.a1_in1k"
CONTENT = bytes(range(256)) * 12_000  # 3 MB: several chunks of a download


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> ModelPage:
    return displayed(qtbot, ModelPage(session))


@pytest.fixture
def listed(qtbot: QtBot, session: Session, page: ModelPage) -> ModelPage:
    """The page once torch is there and the backbones are listed and counted."""
    session.load_torch()
    qtbot.waitUntil(lambda: session.torch_state == "ready", timeout=TORCH_MS)
    qtbot.waitUntil(lambda: bool(page.list.cards), timeout=TORCH_MS)
    wait_for_counts(qtbot, page)
    return page


def wait_for_counts(qtbot: QtBot, page: ModelPage) -> None:
    network = page.freeze.network
    counter = page.freeze.counter
    qtbot.waitUntil(
        lambda: all(counter.find(network, Choice(f)) for f in FREEZES), timeout=TORCH_MS
    )


def card(page: ModelPage, name: str = RESNET) -> BackboneCard:
    return page.list.cards[name]


def click(qtbot: QtBot, page: QWidget, name: str) -> None:
    widget = page.findChild(QWidget, name)
    assert widget is not None, name
    # Qt shows what was put into a layout one turn of the event loop later.
    qtbot.waitUntil(widget.isVisible)
    qtbot.mouseClick(widget, LEFT)


def weights_file(session: Session, name: str = RESNET) -> Path:
    return session.paths.weights / f"{name}.safetensors"


# ---- a server of the test's own


@dataclass
class Server:
    """Serves `CONTENT`: half of it at once, the rest when ``go_on`` is set."""

    address: str = ""
    go_on: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            half = len(CONTENT) // 2
            try:
                self.wfile.write(CONTENT[:half])
                self.wfile.flush()
                state.go_on.wait(20)
                self.wfile.write(CONTENT[half:])
            except OSError:
                state.asked.append("hung up")

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Nothing on standard error."""

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.daemon_threads = False
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    state.address = f"http://127.0.0.1:{made.server_port}"
    monkeypatch.setenv("HF_ENDPOINT", state.address)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield state
    state.go_on.set()
    made.shutdown()
    made.server_close()
    thread.join()


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


# ---- the list


def test_before_torch_is_there_it_says_what_it_waits_for(page: ModelPage) -> None:
    waiting = page.list.pages.currentWidget()
    texts = [getattr(child, "text", str)() for child in waiting.findChildren(QWidget)]
    assert tr("model-list-waiting-text") in texts
    assert not page.list.check_button.isVisible()
    assert page.rail_subtitle() == EMBEDDED


def test_the_included_backbone_comes_first_and_is_chosen(listed: ModelPage) -> None:
    first = next(iter(listed.list.cards.values()))
    assert first is card(listed, EMBEDDED)
    assert first.is_chosen
    assert first.weights.text() == "Included"
    assert not first.download_button.isVisible()
    assert first.character.text() == "Speed"
    assert "3.4 M parameters" in first.facts.text()
    assert "224 px" in first.facts.text()
    assert "Apache-2.0" in first.facts.text()
    other = card(listed)
    assert other.download_button.text() == "Download 47 MB"
    assert not other.weights.isVisible()
    assert listed.rail_subtitle() == "EfficientNet-Lite0"


def test_a_click_on_a_card_chooses_it(qtbot: QtBot, listed: ModelPage, session: Session) -> None:
    qtbot.mouseClick(card(listed), LEFT)
    assert session.recipe.model.backbone == RESNET
    assert card(listed).is_chosen
    assert not card(listed, EMBEDDED).is_chosen
    assert listed.rail_subtitle() == "ResNet-18"


def test_arrow_keys_choose_too(listed: ModelPage, session: Session) -> None:
    radio = card(listed, EMBEDDED).radio
    radio.setFocus()
    QTest.keyClick(radio, Qt.Key.Key_Down)
    assert session.recipe.model.backbone == list(listed.list.cards)[1]


def test_a_backbone_without_weights_says_that_it_needs_them(
    listed: ModelPage, session: Session
) -> None:
    assert not card(listed).wanted.isVisible()
    session.change_recipe({"model.backbone": RESNET})
    assert card(listed).wanted.isVisible()
    assert not listed.rail_done()
    session.change_recipe({"model.pretrained": False})
    assert not card(listed).wanted.isVisible()


def test_a_backbone_from_elsewhere_gets_a_card(
    qtbot: QtBot, listed: ModelPage, session: Session
) -> None:
    session.change_recipe({"model.backbone": "resnet34.a1_in1k"})
    qtbot.waitUntil(lambda: "resnet34.a1_in1k" in listed.list.cards)
    made = card(listed, "resnet34.a1_in1k")
    assert made.is_chosen
    assert "ResNet" in made.facts.toolTip()
    assert "ImageNet 77.9 %" in made.facts.toolTip()
    assert not listed.list.other.isVisible()
    assert listed.rail_subtitle() == "resnet34.a1_in1k"


def test_an_unknown_backbone_is_named(
    qtbot: QtBot, listed: ModelPage, session: Session, allow_log: Callable[[str], None]
) -> None:
    allow_log("CountParameters")
    session.change_recipe({"model.backbone": "no-such-network"})
    qtbot.waitUntil(listed.list.other.isVisible)
    assert "no-such-network" in listed.list.other.heading.text()
    assert not any(c.is_chosen for c in listed.list.cards.values())
    session.change_recipe({"model.backbone": EMBEDDED})
    assert not listed.list.other.isVisible()
    assert card(listed, EMBEDDED).is_chosen


def test_weights_put_there_by_hand_are_found(
    qtbot: QtBot, listed: ModelPage, session: Session
) -> None:
    weights_file(session).write_bytes(b"weights")
    with qtbot.waitSignal(listed.list.listed):
        click(qtbot, listed, "model-check-again")
    assert card(listed).weights.text() == "At hand"
    assert not card(listed).download_button.isVisible()
    assert RESNET not in listed.list.missing()


# ---- downloads


def test_a_download_tells_its_progress_and_ends_at_hand(
    qtbot: QtBot, listed: ModelPage, session: Session, server: Server
) -> None:
    click(qtbot, listed, f"download-{RESNET}")
    assert card(listed).is_downloading
    assert not card(listed).download_button.isVisible()
    qtbot.waitUntil(lambda: card(listed).bar.value() > 300)
    assert card(listed).bar.value() <= 500
    assert card(listed).amount.text().endswith("of 3.1 MB")
    server.go_on.set()
    qtbot.waitUntil(card(listed).weights.isVisible)
    assert weights_file(session).read_bytes() == CONTENT
    assert server.asked == [f"/timm/{RESNET}/resolve/main/model.safetensors"]
    assert not card(listed).is_downloading


def test_a_cancelled_download_leaves_nothing_behind(
    qtbot: QtBot, listed: ModelPage, session: Session, server: Server
) -> None:
    click(qtbot, listed, f"download-{RESNET}")
    qtbot.waitUntil(lambda: card(listed).bar.value() > 300)
    assert list(session.paths.weights.iterdir())
    click(qtbot, listed, f"cancel-download-{RESNET}")
    assert card(listed).amount.text() == "Stopping…"
    assert not card(listed).cancel_button.isEnabled()
    assert not server.go_on.is_set()  # no more bytes come: it must not wait for them
    qtbot.waitUntil(card(listed).download_button.isVisible)
    assert not list(session.paths.weights.iterdir())
    assert not card(listed).banner.isVisible()


def test_the_same_download_is_not_started_twice(
    qtbot: QtBot, listed: ModelPage, server: Server
) -> None:
    listed.list.download(RESNET)
    listed.list.download(RESNET)
    server.go_on.set()
    qtbot.waitUntil(card(listed).weights.isVisible)
    assert len(server.asked) == 1


def test_a_page_that_is_gone_hears_no_more_of_its_download(
    qtbot: QtBot, session: Session, listed: ModelPage, server: Server
) -> None:
    assert listed.isVisible()  # torch is there
    page = ModelPage(session)
    page.show()
    qtbot.waitUntil(lambda: bool(page.list.cards))
    page.list.download(RESNET)
    qtbot.waitUntil(lambda: card(page).bar.value() > 300)
    page.deleteLater()
    qtbot.waitUntil(lambda: not is_valid(page))
    server.go_on.set()
    qtbot.waitUntil(lambda: not session.runner.active)
    assert weights_file(session).exists()


def is_valid(thing: object) -> bool:
    import shiboken6

    return bool(shiboken6.isValid(thing))


@pytest.mark.usefixtures("offline")
def test_without_a_network_it_names_the_file_and_the_folder(
    qtbot: QtBot, listed: ModelPage, session: Session
) -> None:
    click(qtbot, listed, f"download-{RESNET}")
    banner = card(listed).banner
    qtbot.waitUntil(banner.isVisible)
    said = banner.heading.text() + banner.text.text()
    assert f"{RESNET}.safetensors" in said
    assert str(session.paths.weights) in said
    assert "http://127.0.0.1:9" in said
    assert card(listed).download_button.isVisible()
    set_language("zh_CN")
    assert "无法获取 ResNet-18 的权重" in banner.heading.text()


@pytest.mark.usefixtures("offline")
def test_what_can_be_done_without_a_network(
    qtbot: QtBot, listed: ModelPage, session: Session, opened: list[str]
) -> None:
    click(qtbot, listed, "model-check-again")  # the address is that of the time it looked
    qtbot.waitUntil(lambda: card(listed).status.download_url.startswith("http://127.0.0.1:9"))
    click(qtbot, listed, f"download-{RESNET}")
    qtbot.waitUntil(card(listed).banner.isVisible)
    click(qtbot, listed, f"open-folder-{RESNET}")
    assert opened == [str(session.paths.weights)]
    click(qtbot, listed, f"copy-address-{RESNET}")
    address = f"http://127.0.0.1:9/timm/{RESNET}/resolve/main/model.safetensors"
    assert QGuiApplication.clipboard().text() == address
    copy = listed.findChild(QPushButton, f"copy-address-{RESNET}")
    assert copy.text() == "Copied"
    weights_file(session).write_bytes(b"weights")
    click(qtbot, listed, f"check-again-{RESNET}")
    qtbot.waitUntil(card(listed).weights.isVisible)
    assert not card(listed).banner.isVisible()


class _Opener(QObject):
    """Stands in for the system's file manager."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toLocalFile())


@pytest.fixture
def opened() -> Iterator[list[str]]:
    opener = _Opener()
    QDesktopServices.setUrlHandler("file", opener, "open")
    yield opener.opened
    QDesktopServices.unsetUrlHandler("file")


# ---- what learns


def test_each_way_to_freeze_tells_what_learns(
    qtbot: QtBot, listed: ModelPage, session: Session
) -> None:
    from finetune_gui.engine import backbones, network

    built = backbones.create(EMBEDDED, 2, 0, 0.0)
    for freeze, option in listed.freeze.options.items():
        network.freeze(built, freeze)
        everything, learning = network.count_parameters(built)
        assert option.learning.text() == f"{count_text(learning)} learn"
        qtbot.mouseClick(option, LEFT)
        assert session.recipe.model.freeze == freeze
        assert option.is_chosen
        assert listed.freeze.total.text() == tr(
            "model-count-for", all=count_text(everything), learning=count_text(learning)
        )


def test_the_pictures_freeze_from_the_input_on(listed: ModelPage) -> None:
    frozen = [option.picture.frozen for option in listed.freeze.options.values()]
    assert frozen == [0, BLOCKS - 2, BLOCKS - 1, BLOCKS]
    names = [option.picture.accessibleName() for option in listed.freeze.options.values()]
    assert names[-1] == f"{BLOCKS} of {BLOCKS + 1} parts frozen, the others learn"


def test_another_backbone_is_counted_anew(
    qtbot: QtBot, listed: ModelPage, session: Session
) -> None:
    session.change_recipe({"model.backbone": "vit_small_patch16_224.augreg_in21k_ft_in1k"})
    assert listed.freeze.total.text() == tr("model-count-waiting")
    session.change_recipe({"model.backbone": RESNET})
    wait_for_counts(qtbot, listed)
    assert listed.freeze.total.text().startswith("11.2 M of 11.2 M parameters learn")


def test_out_of_sight_nothing_is_counted(qtbot: QtBot, listed: ModelPage, session: Session) -> None:
    listed.hide()
    session.change_recipe({"model.backbone": RESNET})
    assert not session.runner.active
    listed.show()
    wait_for_counts(qtbot, listed)


def test_a_network_that_cannot_be_built_says_why(
    qtbot: QtBot, listed: ModelPage, session: Session, allow_log: Callable[[str], None]
) -> None:
    allow_log("CountParameters")
    problem = listed.details.problem
    session.change_recipe({"model.backbone": "no-such-network"})
    qtbot.waitUntil(problem.isVisible, timeout=TORCH_MS)
    assert "no-such-network" in problem.text()
    session.change_recipe({"model.backbone": EMBEDDED})
    qtbot.waitUntil(lambda: not problem.isVisible(), timeout=TORCH_MS)


def test_starting_from_scratch_is_explained(
    qtbot: QtBot, listed: ModelPage, session: Session
) -> None:
    assert listed.start.text.text() == tr("model-start-pretrained")
    click(qtbot, listed, "field-model.pretrained")
    assert session.recipe.model.pretrained is False
    assert listed.start.text.text() == tr("model-start-scratch")
    assert not listed.freeze.scratch.isVisible()
    session.change_recipe({"model.freeze": "backbone"})
    assert listed.freeze.scratch.isVisible()


def test_the_input_size_names_the_backbones_own(listed: ModelPage, session: Session) -> None:
    assert listed.details.own.text() == tr("model-input-own", size=224)
    editor = listed.details.input_size.editor
    editor.setFocus()
    QTest.keyClick(editor, Qt.Key.Key_Up)
    assert session.recipe.model.input_size == 32


# ---- the page around


def test_the_primary_button_leads_on(qtbot: QtBot, page: ModelPage) -> None:
    with qtbot.waitSignal(page.navigate) as asked:
        click(qtbot, page, "model-next")
    assert asked.args == ["train"]


def test_it_follows_the_language(listed: ModelPage) -> None:
    set_language("zh_CN")
    assert listed.header.title.text() == "模型"
    assert card(listed).download_button.text() == "下载 47 MB"
    assert "参数 11.2 M" in card(listed).facts.text()
    assert card(listed, EMBEDDED).weights.text() == "已附带"
    assert listed.freeze.options["backbone"].radio.text() == "整个主干网络"
    assert listed.freeze.total.text() == "3.4 M 个参数中有 3.4 M 参与学习（按两个类别计算）"


def test_everything_to_act_on_has_a_handle(listed: ModelPage) -> None:
    for name, one in listed.list.cards.items():
        for widget in (one.radio, one.download_button, one.cancel_button, one.bar):
            assert name in widget.objectName()
            assert widget.accessibleName()
    for option in listed.freeze.options.values():
        assert option.radio.objectName().startswith("freeze-")
        assert option.radio.accessibleName()
        assert option.radio.accessibleDescription()


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (950, "950"),
        (7_686, "7.7 k"),
        (123_456, "123 k"),
        (999_600, "1.0 M"),
        (27_820_128, "27.8 M"),
    ],
)
def test_numbers_of_parameters_are_short(n: int, text: str) -> None:
    assert count_text(n) == text


@pytest.mark.parametrize(("n", "text"), [(2_493_024, "2.5 MB"), (46_800_000, "47 MB")])
def test_file_sizes_are_short(n: int, text: str) -> None:
    assert size_text(n) == text
