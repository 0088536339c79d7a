"""Dex and oauth2-proxy, built from source once.

Both are ordinary Go tool dependencies, pinned with checksums in the small
modules under ``go/``. ``DEX`` and ``OAUTH2_PROXY`` name others.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from .errors import BuildFailed as BuildFailed
from .golang import find_go, wanted
from .progress import wait_with_progress

CHECKOUT = Path(__file__).resolve().parent.parent

#: Everything that is made and not kept in git.
BUILD = CHECKOUT / ".build"

_LAST_LINES = 20


@dataclass(frozen=True)
class Tool:
    """A binary of the bench.

    Attributes
    ----------
    name
        Its folder under ``go/``.
    title
        What messages call it, with its version.
    package
        The Go package with its main function.
    variable
        The environment variable that names another one.
    duration
        About how long a first build takes.
    """

    name: str
    title: str
    package: str
    variable: str
    duration: str

    def path(self, build: Path | None = None) -> Path:
        """Where it is; it is built if need be.

        Parameters
        ----------
        build
            The folder for what is made; the checkout's ``.build`` by default.

        Raises
        ------
        BuildFailed
        """
        override = os.environ.get(self.variable)
        if override:
            return self._named(Path(override))
        build = build or BUILD
        module = Path(__file__).parent / "go" / self.name
        inputs = b"".join((module / file).read_bytes() for file in ("go.mod", "go.sum"))
        # The name changes with what it is made of, so an old one is never believed.
        target = build / "go" / "bin" / f"{self.name}-{hashlib.sha256(inputs).hexdigest()[:12]}"
        if target.exists():
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        with self._alone(target):
            if not target.exists():  # another process may have built it while we waited
                self._build(module, target, build)
        return target

    def _named(self, program: Path) -> Path:
        if not (program.is_file() and os.access(program, os.X_OK)):
            raise BuildFailed(f"{self.variable}={program} is not a program that can be run. Unset it, or correct it.")
        return program.resolve()

    @contextlib.contextmanager
    def _alone(self, target: Path) -> Iterator[None]:
        lock = FileLock(f"{target}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            print(f"Waiting for another process that builds {self.title}…", flush=True)
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def _build(self, module: Path, target: Path, build: Path) -> None:
        go = find_go(wanted(module / "go.mod"), build / "go" / "toolchain")
        print(f"Building {self.title} from source, once; {self.duration} on two cores…", flush=True)
        partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
        log = build / "go" / f"{self.name}.log"
        started = time.monotonic()
        with log.open("wb") as output:
            process = subprocess.Popen(
                [go, "build", "-o", partial, self.package],
                cwd=module,
                env={**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            try:
                code = wait_with_progress(process, f"still building {self.title}")
            except BaseException:
                process.terminate()
                process.wait()
                partial.unlink(missing_ok=True)
                raise
        if code != 0:
            partial.unlink(missing_ok=True)
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-_LAST_LINES:])
            raise BuildFailed(
                f"{self.title} could not be built. The compiler's last lines:\n{tail}\n"
                f"The whole log: {log}. Where the network or the disk was at fault, try again; "
                f"or name a binary of your own: {self.variable}=/path/to/{self.name}"
            )
        partial.replace(target)
        print(f"Built {self.title} in {time.monotonic() - started:.0f} s.", flush=True)


DEX = Tool("dex", "Dex 2.45.1", "github.com/dexidp/dex/cmd/dex", "DEX", "about 2 minutes")
OAUTH2_PROXY = Tool(
    "oauth2-proxy", "oauth2-proxy 7.15.4", "github.com/oauth2-proxy/oauth2-proxy/v7", "OAUTH2_PROXY", "about a minute"
)


def build_all() -> None:
    """Have both, and say where."""
    for tool in (DEX, OAUTH2_PROXY):
        print(f"{tool.title}: {tool.path()}", flush=True)


if __name__ == "__main__":
    try:
        build_all()
    except BuildFailed as error:
        sys.exit(str(error))
