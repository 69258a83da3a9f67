"""The measurements of scripts/bench. usage: bench.py ICLOUD2IMMICH PRACTICE_CLOUD [--scale F] [--runs N] [--only CASE] [--out FILE]

Each case gets fresh practice services, whose own work shares the machine with what is measured. curl fetches the same bodies in the
same run, with as many transfers at once as we have (8), over the same loopback TLS: no catalogue, no checksum, no fsync, no ledger.
Both take turns, ours from an empty photos dir and ledger each time; what is shown is the median of each figure.
CPU seconds are the child's own, peak memory its VmHWM. Two cases are run only when named. That of a million assets lists the whole
library and fetches the newest photo, then runs again without news. That of Immich brings 100,000 files there and runs twice again; it ends
in 1 where presence and ids take more than 60 calls, or a run without news scans, sends a write, makes more than 35 calls, or (the second)
asks for a file. That of verify reads the library again, in turns with as many sha1sum at once over the same files, nothing of them in the
page cache before."""

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from practice import IMMICH_PATH, Client, PeakMemory, Practice, end_on_signals, wait_measured  # noqa: E402

JOBS = 8
READERS = min(8, max(2, os.cpu_count() or 1))  # as verify has
CASES = {
    "small": {"title": "2,000 files of 200 KB, 50 ms latency", "files": 2000, "size": 200_000, "latency_ms": 50},
    "large": {"title": "200 files of 5 MB, 50 MB/s a connection", "files": 200, "size": 5_000_000, "latency_ms": 0,
              "bandwidth_bytes_s": 50_000_000},
    "no-change": {"title": "a run without news, 20,000 assets", "files": 20_000, "size": 500, "latency_ms": 0},
    "listing": {"title": "listing 100,000 assets, 50 ms latency", "files": 100_000, "size": 500, "latency_ms": 50},
    "limit-rate": {"title": "--limit-rate 3000000, files of 100 KB", "files": 400, "size": 100_000, "latency_ms": 20},
    "verify": {"title": "a full verify of 400 files of 5 MB, cold", "files": 400, "size": 5_000_000},
    "immich": {"title": "import of 100,000 files, and again without news", "files": 100_000, "size": 500, "latency_ms": 0},
    "million": {"title": "the catalogue of 1,000,000 assets", "files": 1_000_000, "size": 500, "latency_ms": 0},
}
ONLY_WHEN_NAMED = ("immich", "million")


def row(case, who, seconds, usage, requests, size):
    return {"case": case, "who": who, "wall_s": round(seconds, 2), "cpu_s": usage["cpu_s"], "peak_mib": round(usage["peak_kib"] / 1024, 1),
            "requests": requests, "bytes": size}


def ours(case, client, *options):
    code, document, seconds, usage = client.run_json("sync", *options)
    if code != 0:
        sys.exit(f"bench: sync ended in {code}: {json.dumps(document)[:1500]}")
    sync = document["commands"][0]
    return row(case, "icloud2immich sync", seconds, usage, sum(sync["requests"].values()), sync["bytes_downloaded"]), sync


def curl(case, practice, folder):
    """The same bodies by curl --parallel; None where curl is not installed."""
    if shutil.which("curl") is None:
        return None
    urls = practice.get("/urls")["urls"]
    target = folder / "files"
    target.mkdir(parents=True)
    config = folder / "urls.txt"
    config.write_text("".join(f'url = "{url}"\noutput = "{target}/{number}"\n' for number, url in enumerate(urls)))
    started = time.monotonic()
    process = subprocess.Popen(["curl", "--silent", "--show-error", "--fail", "--parallel", "--parallel-max", str(JOBS), "--cacert",
                                practice.at["ca_file"], "--noproxy", "*", "--config", str(config)],
                               stderr=(folder / "curl.log").open("wb"))  # some versions draw a meter in spite of --silent
    usage = wait_measured(process, PeakMemory(process.pid))
    seconds = time.monotonic() - started
    size = sum(file.stat().st_size for file in target.iterdir())
    if process.returncode != 0 or len(list(target.iterdir())) != len(urls):
        sys.exit(f"bench: curl ended in {process.returncode}: {(folder / 'curl.log').read_text(errors='replace')[-500:]}")
    return row(case, "curl --parallel", seconds, usage, len(urls), size)


def ledger_bytes(client):
    return sum(file.stat().st_size for file in client.state_dir.rglob("*") if file.is_file() and "ledger" in file.name)


