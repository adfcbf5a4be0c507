"""No view may break on a study in which things are missing, nor on a terminal that is narrow or not UTF-8."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from optsweep.results.records import StudySnapshot
from optsweep.views.live import frame
from optsweep.views.status import status_document, status_table
from optsweep.views.summary import best_document, best_table, summary
from tests.snapshots import Views, make_data, render, troubled_snapshots, trust_of

VIEWS: Views = {
    "status": lambda snapshot: status_table(snapshot, trust_of(snapshot)),
    "summary": lambda snapshot: summary(snapshot, trust_of(snapshot)),
    "best": lambda snapshot: best_table(snapshot, trust_of(snapshot), 3),
    "frame": lambda snapshot: frame(snapshot, 80),
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_troubled_studies_are_shown_without_an_error(view: str, encoding: str) -> None:
    for snapshot in troubled_snapshots():
        text = render(VIEWS[view](snapshot), width=80, encoding=encoding)
        assert text.strip()
        assert all(len(line) <= 80 for line in text.splitlines())
        assert not {"\x1b", "\x07"} & set(text)
        assert "nan" not in text.lower().split()
        assert "inf" not in text.lower().split()


@pytest.mark.parametrize("view", ["status", "summary", "frame"])
def test_states_and_reasons_are_words_not_only_colours(view: str, busy: StudySnapshot) -> None:
    text = render(VIEWS[view](busy))
    assert "pruned at 40 %: 2.91 > median 2.84 of 5 runs" in text
    assert "failed: ValueError: no such thing" in text


def test_documents_are_strict_json_for_troubled_studies() -> None:
    for snapshot in troubled_snapshots():
        for document in (status_document(snapshot, trust_of(snapshot).verdict), best_document(snapshot, 3)):
            assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_every_view_labels_synthetic_data(busy: StudySnapshot) -> None:
    synthetic = replace(busy, data=make_data(synthetic=True))
    for view in VIEWS.values():
        assert "synthetic data" in render(view(synthetic))
        assert "synthetic" not in render(view(busy))
