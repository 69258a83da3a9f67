"""A name server on the loopback of a network namespace of its own, for as long as a command runs there: every name is 127.0.0.1.
usage: unshare --map-root-user --net python3 tests/name_server.py COMMAND [WORD]...

The command's exit code and output; after it, on a line of their own, the names that were asked for."""

import fcntl
import socket
import struct
import subprocess
import sys
import threading

SIOCSIFFLAGS, UP = 0x8914, 0x1 | 0x40


def bring_up_loopback():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", UP))


def name_in(question):
    """RFC 1035, 4.1.2: labels with their length, from byte 12 on; the name and where it ends."""
    labels, at = [], 12
    while question[at]:
        labels.append(question[at + 1:at + 1 + question[at]].decode())
        at += 1 + question[at]
    return ".".join(labels), at + 1


def serve(server, asked):
    while True:
        question, client = server.recvfrom(512)
        name, end = name_in(question)
        asked.add(name)
        address = struct.unpack(">H", question[end:end + 2]) == (1,)  # an A record; of other kinds there is none
        answer = question[:2] + struct.pack(">HHHHH", 0x8580, 1, int(address), 0, 0) + question[12:end + 4]
        if address:
            answer += struct.pack(">HHHIH4s", 0xC00C, 1, 1, 60, 4, socket.inet_aton("127.0.0.1"))
        server.sendto(answer, client)


def main():
    bring_up_loopback()
    asked = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 53))
        threading.Thread(target=serve, args=(server, asked), daemon=True).start()
        code = subprocess.run(sys.argv[1:]).returncode
        print("\n" + " ".join(sorted(asked)), flush=True)
        sys.exit(code)


if __name__ == "__main__":
    main()