def measure_catalogue(name, scale, binary, practice_binary):
    """Lists the library and fetches one photo of it, so that the catalogue is what is measured."""
    assets = max(100, int(CASES[name]["files"] * scale))
    with tempfile.TemporaryDirectory(prefix="icloud2immich-bench.") as text:
        folder = Path(text)
        started = time.monotonic()
        with Practice(practice_binary, folder / "practice", "--generated", assets, "--size", CASES[name]["size"]) as practice:
            print(f"  practice-cloud stood after {time.monotonic() - started:.1f} s with {practice.peak_memory_kib() / 1024:,.0f} MiB",
                  flush=True)
            client = Client(binary, folder / "client", practice)
            code, said = client.sign_in()
            if code != 0:
                sys.exit(f"bench: auth ended in {code}: {said[-1000:]}")
            first, sync = ours(name, client, "--recent", "1")
            if sync["files"]["downloaded"] != 1 or sum(library["assets"] for library in sync["libraries"]) != assets:
                sys.exit(f"bench: {json.dumps(sync)[:1500]}")
            print(f"  practice-cloud in the end {practice.peak_memory_kib() / 1024:,.0f} MiB; the ledger takes "
                  f"{ledger_bytes(client) / assets:,.0f} bytes an asset", flush=True)
            again, sync = ours(name, client, "--recent", "1")
            if sync["files"]["downloaded"] != 0 or sync["libraries"][0]["mode"] != "unchanged":
                sys.exit(f"bench: the second run had news: {json.dumps(sync)[:1500]}")
            # Everything is planned and nothing fetched: what the whole library's plan costs.
            planned, _ = ours(name, client, "--dry-run")
            return [dict(first, case="first, listing"), dict(again, case="without news"), dict(planned, case="all planned")]


def imports(case, practice, client):
    """One import: its figures, its result, how many calls were for presence and ids, and how many of these asked for files."""
    practice.post("/requests/reset")
    code, document, seconds, usage = client.run_json("import")
    if code != 0:
        sys.exit(f"bench: import ended in {code}: {json.dumps(document)[:1500]}")
    log = practice.get("/requests?entries=0")
    files = sum(count for path, count in log["paths"].items() if "bulk-upload-check" in path)
    presence = files + sum(count for path, count in log["paths"].items() if "search/metadata" in path)
    calls = log["counts"].get("immich_read", 0) + log["counts"].get("immich_write", 0)
    print(f"  {case}: {calls:,} calls to Immich, {presence:,} of them for presence and ids", flush=True)
    return row(case, "icloud2immich import", seconds, usage, calls, 0), document["commands"][0], presence, files


def measure_immich(name, scale, binary, practice_binary):
    """The whole library on the volume, then two imports; the wait for the practice Immich's jobs is in the first one's wall clock."""
    case = CASES[name]
    files = max(100, int(case["files"] * scale))
    with tempfile.TemporaryDirectory(prefix="icloud2immich-bench.") as text:
        folder = Path(text)
        with Practice(practice_binary, folder / "practice", "--generated", files, "--size", case["size"], "--photos-dir", folder / "photos",
                      "--immich-path", IMMICH_PATH) as practice:
            client = Client(binary, folder / "client", practice, folder / "photos")
            client.photos_dir.mkdir(exist_ok=True)
            if client.sign_in()[0] != 0:
                sys.exit("bench: auth failed")
            synced, _ = ours(name, client)
            first, did, asked, _ = imports("first", practice, client)
            if did["assets"]["present"] != files or asked > 60 * max(1, scale):
                sys.exit(f"bench: {asked} calls for presence and ids: {json.dumps(did)[:1500]}")
            # The first look after a large import may be a whole one: Immich was reading files while the import's own ended.
            again, did, _, _ = imports("the next", practice, client)
            time.sleep(1.1)
            quiet, did, _, files_asked = imports("without news", practice, client)
            for line in (again, quiet):
                if did["scanned"] or did["write_calls"] or line["requests"] > 35:
                    sys.exit(f"bench: a run without news made {line['requests']} calls: {json.dumps(did)[:1500]}")
            if files_asked or did["assets"]["present"] != files:
                sys.exit(f"bench: a run without news asked for files in {files_asked} calls: {json.dumps(did)[:1500]}")
            return [dict(synced, case="first"), first, again, quiet]


