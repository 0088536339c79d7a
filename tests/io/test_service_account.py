"""The mounted ServiceAccount token as text: it goes into a header."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from jupyterlab_deploykf.errors import ServiceAccountTokenUnreadable
from jupyterlab_deploykf.io.service_account import read_service_account_token

from ..support.keys import sign

NOW = 1_800_000_000.0
CLAIMS = {"sub": "system:serviceaccount:team-1:editor", "aud": ["pipelines.kubeflow.org"]}


@pytest.mark.parametrize("around", ["{}\n", "\ufeff{}\r\n", " {} "])
def test_what_is_left_around_it_is_left_out(tmp_path: Path, around: str) -> None:
    token = sign({**CLAIMS, "exp": NOW + 600})
    (tmp_path / "token").write_text(around.format(token))
    assert str(read_service_account_token(str(tmp_path / "token"), NOW)) == token


@pytest.mark.parametrize("inside", ["\n", "\r\nX-Header: 1", "\0", " ", "é"])
def test_a_token_that_can_not_be_in_a_header_is_none(tmp_path: Path, inside: str) -> None:
    token = sign({**CLAIMS, "exp": NOW + 600})
    (tmp_path / "token").write_text(token[:-10] + inside + token[-10:])
    with pytest.raises(ServiceAccountTokenUnreadable, match="no token"):
        read_service_account_token(str(tmp_path / "token"), NOW)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "token")
    # Whoever reads it gets an end at last, so that a failure is no hang.
    closing = threading.Timer(5, os.close, [os.open(tmp_path / "token", os.O_RDWR)])
    closing.start()
    with pytest.raises(ServiceAccountTokenUnreadable, match="not a file"):
        read_service_account_token(str(tmp_path / "token"), NOW)
    closing.join()
