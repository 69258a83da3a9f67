"""Makes the files: each function returns the manifest's path at once and leaves the work to run()."""

import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import blocks, scenes


def _tool(arguments, **options):
    done = subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{arguments[0]} failed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


class Studio:
    def __init__(self, root):
        self.root = Path(root)
        self._jobs = {}

    def _later(self, path, job):
        if path in self._jobs:
            raise ValueError(f"two files want the path {path}")
        self._jobs[path] = job
        return path

    def run(self, threads=2):
        """Makes every file asked for; raises the first failure."""
        def one(item):
            path, job = item
            target = self.root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            job(target)
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(one, self._jobs.items()))
        return sorted(self._jobs)

    def jpeg(self, path, title, size, exif=None, quality=60, **scene):
        def job(target):
            data = _tool(["convert", *scenes.arguments(title, *size, **scene), "-strip", "-quality", str(quality), "jpg:-"])
            target.write_bytes(blocks.into_jpeg(data, exif) if exif else data)
        return self._later(path, job)

    def heic(self, path, title, size, exif=None, quality=45, avif=False, **scene):
        """heif-enc carries the EXIF block of its JPEG source over, maker note included."""
        def job(target):
            with tempfile.TemporaryDirectory() as folder:
                source = Path(folder) / "source.jpg"
                data = _tool(["convert", *scenes.arguments(title, *size, **scene), "-strip", "-quality", "92", "jpg:-"])
                source.write_bytes(blocks.into_jpeg(data, exif) if exif else data)
                _tool(["heif-enc", "-q", str(quality), *(["-A"] if avif else []), "-o", str(target), str(source)])
        return self._later(path, job)

    def png(self, path, title, size, exif=None, colors=24, **scene):
        def job(target):
            data = _tool(["convert", *scenes.arguments(title, *size, **scene), "-strip", "+dither", "-colors", str(colors),
                          "-define", "png:exclude-chunks=date,time", "png:-"])
            target.write_bytes(blocks.into_png(data, exif) if exif else data)
        return self._later(path, job)

    def plain(self, path, title, size, *options, **scene):
        """Any other format of ImageMagick, chosen by the extension of `path`."""
        def job(target):
            _tool(["convert", *scenes.arguments(title, *size, **scene), "-strip", *options, str(target)])
        return self._later(path, job)

    def gif(self, path, title, size, frames=4, **scene):
        def job(target):
            pictures = []
            for frame in range(frames):
                pictures += ["(", *scenes.arguments(title, *size, shift=frame * 0.08, **scene), "-strip", ")"]
            _tool(["convert", "-delay", "20", "-loop", "0", *pictures, "+dither", "-colors", "24", str(target)])
        return self._later(path, job)

    def dng(self, path, title, size, exif, **scene):
        def job(target):
            rgb = _tool(["convert", *scenes.arguments(title, *size, **scene), "-depth", "8", "rgb:-"])
            target.write_bytes(blocks.dng(rgb, *size, exif))
        return self._later(path, job)

    def text(self, path, text):
        return self._later(path, lambda target: target.write_text(text, encoding="utf-8"))

    def video(self, path, title, size, *, seconds=0.5, rate=10, taken=None, taken_utc=None, place=None, content_id=None,
              sound=False, codec="libx264", **scene):
        """A still with a ball rolling over it. The extension of `path` chooses QuickTime or MP4.

        taken: local time with offset for Apple's creationdate key; taken_utc: the movie header's time, ISO 8601 with Z."""
        def job(target):
            with tempfile.TemporaryDirectory() as folder:
                still = Path(folder) / "still.png"
                _tool(["convert", *scenes.arguments(title, *size, **scene), "-strip", str(still)])
                ball = max(6, size[1] // 9) // 2 * 2
                command = ["ffmpeg", "-v", "error", "-y", "-loop", "1", "-framerate", str(rate), "-i", str(still),
                           "-f", "lavfi", "-i", f"color=white:size={ball}x{ball}:rate={rate}"]
                if sound:
                    command += ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=22050"]
                command += ["-filter_complex", f"[0][1]overlay=x='t/{seconds}*(W-w)':y='H*0.4':shortest=0", "-t", str(seconds),
                            "-c:v", codec, "-crf", "32", "-preset", "medium", "-threads", "1", "-pix_fmt", "yuv420p"]
                if codec == "libx265":
                    command += ["-tag:v", "hvc1", "-x265-params", "log-level=error"]
                if sound:
                    command += ["-map", "2:a", "-c:a", "aac", "-b:a", "16k"]
                if taken_utc:
                    command += ["-metadata", f"creation_time={taken_utc}"]
                command += ["-fflags", "+bitexact", "-flags:v", "+bitexact"]
                if target.suffix == ".mov":
                    command += self._quicktime_keys(taken, place, content_id)
                elif place:
                    command += ["-metadata", f"location={_iso6709(place)}"]
                _tool([*command, str(target)])
        return self._later(path, job)

    @staticmethod
    def _quicktime_keys(taken, place, content_id):
        keys = {"make": "Apple", "model": "iPhone 15"}
        if taken:
            keys["creationdate"] = taken
        if place:
            keys["location.ISO6709"] = _iso6709(place)
        if content_id:
            keys["content.identifier"] = content_id
        arguments = ["-movflags", "use_metadata_tags"]
        for key, value in sorted(keys.items()):
            arguments += ["-metadata", f"com.apple.quicktime.{key}={value}"]
        return arguments


def _iso6709(place):
    latitude, longitude, altitude = place
    return "%+08.4f%+09.4f%+08.3f/" % (latitude, longitude, altitude)