def measure_listing(name, scale, binary, practice_binary):
    """The same listing twice, each with a fresh ledger: pages one at a time (--jobs 1), and as many in flight as the default has. Only
    the newest photo is fetched, so that what is measured is the catalogue on its way into the ledger."""
    case = CASES[name]
    assets = max(100, int(case["files"] * scale))
    lines = []
    with tempfile.TemporaryDirectory(prefix="icloud2immich-bench.") as text:
        folder = Path(text)
        with Practice(practice_binary, folder / "practice", "--generated", assets, "--size", case["size"]) as practice:
            practice.get("/state")
            for label, jobs in (("one page at a time", 1), ("pages in flight", JOBS)):
                client = Client(binary, folder / f"client-{jobs}", practice)
                code, said = client.sign_in()
                if code != 0:
                    sys.exit(f"bench: auth ended in {code}: {said[-1000:]}")
                practice.post("/network", {"latency_ms": case["latency_ms"]})
                line, sync = ours(name, client, "--recent", "1", "--jobs", str(jobs))
                practice.post("/network", {"latency_ms": 0})
                if sum(library["assets"] for library in sync["libraries"]) != assets:
                    sys.exit(f"bench: {json.dumps(sync)[:1500]}")
                lines.append(dict(line, case=label))
    print(f"  {lines[0]['wall_s'] / max(lines[1]['wall_s'], 0.001):.1f} times as fast with pages in flight", flush=True)
    return lines


def forget(folder):
    """Nothing below folder stays in the page cache."""
    os.sync()
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb") as data:
                os.posix_fadvise(data.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def sha1sum(case, photos_dir):
    files = sorted(str(file) for file in photos_dir.rglob("*") if file.is_file() and ".icloud2immich" not in file.parts)
    started, before = time.monotonic(), os.times()
    subprocess.run(["xargs", "-0", "-P", str(READERS), "-n", "10", "sha1sum"], input="\0".join(files).encode(), check=True,
                   stdout=subprocess.DEVNULL)
    seconds, after = time.monotonic() - started, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return row(case, f"sha1sum, {READERS} at once", seconds, {"cpu_s": round(cpu, 2), "peak_kib": 0}, 0,
               sum(os.path.getsize(file) for file in files))


def measure_verify(name, scale, runs, binary, practice_binary):
    case = CASES[name]
    files = max(10, int(case["files"] * scale))
    with tempfile.TemporaryDirectory(prefix="icloud2immich-bench.") as text:
        folder = Path(text)
        with Practice(practice_binary, folder / "practice", "--generated", files, "--size", case["size"]) as practice:
            client = Client(binary, folder / "client", practice, folder / "photos")
            client.photos_dir.mkdir()
            if client.sign_in()[0] != 0:
                sys.exit("bench: auth failed")
            ours(name, client)
            rounds = []
            for _ in range(runs):
                forget(client.photos_dir)
                code, document, seconds, usage = client.run_json("verify", "--against", "volume")
                did = document["commands"][0] if document["commands"] else {}
                if code != 0 or did["volume"]["matching"] != files:
                    sys.exit(f"bench: verify ended in {code}: {json.dumps(document)[:1500]}")
                mine = row(name, "icloud2immich verify", seconds, usage, 0, did["volume"]["bytes_read"])
                forget(client.photos_dir)
                rounds.append([mine, sha1sum(name, client.photos_dir)])
            return [median(lines) for lines in zip(*rounds)]


def measure(name, scale, runs, binary, practice_binary):
    if name == "verify":
        return measure_verify(name, scale, runs, binary, practice_binary)
    if name == "listing":
        return measure_listing(name, scale, binary, practice_binary)
    if name == "immich":
        return measure_immich(name, scale, binary, practice_binary)
    if name == "million":
        return measure_catalogue(name, scale, binary, practice_binary)
    if name == "limit-rate":
        return measure_rate(name, scale, binary, practice_binary)
    case = CASES[name]
    files = max(1, int(case["files"] * scale))
    with contextlib.ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="icloud2immich-bench."))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        practice = stack.enter_context(Practice(practice_binary, folder / "practice", "--generated", files, "--size", case["size"]))
        # The services make their bytes and digests once before the clock starts.
        practice.get("/state")
        client = Client(binary, folder / "client", practice)
        code, text = client.sign_in()
        if code != 0:
            sys.exit(f"bench: auth ended in {code}: {text[-1000:]}")
        practice.post("/network", {"latency_ms": case["latency_ms"], "bandwidth_bytes_s": case.get("bandwidth_bytes_s", 0)})
        rounds = []
        for number in range(runs):
            # New folders, and nothing is removed in between: ext4 passes over inodes freed a moment ago, one by one.
            mine = Client(binary, folder / f"client-{number}", practice, folder / f"photos-{number}")
            shutil.copytree(client.state_dir, mine.state_dir)
            mine.photos_dir.mkdir()
            settle()
            first, sync = ours(name, mine)
            if sync["files"]["downloaded"] != files:
                sys.exit(f"bench: {sync['files']['downloaded']} files fetched instead of {files}")
            settle()
            if name != "no-change":
                rounds.append([first, curl(name, practice, folder / f"curl-{number}")])
                continue
            again, sync = ours(name, mine)
            if sync["files"]["downloaded"] != 0:
                sys.exit("bench: the second run fetched files")
            rounds.append([dict(first, case="the first"), again])
        return [median(lines) for lines in zip(*rounds)]


