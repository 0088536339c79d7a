"""A cell that needs a login: in real kernels, with a person who reads what the cell shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyterlab_deploykf import wiring
from jupyterlab_deploykf.core.authorize import AuthorizationRequest
from jupyterlab_deploykf.core.cluster import Cluster, parse_cluster
from jupyterlab_deploykf.core.identity import Identity
from jupyterlab_deploykf.core.secret import Secret
from jupyterlab_deploykf.core.session import Session, SessionState
from jupyterlab_deploykf.errors import DeployKFError, LoginRequired, OtherIdentity
from jupyterlab_deploykf.notebook import MIME, asking, confirming, ended, signed_in
from testbench.bench import Bench
from testbench.options import KILGORE
from testbench.person import sign_in

from .conftest import read_cache, write_cache
from .support.cells import Cell, Kernel, kernel
from .support.kernel import EXPERIMENTS, KERNELS
from .support.realbench import begin, log_in

CELL = """
import warnings; warnings.simplefilter("ignore")
from jupyterlab_deploykf import kfp_client
client = kfp_client(namespace="team-1")
print(sorted(getattr(e, "display_name", None) or e.name for e in client.list_experiments().experiments))
"""

#: The same for whoever may do nothing there.
TOKEN = """
import os
from jupyterlab_deploykf import DeployKFCredentialsOutOfBand
_ = len(DeployKFCredentialsOutOfBand(os.environ["DEPLOYKF_ISSUER_URL"]).get_token())
"""


@pytest.fixture(params=list(KERNELS))
def running(
    request: pytest.FixtureRequest, bench: Bench, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Kernel]:
    monkeypatch.setenv("DEPLOYKF_ISSUER_URL", bench.issuer)
    with kernel(request.param, tmp_path) as started:
        yield started


def end_session(bench: Bench, cache: Path) -> None:
    """Leave a session of the first user that has ended."""
    log_in(wiring.make_sessions(), bench)
    entry = read_cache(cache)[bench.issuer]
    write_cache(cache, {bench.issuer: {**entry, "refresh_token": "", "expires_at": 1}})


def shown(cell: Cell) -> dict[str, object]:
    """What our front end would see."""
    bundle: dict[str, object] = cell.history[-1][MIME]
    return bundle


class TestACellThatNeedsALogin:
    def test_goes_on_with_the_code(self, running: Kernel, bench: Bench, cache: Path) -> None:
        def person(cell: Cell) -> str:
            assert shown(cell)["state"] == "asking"
            return sign_in(str(shown(cell)["authorization_url"]), bench.users[0])

        cell = running.run(CELL, person)
        assert cell.error is None
        assert str(EXPERIMENTS) in cell.text
        assert shown(cell)["state"] == "signed_in"
        assert shown(cell)["identity"]["email"] == "user1@example.com"
        # One output that changed, and a prompt that hides what is typed.
        assert len([d for d in cell.displays.values() if MIME in d]) == 1
        assert cell.prompts == [("Code: ", True)]
        credential = json.loads(cache.read_text())[bench.issuer]
        everything = json.dumps(cell.history) + cell.text
        assert not any(str(credential[name]) in everything for name in ("id_token", "access_token", "refresh_token"))

    def test_asks_again_when_the_code_is_wrong(self, running: Kernel, bench: Bench, home: Path) -> None:
        def person(cell: Cell) -> str:
            url = str(shown(cell)["authorization_url"])
            return "a" * 25 if len(cell.prompts) == 1 else sign_in(url, bench.users[0])

        cell = running.run(CELL, person)
        assert cell.error is None
        assert [bundle[MIME]["state"] for bundle in cell.history if MIME in bundle] == ["asking", "asking", "signed_in"]
        assert cell.history[1][MIME]["problem"]["code"] == "code_rejected"
        assert "code" in cell.history[1]["text/html"]

    def test_goes_on_with_an_empty_line_when_someone_logged_in_elsewhere(self, running: Kernel, bench: Bench) -> None:
        def person(_: Cell) -> str:
            log_in(wiring.make_sessions(), bench)
            return ""

        cell = running.run(CELL, person)
        assert cell.error is None
        assert shown(cell)["state"] == "signed_in"

    def test_gives_up_in_the_end(self, running: Kernel, bench: Bench) -> None:
        cell = running.run(CELL, lambda _: "")
        assert cell.error is not None
        assert cell.error[0] == "CodeNotFound"
        assert shown(cell)["state"] == "ended"

    def test_is_an_error_at_once_where_nobody_is_there(self, running: Kernel, bench: Bench) -> None:
        cell = running.run(CELL)
        assert cell.error is not None
        assert cell.error[0] == "LoginRequired"
        assert not cell.history

    def test_works_with_the_guides_class_name(self, running: Kernel, bench: Bench) -> None:
        code = (
            "from jupyterlab_deploykf import DeployKFCredentialsOutOfBand\n"
            f"len(DeployKFCredentialsOutOfBand(issuer_url={bench.issuer!r}).get_token())"
        )
        cell = running.run(code, lambda c: sign_in(str(shown(c)["authorization_url"]), bench.users[0]))
        assert cell.error is None

    def test_is_an_error_in_a_thread(self, running: Kernel, bench: Bench) -> None:
        code = (
            "from concurrent.futures import ThreadPoolExecutor\nfrom jupyterlab_deploykf import kfp_client\n"
            "ThreadPoolExecutor().submit(kfp_client).result()"
        )
        cell = running.run(code, lambda _: "")
        assert cell.error is not None
        assert cell.error[0] == "LoginRequired"
        assert not cell.prompts


class TestALoginAsSomeoneElse:
    """The code goes without a paste, so who has signed in is confirmed where that is someone else than before."""

    def test_counts_once_it_is_confirmed(self, running: Kernel, bench: Bench, cache: Path) -> None:
        end_session(bench, cache)
        kept = cache.read_bytes()

        def person(cell: Cell) -> str:
            if shown(cell)["state"] == "asking":
                return sign_in(str(shown(cell)["authorization_url"]), bench.users[1])
            assert cache.read_bytes() == kept
            return " perhaps" if len(cell.prompts) == 2 else " Yes "

        cell = running.run(TOKEN, person)
        assert cell.error is None
        states = [bundle[MIME]["state"] for bundle in cell.history if MIME in bundle]
        assert states == ["asking", "confirming", "confirming", "signed_in"]
        question = cell.history[1]
        assert question[MIME]["identity"]["email"] == "user2@example.com"
        assert question[MIME]["before"]["email"] == "user1@example.com"
        assert question[MIME]["before_state"] == "ended"
        assert question[MIME]["problem"] is None
        assert cell.history[2][MIME]["problem"]["code"] == "login_failed"
        for text in (question["text/html"], question["text/plain"]):
            assert all(word in text for word in ("user1@example.com", "user2@example.com", "has ended", "yes", "no"))
        # What is typed is no secret, and may be seen.
        assert cell.prompts[1] == ("Use user2@example.com from now on? (yes/no) ", False)
        assert shown(cell)["identity"]["email"] == "user2@example.com"
        assert "confirmation" not in json.dumps(cell.history)

    def test_is_forgotten_where_it_is_not(self, running: Kernel, bench: Bench, cache: Path) -> None:
        end_session(bench, cache)
        kept = cache.read_bytes()

        def person(cell: Cell) -> str:
            is_asking = shown(cell)["state"] == "asking"
            return sign_in(str(shown(cell)["authorization_url"]), bench.users[1]) if is_asking else "no"

        cell = running.run(TOKEN, person)
        assert cell.error is not None
        assert cell.error[0] == "LoginRequired"
        assert "user1@example.com was kept" in cell.error[1]
        assert shown(cell)["state"] == "ended"
        assert cache.read_bytes() == kept
        held = running.evaluate('__import__("jupyterlab_deploykf.wiring").wiring.shared_sessions()._vault._held')
        assert held["data"]["text/plain"] == "{}"

    @pytest.mark.parametrize("answer", ["n", ""])
    def test_leaves_the_one_before_to_go_on_where_that_is_signed_in(
        self, running: Kernel, bench: Bench, cache: Path, answer: str
    ) -> None:
        def person(cell: Cell) -> str:
            if shown(cell)["state"] == "confirming":
                assert shown(cell)["before_state"] == "signed_in"
                return answer
            code = sign_in(str(shown(cell)["authorization_url"]), bench.users[1])
            # Meanwhile, elsewhere.
            log_in(wiring.make_sessions(), bench)
            return code

        cell = running.run(TOKEN, person)
        assert cell.error is None
        assert shown(cell)["identity"]["email"] == "user1@example.com"

    def test_is_asked_about_anew_where_a_third_one_came_between(
        self, running: Kernel, bench: Bench, cache: Path
    ) -> None:
        end_session(bench, cache)

        def person(cell: Cell) -> str:
            if shown(cell)["state"] == "asking":
                return sign_in(str(shown(cell)["authorization_url"]), bench.users[1])
            if len(cell.prompts) == 2:
                elsewhere = wiring.make_sessions()
                request = begin(elsewhere, bench.issuer)
                code = sign_in(request.url, KILGORE, connector="upstream")
                elsewhere.login(bench.issuer, code, request.code_verifier, request.nonce)
            return "y"

        cell = running.run(TOKEN, person)
        assert cell.error is None
        befores = [b[MIME]["before"]["email"] for b in cell.history if b.get(MIME, {}).get("state") == "confirming"]
        assert befores == ["user1@example.com", KILGORE.email]
        assert shown(cell)["identity"]["email"] == "user2@example.com"

    def test_can_be_tried_again_where_it_could_not_be_saved(self, running: Kernel, bench: Bench, cache: Path) -> None:
        end_session(bench, cache)
        full_once = """
