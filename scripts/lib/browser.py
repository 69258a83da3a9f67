"""A real browser for a page: Debian's chromium through chromium-driver, without a window. Python's standard library only."""

import base64
import json
import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request

# Nothing that a browser would look for elsewhere at its start.
QUIET = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--force-color-profile=srgb"]


def is_there():
    return bool(shutil.which("chromedriver") and shutil.which("chromium"))


class Browser:
    """A context manager: chromedriver and one session of the browser."""

    def __enter__(self):
        self.profile = tempfile.TemporaryDirectory(prefix="icloud2immich-browser.")
        self.driver = subprocess.Popen([shutil.which("chromedriver"), "--port=0"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True)
        self.session = ""
        try:
            for line in self.driver.stdout:
                if port := re.search(r"started successfully on port (\d+)", line):
                    break
            else:
                raise RuntimeError("chromedriver did not start")
            self.at = f"http://127.0.0.1:{port[1]}/session"
            options = {"binary": shutil.which("chromium"), "args": [*QUIET, f"--user-data-dir={self.profile.name}"]}
            made = self.call("POST", "", {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}})
            self.session = "/" + made["sessionId"]
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_):
        if self.session:
            self.call("DELETE", "")
        self.driver.terminate()
        self.driver.wait(20)
        self.driver.stdout.close()
        self.profile.cleanup()

    def call(self, method, path, body=None):
        request = urllib.request.Request(self.at + self.session + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {error.read().decode()[:500]}") from error

    def devtools(self, command, **parameters):
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def window(self, width, height, *, dark=False, media="screen", scale=1):
        """The size in points, as a phone's or a desk's; colours of the day or the night; "print" for paper."""
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=width < 600)
        self.devtools("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def open(self, path):
        self.call("POST", "/url", {"url": path.resolve().as_uri()})

    def script(self, text, *arguments):
        """The value of a function's body in the page."""
        return self.call("POST", "/execute/sync", {"script": text, "args": list(arguments)})

    def screenshot(self, file, whole=False):
        """What the window shows, or the whole page."""
        taken = self.devtools("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(taken["data"]))

    def paper(self):
        """The page as a PDF."""
        self.devtools("Emulation.setEmulatedMedia", media="print", features=[{"name": "prefers-color-scheme", "value": "light"}])
        return base64.b64decode(self.devtools("Page.printToPDF", printBackground=True)["data"])