def measure_rate(name, scale, binary, practice_binary):
    """What goes over the wire in each second of a limited run, after the first and before the last of it."""
    limit, case = 3_000_000, CASES[name]
    files = max(100, int(case["files"] * scale))
    with tempfile.TemporaryDirectory(prefix="icloud2immich-bench.") as text:
        folder = Path(text)
        with Practice(practice_binary, folder / "practice", "--generated", files, "--size", case["size"]) as practice:
            client = Client(binary, folder / "client", practice, folder / "photos")
            client.photos_dir.mkdir(exist_ok=True)
            if client.sign_in()[0] != 0:
                sys.exit("bench: auth failed")
            practice.post("/network", {"latency_ms": case["latency_ms"]})
            practice.post("/requests/reset")
            seen, ended = [], threading.Event()

            def watch():
                while not ended.wait(0.05):
                    fetched = practice.get("/requests?entries=0")["counts"].get("download", 0)
                    seen.append((time.monotonic(), fetched * case["size"]))
            watcher = threading.Thread(target=watch)
            watcher.start()
            line, _ = ours(name, client, "--limit-rate", str(limit))
            ended.set()
            watcher.join()
            total = files * case["size"]
            inner = [(when, size) for when, size in seen if 0.1 * total < size < 0.9 * total]
            (begin, before), (end, after) = inner[0], inner[-1]
            rate = (after - before) / (end - begin)
            print(f"  {rate:,.0f} bytes a second of {limit:,}: {100 * rate / limit - 100:+.1f} %", flush=True)
            return [line]


def settle():
    """What one side left to be written must not slow the other down."""
    os.sync()


def median(lines):
    """One line of several runs: the median of each figure."""
    if lines[0] is None:
        return None
    figures = {key: statistics.median(line[key] for line in lines) for key, value in lines[0].items() if not isinstance(value, str)}
    return {**lines[0], **figures, "runs": len(lines)}


def compare(lines):
    """How ours stands to the other side, in one line; "" where there is no pair."""
    if len(lines) == 2 and lines[1] is not None and lines[1]["who"].startswith("sha1sum"):
        rates = [line["bytes"] / line["wall_s"] for line in lines]
        return f"{rates[0] / rates[1]:.2f} x the throughput of sha1sum, {lines[0]['cpu_s'] / lines[1]['cpu_s']:.2f} x its CPU"
    if len(lines) != 2 or lines[1] is None or lines[1]["who"] != "curl --parallel":
        return ""
    return f"{lines[0]['wall_s'] / lines[1]['wall_s']:.2f} x the time of curl, {lines[0]['cpu_s'] / lines[1]['cpu_s']:.2f} x its CPU"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("binary", type=Path)
    options.add_argument("practice_binary", type=Path)
    options.add_argument("--scale", type=float, default=1.0, help="a fraction of the files, for a quick look")
    options.add_argument("--runs", type=int, default=3, help="of each, one after the other")
    options.add_argument("--only", choices=CASES)
    options.add_argument("--out", type=Path, help="append the JSON lines to this file too")
    options = options.parse_args()
    end_on_signals()
    lines = []
    print(f"{'':38} {'wall s':>8} {'CPU s':>8} {'peak MiB':>9} {'requests':>9} {'MB':>7} {'MB/s':>7}")
    for name in [options.only] if options.only else [name for name in CASES if name not in ONLY_WHEN_NAMED]:
        print(CASES[name]["title"] + (f" (scaled by {options.scale})" if options.scale != 1 else ""))
        measured = measure(name, options.scale, options.runs, options.binary.resolve(), options.practice_binary.resolve())
        for line in measured:
            if line is None:
                print("  curl is not installed; scripts/install-deps --tools bench")
                continue
            rate = line["bytes"] / 1e6 / max(line["wall_s"], 0.001)
            label = "  " + line["who"] + ("" if line["case"] in CASES else f" ({line['case']})")
            print(f"{label:38} {line['wall_s']:8.2f} {line['cpu_s']:8.2f} {line['peak_mib']:9.1f} {line['requests']:9,} "
                  f"{line['bytes'] / 1e6:7.0f} {rate:7.1f}", flush=True)
            lines.append(json.dumps(line))
        if compare(measured):
            print("  " + compare(measured), flush=True)
    print()
    print("\n".join(lines))
    if options.out:
        with options.out.open("a") as out:
            out.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