import errno
import jupyterlab_deploykf.io.files as files
replace, left = files.os.replace, [1]
def once(*paths):
    if left and left.pop():
        raise OSError(errno.ENOSPC, "No space left on device")
    return replace(*paths)
files.os.replace = once
"""

        def person(cell: Cell) -> str:
            is_asking = shown(cell)["state"] == "asking"
            return sign_in(str(shown(cell)["authorization_url"]), bench.users[1]) if is_asking else "yes"

        cell = running.run(full_once + TOKEN, person)
        assert cell.error is None
        assert [b[MIME]["problem"] and b[MIME]["problem"]["code"] for b in cell.history if MIME in b] == [
            *(None, None, "cache_not_writable", None)
        ]
        assert shown(cell)["identity"]["email"] == "user2@example.com"

    def test_needs_a_new_code_where_the_answer_comes_too_late(self, running: Kernel, bench: Bench, cache: Path) -> None:
        end_session(bench, cache)
        at_once = "import jupyterlab_deploykf.core.held as held\nheld.CONFIRMATION_LIFETIME = 0.0\n"

        def person(cell: Cell) -> str:
            if shown(cell)["state"] == "confirming":
                return "yes"
            user = bench.users[1 if len(cell.prompts) == 1 else 0]
            return sign_in(str(shown(cell)["authorization_url"]), user)

        cell = running.run(at_once + TOKEN, person)
        assert cell.error is None
        assert cell.history[2][MIME]["state"] == "asking"
        assert cell.history[2][MIME]["problem"]["code"] == "confirmation_expired"
        assert shown(cell)["identity"]["email"] == "user1@example.com"


def asked(cluster: Cluster, url: str, problem: DeployKFError | None = None) -> dict[str, str]:
    bundle = asking(cluster, AuthorizationRequest(url, Secret("v"), Secret("n"), "s"), problem)
    return {name: bundle[f"text/{name}"] for name in ("html", "plain")}


def test_a_cell_says_where_its_link_leads_if_that_is_another_host_than_the_issuers() -> None:
    cluster = Cluster("https://deploykf.example.com/dex")
    for text in asked(cluster, "https://deploykf.example.com:443/dex/auth").values():
        assert " at " not in text
    for text in asked(cluster, "https://login.example.com/auth").values():
        assert " at login.example.com, sign in" in text


def test_a_cells_html_holds_no_html_of_others() -> None:
    cluster = parse_cluster(
        {"issuer": "https://deploykf.example.com/dex", "name": "<img src=x onerror=alert(1)>"}, "file"
    )
    html = asked(cluster, "https://deploykf.example.com/auth?a='\"><script>alert(1)</script>")["html"]
    assert "<img" not in html
    assert "<script" not in html
    assert "'" not in html.replace("&#x27;", "")


class TestACellsHtml:
    """What others have named, such as a user or a cluster, is text in it and no HTML."""

    HTML = "<img src=x onerror=alert(1)>"

    @pytest.fixture
    def cluster(self) -> Cluster:
        return parse_cluster({"issuer": "https://deploykf.example.com/dex", "name": self.HTML}, "file")

    @pytest.fixture
    def problem(self) -> LoginRequired:
        return LoginRequired(f"{self.HTML} is not known.", self.HTML)

    def test_while_it_asks(self, cluster: Cluster, problem: LoginRequired) -> None:
        self.check(asked(cluster, f"https://deploykf.example.com/auth?{self.HTML}", problem)["html"])

    def test_while_it_waits_for_a_yes(self, cluster: Cluster, problem: LoginRequired) -> None:
        identity = {"email": self.HTML, "name": self.HTML, "subject": self.HTML}
        question = OtherIdentity(
            f"{self.HTML} is someone else.", "", confirmation="x", identity=identity, before=identity
        )
        before = Session(cluster, SessionState.SIGNED_IN)
        self.check(confirming(before, question, problem)["text/html"])

    def test_when_it_is_done_or_gave_up(self, cluster: Cluster, problem: LoginRequired) -> None:
        session = Session(cluster, SessionState.SIGNED_IN, identity=Identity(self.HTML, self.HTML, self.HTML))
        self.check(signed_in(session)["text/html"])
        self.check(ended(cluster, problem)["text/html"])

    def check(self, html: str) -> None:
        assert "<img" not in html
        assert "&lt;img" in html
