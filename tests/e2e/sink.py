"""Whoever is told: an HTTP server on loopback that keeps what was sent to it."""

import http.server
import json
import threading


class Sink:
    """A context manager. .took: a list of (path, header fields, body as text), in order; .status: what it answers."""

    def __init__(self):
        self.took, self.status, self.lock = [], 200, threading.Lock()
        sink = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                with sink.lock:
                    sink.took.append((self.path, dict(self.headers), body))
                    status = sink.status
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.at = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def taken(self):
        """What came since the last call."""
        with self.lock:
            took, self.took = self.took, []
        return took


def paths(took):
    return [path for path, _, _ in took]


def events(took):
    """[(event, kind)] of what a webhook got."""
    return [(json.loads(body)["event"], json.loads(body)["kind"]) for _, _, body in took]
