"""Threads of our own: bounded, fair, and never in the way of the server's end."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from jupyterlab_deploykf.server.pools import Pool, ServerBusy, Withdrawn


class Stalled:
    """Calls that hang until they are let go."""

    def __init__(self) -> None:
        self._gate = threading.Event()
        self.begun = 0

    def call(self) -> str:
        self.begun += 1
        assert self._gate.wait(30)
        return "done"

    def let_go(self) -> None:
        self._gate.set()

    async def has_begun(self, count: int) -> None:
        while self.begun < count:
            await asyncio.sleep(0.001)


@pytest.fixture
def stalled() -> Iterator[Stalled]:
    calls = Stalled()
    yield calls
    calls.let_go()


async def test_a_call_runs_in_a_daemon_thread_and_its_outcome_comes_back() -> None:
    pool = Pool("test", threads=2, share=2)
    assert await pool.run(lambda: threading.current_thread().daemon) is True
    with pytest.raises(ZeroDivisionError):
        await pool.run(lambda: 1 // 0)


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, StopIteration])
async def test_what_no_future_may_hold_comes_back_as_an_error(error: type[BaseException]) -> None:
    def call() -> None:
        raise error("a secret")

    pool = Pool("test", threads=1, share=1)
    with pytest.raises(RuntimeError) as caught:
        await pool.run(call)
    assert str(caught.value) == error.__name__
    assert await pool.run(lambda: "next") == "next"


async def test_the_loops_own_executor_is_left_alone(stalled: Stalled) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    pool = Pool("test", threads=2, share=2)
    jobs = [pool.submit(stalled.call) for _ in range(2)]
    await stalled.has_begun(2)
    assert await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(None, lambda: "others"), 5) == "others"
    stalled.let_go()
    assert await asyncio.gather(*(job.result for job in jobs)) == ["done", "done"]


async def test_a_full_queue_refuses_at_once(stalled: Stalled) -> None:
    pool = Pool("test", threads=1, share=1, waiting=2)
    running = pool.submit(stalled.call)
    await stalled.has_begun(1)
    waiting = [pool.submit(stalled.call) for _ in range(2)]
    with pytest.raises(ServerBusy) as caught:
        pool.submit(stalled.call)
    assert (caught.value.code, caught.value.retryable) == ("server_busy", True)
    stalled.let_go()
    assert await asyncio.gather(*(job.result for job in [running, *waiting])) == ["done"] * 3


async def test_nothing_waits_for_longer_than_the_pools_patience(stalled: Stalled) -> None:
    pool = Pool("test", threads=1, share=1, patience=0.01)
    running = pool.submit(stalled.call)
    await stalled.has_begun(1)
    with pytest.raises(ServerBusy):
        await pool.run(stalled.call)
    stalled.let_go()
    assert await running.result == "done"
    assert stalled.begun == 1


async def test_a_job_that_has_not_begun_can_be_withdrawn_and_no_other(stalled: Stalled) -> None:
    pool = Pool("test", threads=1, share=1)
    running = pool.submit(stalled.call)
    await stalled.has_begun(1)
    waiting, canceled = pool.submit(stalled.call), pool.submit(stalled.call)
    assert (running.withdraw(), waiting.withdraw()) == (False, True)
    with pytest.raises(Withdrawn):
        await waiting.result
    canceled.result.cancel()
    await asyncio.sleep(0)
    # Their places are free for others.
    assert len(pool) == 0
    stalled.let_go()
    assert await running.result == "done"
    assert await pool.run(lambda: "next") == "next"
    assert stalled.begun == 1


async def test_one_lane_leaves_threads_to_the_others(stalled: Stalled) -> None:
    pool = Pool("test", threads=3, share=2)
    # An idle thread that has not woken up yet is not enough for all.
    await pool.run(lambda: None)
    for _ in range(8):
        pool.submit(stalled.call, "an issuer that hangs")
    await stalled.has_begun(2)
    assert await asyncio.wait_for(pool.run(lambda: "well", "another issuer"), 5) == "well"
    assert stalled.begun == 2


async def test_all_of_a_lane_come_to_their_turn() -> None:
    pool = Pool("test", threads=3, share=1)
    turns = asyncio.gather(*(pool.run(lambda i=i: i, "one") for i in range(50)))
    assert await asyncio.wait_for(turns, 30) == list(range(50))


async def test_a_closed_pool_refuses_what_waits_and_what_comes(stalled: Stalled) -> None:
    pool = Pool("test", threads=1, share=1)
    running = pool.submit(stalled.call)
    await stalled.has_begun(1)
    waiting = pool.submit(stalled.call)
    pool.close()
    with pytest.raises(ServerBusy):
        await waiting.result
    with pytest.raises(ServerBusy):
        pool.submit(stalled.call)
    stalled.let_go()
    assert await running.result == "done"


async def test_a_machine_without_threads_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    pool = Pool("test", threads=1, share=1)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", fail)
        with pytest.raises(ServerBusy):
            pool.submit(lambda: None)
    assert await pool.run(lambda: "again") == "again"


def test_a_call_that_hangs_does_not_keep_the_process_alive() -> None:
    program = (
        "import asyncio, threading\n"
        "from jupyterlab_deploykf.server.pools import Pool\n"
        "async def main():\n"
        "    begun = threading.Event()\n"
        "    hang = lambda: (begun.set(), threading.Event().wait())\n"
        "    Pool('test', threads=1, share=1).submit(hang)\n"
        "    assert begun.wait(10)\n"
        "asyncio.run(main())\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=30)
