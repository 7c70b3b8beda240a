"""The key that signs sessions, made on first use and kept where only its owner reads it."""

import os
import secrets
from pathlib import Path


def secret_key(home: Path) -> str:
    """Return the installation's key, making it once; two processes that start together get the same."""
    path = home / "secret-key"
    try:
        return path.read_text()
    except FileNotFoundError:
        home.mkdir(parents=True, exist_ok=True)
    draft = home / f"secret-key.{os.getpid()}"
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(48))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first: its key holds
    finally:
        draft.unlink()
    return path.read_text()
