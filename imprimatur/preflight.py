"""Looks at the machine before anything is installed: Python, venv, disk, size of the download.

Runs as a plain script with the standard library only, on Pythons too old for the product, so that it can say so.
"""

import argparse
import platform
import shutil
import sys
from pathlib import Path

NEEDED_PYTHON = (3, 11)
NEEDED_DISK_GIB = 4.0  # venv of the CPU build, 2.7 GiB measured, with room for pip's temporary files
CUDA_DISK_GIB = 12.0  # pip's default torch on x86-64 Linux brings the CUDA libraries
CPU_DOWNLOAD_MIB = 750
CUDA_DOWNLOAD_MIB = 3500


def problems(folder):
    """What stands in the way of an install in `folder`, one sentence each with what to do."""
    found = []
    if sys.version_info[:2] < NEEDED_PYTHON:
        found.append(
            f"Python {NEEDED_PYTHON[0]}.{NEEDED_PYTHON[1]} or newer is needed, this is {platform.python_version()}. Install it and run: make demo PYTHON=python3.11"
        )
    try:
        import ensurepip  # noqa: F401  (Debian splits it off)
        import venv  # noqa: F401
    except ImportError as missing:
        found.append(
            f"the module {missing.name} is missing, so no virtual environment can be made. "
            "Debian, Ubuntu: apt install python3-venv"
        )
    free_gib = shutil.disk_usage(folder).free / 2**30
    if free_gib < NEEDED_DISK_GIB:
        found.append(
            f"{NEEDED_DISK_GIB:.0f} GiB of free disk are needed in {folder}, {free_gib:.1f} are free. Free some, or clone onto another disk."
        )
    return found


def cuda_build_is_likely(torch_index):
    """Whether pip would take torch's CUDA build: Linux on x86-64 without an index of CPU builds named."""
    return not torch_index and sys.platform == "linux" and platform.machine() == "x86_64"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--torch-index", default="")
    torch_index = parser.parse_args().torch_index
    folder = Path(__file__).resolve().parent.parent
    found = problems(folder)
    for problem in found:
        print("cannot set up: " + problem, file=sys.stderr)  # noqa: T201
    if found:
        return 2
    free_gib = shutil.disk_usage(folder).free / 2**30
    print(  # noqa: T201
        f"Python {platform.python_version()} with venv: ok. Disk: {free_gib:.0f} GiB free, {NEEDED_DISK_GIB:.0f} needed: ok. About {CPU_DOWNLOAD_MIB} MB will be downloaded once, into .venv."
    )
    if cuda_build_is_likely(torch_index):
        print(  # noqa: T201
            f"Note: on such a machine pip may take torch's CUDA build (about {CUDA_DOWNLOAD_MIB} MB to download, {CUDA_DISK_GIB:.0f} GiB of disk). "
            "The README, 'A smaller install', says how to take the CPU build."
        )
        if free_gib < CUDA_DISK_GIB:
            print("      There are {:.0f} GiB free: the CPU build is the one that fits.".format(free_gib))  # noqa: T201, UP032
    return 0


if __name__ == "__main__":
    sys.exit(main())
