"""Cells in a real kernel, with someone at the keyboard or nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client.manager import KernelManager

from .kernel import KERNELS

#: Seconds for a cell.
TIMEOUT = 90


@dataclass
class Cell:
    """What a cell has shown.

    Attributes
    ----------
    displays
        The bundles of its displays, by display id or in order, as they were last updated.
    history
        All bundles, updates included, in order.
    text
        What it printed.
    error
        The name and text of its exception, or None.
    prompts
        What it asked for: the prompt, and whether the answer is hidden.
    """

    displays: dict[str, dict[str, Any]] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)
    text: str = ""
    error: tuple[str, str] | None = None
    prompts: list[tuple[str, bool]] = field(default_factory=list)

    def take(self, message: dict[str, Any]) -> None:
        """Take notice of a message."""
        kind, content = message["msg_type"], message["content"]
        if kind in ("display_data", "update_display_data", "execute_result"):
            name = content.get("transient", {}).get("display_id") or f"#{len(self.displays)}"
            self.displays[name] = content["data"]
            self.history.append(content["data"])
        elif kind == "stream":
            self.text += content["text"]
        elif kind == "error":
            self.error = (content["ename"], content["evalue"])


class Kernel:
    """A kernel that runs cells."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def run(self, code: str, answer: Callable[[Cell], str] | None = None) -> Cell:
        """Run a cell.

        Parameters
        ----------
        code
            The cell.
        answer
            Gives what is typed at a prompt; None where nobody is there.
        """
        cell = Cell()

        def on_input(message: dict[str, Any]) -> None:
            content = message["content"]
            cell.prompts.append((content["prompt"], content["password"]))
            # Each prompt of ours comes after a display, on a channel that may be slower.
            while len(cell.history) < len(cell.prompts):
                cell.take(self._client.get_iopub_msg(timeout=TIMEOUT))
            assert answer is not None
            self._client.input(answer(cell))

        self._client.execute_interactive(
            code, allow_stdin=answer is not None, stdin_hook=on_input, output_hook=cell.take, timeout=TIMEOUT
        )
        return cell

    def evaluate(self, expression: str) -> dict[str, Any]:
        """Evaluate an expression as our front end does: in silence, its value in the reply."""
        request = self._client.execute("", silent=True, store_history=False, user_expressions={"answer": expression})
        while True:
            reply = self._client.get_shell_msg(timeout=TIMEOUT)
            if reply["parent_header"].get("msg_id") == request:
                value: dict[str, Any] = reply["content"]["user_expressions"]["answer"]
                return value


@contextmanager
def kernel(name: str, folder: Path) -> Iterator[Kernel]:
    """A kernel of ``kfp1`` or ``kfp2``, with this process's environment."""
    manager = KernelManager(kernel_name="python3", connection_file=str(folder / f"{name}.json"))
    manager.kernel_spec.argv[0] = str(KERNELS[name])
    manager.start_kernel(cwd=str(folder))
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=TIMEOUT)
        yield Kernel(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
