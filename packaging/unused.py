"""Files of the bundle that the program never uses, by their names in it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

Entry = tuple[str, str, str]

_UNUSED = tuple(
    re.compile(pattern)
    for pattern in (
        r"(^|/)tests?/",
        r"^torch/(include|share|test)/",
        r"^torch/lib/.*\.(a|lib)$",
        r"^torch/bin/(?!torch_shm_manager)",
        r"\.(h|hpp|cuh|pyi|cmake)$",
        # Of 1,000 locales Babel needs those that the program speaks.
        r"^babel/locale-data/(?!(root|en|en_US|zh|zh_Hans|zh_Hans_CN)\.dat$)",
        # OpenVINO computes on the CPU here, and reads what torch traced.
        r"^openvino/libs/libopenvino_(intel_gpu|intel_npu|tensorflow|tflite|paddle|jax|onnx)",
        r"^openvino/libs/cache\.json$",  # of graphics cards
        r"^openvino/libs/libopenvino_(auto|hetero|auto_batch)_plugin",
        # The look of GTK brings thirty libraries of the system along.
        r"/plugins/platformthemes/libqgtk3",
        r"^lib(atk|cairo|datrie|fribidi|gdk|graphite2|gtk|harfbuzz|pango|pixman|thai)[-_.a-z0-9]*\.so",
        r"\.dist-info/(RECORD|INSTALLER|REQUESTED|direct_url\.json)$",
        # Qt: plugins and words for what the program does not show.
        r"/Qt/translations/(?!qtbase_(en|zh_CN)\.qm$)",
        r"/Qt/(qml|metatypes)/",
        r"/plugins/(qmltooling|sqldrivers|networkinformation|tls|designer|multimedia)/",
        r"/libQt6(Qml|Quick|Designer|Sql|Test|Help|Network[A-Z])",
    )
)


def without_unused(entries: Iterable[Entry]) -> list[Entry]:
    """The entries ``(name in the bundle, source, kind)`` that are not in `_UNUSED`."""
    return [entry for entry in entries if not is_unused(entry[0]) and not _leads_nowhere(entry)]


def is_unused(name: str) -> bool:
    """Whether a file of the bundle is left out, by its name in it."""
    plain = name.replace("\\", "/")
    return any(pattern.search(plain) for pattern in _UNUSED)


def _leads_nowhere(entry: Entry) -> bool:
    """Whether this is a link to a file that is left out."""
    name, source, kind = entry
    return kind == "SYMLINK" and is_unused(
        posixpath.normpath(posixpath.join(posixpath.dirname(name), source))
    )
