"""Routes programs that know only Apple's own host names to the practice services, without touching them or this machine's
name resolution: an HTTPS proxy on loopback (HTTPS_PROXY) that connects the names it is given to one local port and refuses
every other. TLS runs through it untouched, so the program checks the practice CA's certificate by itself."""

import socket
import socketserver
import threading


class Router:
    """A context manager; .url is for HTTPS_PROXY. refused collects the names that were asked for and not routed."""

    def __init__(self, names, port):
        self.names, self.port, self.refused, self.routed = set(names), port, set(), set()

    def __enter__(self):
        router = self

        class Connect(socketserver.StreamRequestHandler):
            def handle(self):
                words = self.rfile.readline(8192).split()
                while self.rfile.readline(8192).strip():
                    pass
                host = words[1].decode().rsplit(":", 1)[0] if len(words) > 1 else ""
                if not words or words[0] != b"CONNECT" or host not in router.names:
                    router.refused.add(host)
                    self.wfile.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                    return
                router.routed.add(host)
                with socket.create_connection(("127.0.0.1", router.port)) as there:
                    self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    back = threading.Thread(target=pump, args=(there, self.connection), daemon=True)
                    back.start()
                    pump(self.connection, there)
                    back.join(10)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self.server = Server(("127.0.0.1", 0), Connect)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def pump(source, target):
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
    except OSError:
        pass
    try:
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
