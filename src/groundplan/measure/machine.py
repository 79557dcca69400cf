"""Facts about the machine that a figure was taken on. Without them a figure cannot be compared with another."""

import importlib.metadata
import os
import platform
from pathlib import Path

import psutil

__all__ = ["facts", "raise_file_limit"]

_PACKAGES = ("groundplan", "uvloop", "numpy", "websockets")


def facts() -> dict[str, str]:
    """Give what the figures depend on: processor, cores, memory, system, versions, and the load at this moment."""
    return {
        "system": f"{platform.system()} {platform.release()}",
        "processor": _processor(),
        "cores": str(os.cpu_count() or 0),
        "memory": f"{psutil.virtual_memory().total / 2**30:.1f} GiB",
        "load average": f"{os.getloadavg()[0]:.2f} (1 min)",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        **{package: _version(package) for package in _PACKAGES},
    }


def raise_file_limit(wanted: int) -> int:
    """Lift this process's limit of open files (its children inherit it) as far as allowed. Gives the limit that holds now."""
    # The module exists on Linux and macOS only, and the rest of this room does not need it.
    import resource  # noqa: PLC0415  (platform-specific)

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= wanted:
        return soft
    new = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, new), hard))
    return max(soft, new)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def _processor() -> str:
    """Name the processor as the kernel does; ``platform`` knows only the architecture on Linux."""
    table = Path("/proc/cpuinfo")
    lines = table.read_text(encoding="utf-8", errors="replace").splitlines() if table.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())
