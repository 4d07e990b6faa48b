"""What is kept from one process to the next, and when is it trusted?  Content under its own checksum."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path


def cache_folder() -> Path:
    """Folder of what is kept: $CALCIS_CACHE, else the user's cache folder."""
    own = os.environ.get("CALCIS_CACHE")
    if own:
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "calcis"


def is_own(path: Path) -> bool:
    """Whether a file or folder is this user's, and nobody else may write to it: only then is it trusted."""
    try:
        status = path.stat()
    except OSError:
        return False
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def kept(path: Path) -> bytes | None:
    """What was kept; None if absent, damaged, or not safely this user's."""
    if not (is_own(path) and is_own(path.parent)):
        return None
    try:
        data = path.read_bytes()
    except OSError:
        return None
    digest, content = data[:32], data[32:]
    return content if hashlib.sha256(content).digest() == digest else None


def keep(path: Path, content: bytes) -> None:
    """Keep something; a cache that cannot be written is no error."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
            file.write(hashlib.sha256(content).digest() + content)
        Path(file.name).replace(path)
    except OSError:
        pass
