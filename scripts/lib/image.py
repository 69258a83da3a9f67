"""The image's root as a container engine would run it, without one: bwrap puts the user, the environment and the program of the Containerfile
into a namespace with a read-only root and no capabilities. Python's standard library only.

usage: image.py ROOT FOLDER [INSIDE[:ro]=OUTSIDE]...    copies ROOT into FOLDER and prints the command that runs the image, a word a line"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import containerfile

# Where an engine puts something of its own into every container; a read-only root cannot get them later.
ENGINES_FOLDERS, ENGINES_FILES = ("proc", "dev"), ("etc/hosts", "etc/resolv.conf")


def can_run():
    """Whether this machine lets this user make namespaces."""
    return shutil.which("bwrap") is not None and all(subprocess.run(words, capture_output=True).returncode == 0 for words in (
        ["bwrap", "--unshare-user", "--unshare-pid", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true"],
        ["unshare", "--map-root-user", "--net", "true"]))


class Image:
    def __init__(self, root, folder):
        """root: what collect-root made. It is copied into folder, which is made."""
        self.stage = containerfile.read()[-1]
        self.root = Path(folder)
        subprocess.run(["cp", "-a", str(root), str(self.root)], check=True)
        for name in ENGINES_FOLDERS:
            (self.root / name).mkdir()
        for name in ENGINES_FILES:
            shutil.copy(f"/{name}", self.root / name)

    @property
    def program(self):
        return self.root / self.stage.entrypoint[0].lstrip("/")

    def around(self, mounts, environment=None):
        """What stands before a program of the image. mounts: {path inside: folder outside}, writable; with ":ro" after the path not."""
        user, _, group = self.stage.user.partition(":")
        words = ["bwrap", "--unshare-user", "--uid", user, "--gid", group, "--unshare-pid", "--as-pid-1", "--unshare-ipc", "--unshare-uts",
                 "--die-with-parent", "--cap-drop", "ALL", "--ro-bind", str(self.root), "/", "--proc", "/proc", "--dev", "/dev"]
        for inside, outside in mounts.items():
            words += ["--ro-bind" if inside.endswith(":ro") else "--bind", str(outside), inside.removesuffix(":ro")]
        words += ["--chdir", "/", "--clearenv"]
        for name, value in {**self.stage.environment, **(environment or {})}.items():
            words += ["--setenv", name, value]
        return words

    def command(self, mounts, *words, environment=None):
        return [*self.around(mounts, environment), *self.stage.entrypoint, *map(str, words)]

    def run(self, mounts, *words, environment=None, timeout=120):
        return subprocess.run(self.command(mounts, *words, environment=environment), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=timeout, env={"PATH": os.environ["PATH"]})


def main():
    made, mounts = Image(sys.argv[1], sys.argv[2]), dict(word.split("=", 1) for word in sys.argv[3:])
    for inside in mounts:
        (made.root / inside.removesuffix(":ro").lstrip("/")).mkdir(parents=True, exist_ok=True)
    print("\n".join(made.command(mounts)))


if __name__ == "__main__":
    main()
