"""Programs of PyPI for the tests, each in a virtual environment of the build folder that is made once."""

import shutil
import subprocess
import sys


class NotToBeHad(Exception):
    """Says which, and why."""


def bin_folder(work, program, requirement):
    """Where `program` is, which `requirement` ("name==version") brings. work: the build folder."""
    folder = work / program
    if not (folder / "bin" / program).exists():
        try:
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True, timeout=120)
            subprocess.run([str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "--retries", "1", requirement],
                           check=True, capture_output=True, timeout=240)
        except (subprocess.SubprocessError, OSError) as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise NotToBeHad(f"{requirement} cannot be installed from PyPI: {error}") from error
    return folder / "bin"
