"""Metadata that Debian's tools cannot write: the EXIF block with Apple's maker note, and a small DNG.

Both are TIFF structures (TIFF 6.0; DNG 1.4; EXIF 2.31): EXIF big-endian as on a phone, the DNG little-endian, since some
decoders read no other. `order` is struct's letter for it."""

import struct
import zlib
from dataclasses import dataclass
from fractions import Fraction

BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED, SLONG, SRATIONAL = 1, 2, 3, 4, 5, 7, 9, 10


@dataclass
class Exif:
    """What goes into one file. taken and modified are "YYYY:MM:DD HH:MM:SS"; place is (lat, lon, alt) in degrees and metres."""
    taken: str | None = None
    offset: str | None = None
    modified: str | None = None
    place: tuple | None = None
    content_id: str | None = None
    burst_id: str | None = None
    comment: str | None = None
    make: str = "Apple"
    model: str = "iPhone 15"


def _value(kind, value, order):
    if kind in (BYTE, UNDEFINED):
        data = bytes(value)
        return len(data), data
    if kind == ASCII:
        data = value.encode("ascii") + b"\0"
        return len(data), data
    items = value if isinstance(value, (list, tuple)) else [value]
    if kind == SHORT:
        return len(items), struct.pack(f"{order}{len(items)}H", *items)
    if kind in (LONG, SLONG):
        return len(items), struct.pack(f"{order}{len(items)}{'L' if kind == LONG else 'l'}", *items)
    pairs = [Fraction(item).limit_denominator(10000) for item in items]
    code = order + ("LL" if kind == RATIONAL else "ll")
    return len(items), b"".join(struct.pack(code, pair.numerator, pair.denominator) for pair in pairs)


def directory(entries, start, order=">"):
    """One IFD placed at offset `start`, its long values right behind it."""
    entries = sorted(entries)
    head = struct.pack(order + "H", len(entries))
    tail = b""
    behind = start + 2 + 12 * len(entries) + 4
    for tag, kind, value in entries:
        count, data = _value(kind, value, order)
        if len(data) > 4:
            offset = behind + len(tail)
            tail += data + (b"\0" if len(data) % 2 else b"")
            data = struct.pack(order + "L", offset)
        head += struct.pack(order + "HHL", tag, kind, count) + data.ljust(4, b"\0")
    return head + struct.pack(order + "L", 0) + tail


def apple_maker_note(content_id, burst_id):
    """`Apple iOS` NUL, version 1, byte order, then an IFD whose offsets count from the first letter."""
    entries = [(0x0001, SLONG, 14)]
    if burst_id:
        entries.append((0x000B, ASCII, burst_id))
    if content_id:
        entries.append((0x0011, ASCII, content_id))
    header = b"Apple iOS\0" + b"\x00\x01" + b"MM"
    return header + directory(entries, len(header))


def _gps(place):
    latitude, longitude, altitude = place

    def dms(value):
        # Degrees, minutes and hundredths of a second as whole numbers, so that nothing is lost in the fractions.
        hundredths = round(abs(value) * 360000)
        return [hundredths // 360000, hundredths // 6000 % 60, Fraction(hundredths % 6000, 100)]

    return [(0x0000, BYTE, (2, 3, 0, 0)),
            (0x0001, ASCII, "N" if latitude >= 0 else "S"), (0x0002, RATIONAL, dms(latitude)),
            (0x0003, ASCII, "E" if longitude >= 0 else "W"), (0x0004, RATIONAL, dms(longitude)),
            (0x0005, BYTE, (0 if altitude >= 0 else 1,)), (0x0006, RATIONAL, [abs(altitude)])]


def _sub_directories(exif):
    """Entries of the Exif IFD and, where a place is known, the GPS IFD."""
    inner = [(0x9000, UNDEFINED, b"0231"), (0x9101, UNDEFINED, (1, 2, 3, 0)), (0xA000, UNDEFINED, b"0100"), (0xA001, SHORT, 1)]
    if exif.taken:
        inner += [(0x9003, ASCII, exif.taken), (0x9004, ASCII, exif.taken), (0x9291, ASCII, "250")]
    if exif.offset:
        inner += [(0x9010, ASCII, exif.offset), (0x9011, ASCII, exif.offset), (0x9012, ASCII, exif.offset)]
    if exif.comment:
        inner.append((0x9286, UNDEFINED, b"ASCII\0\0\0" + exif.comment.encode("ascii")))
    if exif.content_id or exif.burst_id:
        inner.append((0x927C, UNDEFINED, apple_maker_note(exif.content_id, exif.burst_id)))
    return inner, (_gps(exif.place) if exif.place else None)


def _with_sub_directories(main, exif, start, order=">"):
    """The main IFD at `start` with its Exif and GPS IFDs behind it."""
    inner, gps = _sub_directories(exif)
    main = main + [(0x8769, LONG, 0)] + ([(0x8825, LONG, 0)] if gps else [])
    inner_at = start + len(directory(main, start, order))
    inner_block = directory(inner, inner_at, order)
    gps_at = inner_at + len(inner_block)
    pointers = {0x8769: inner_at, 0x8825: gps_at}
    main = [(tag, kind, pointers.get(tag, value)) for tag, kind, value in main]
    return directory(main, start, order) + inner_block + (directory(gps, gps_at, order) if gps else b"")


def tiff_block(exif):
    """The EXIF block: a TIFF without image data."""
    main = [(0x010F, ASCII, exif.make), (0x0110, ASCII, exif.model), (0x0112, SHORT, 1),
            (0x011A, RATIONAL, [72]), (0x011B, RATIONAL, [72]), (0x0128, SHORT, 2), (0x0213, SHORT, 1)]
    stamp = exif.modified or exif.taken
    if stamp:
        main.append((0x0132, ASCII, stamp))
    return b"MM\x00\x2a\x00\x00\x00\x08" + _with_sub_directories(main, exif, 8)


def into_jpeg(jpeg, exif):
    """The JPEG with the block as its first segment; a JFIF header is dropped, since EXIF wants to be first."""
    assert jpeg[:2] == b"\xff\xd8"
    rest = jpeg[2:]
    if rest[:2] == b"\xff\xe0":
        rest = rest[2 + struct.unpack(">H", rest[2:4])[0]:]
    block = b"Exif\0\0" + tiff_block(exif)
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(block) + 2) + block + rest


def into_png(png, exif):
    """The PNG with an eXIf chunk before its pixels."""
    block = tiff_block(exif)
    chunk = struct.pack(">L", len(block)) + b"eXIf" + block + struct.pack(">L", zlib.crc32(b"eXIf" + block))
    at = png.index(b"IDAT") - 4
    return png[:at] + chunk + png[at:]


def dng(rgb, width, height, exif):
    """A DNG of `rgb` (8-bit, width*height*3): RGGB mosaic, 16 bits a sample, one uncompressed strip."""
    linear = [round((level / 255.0) ** 2.2 * 16383) for level in range(256)]
    samples = []
    for y in range(height):
        for x in range(width):
            channel = (y % 2) + (x % 2)
            samples.append(linear[rgb[(y * width + x) * 3 + channel]])
    strip = struct.pack(f"<{len(samples)}H", *samples)
    xyz_to_camera = [3.2406, -1.5372, -0.4986, -0.9689, 1.8758, 0.0415, 0.0557, -0.2040, 1.0570]
    main = [(0x00FE, LONG, 0), (0x0100, LONG, width), (0x0101, LONG, height), (0x0102, SHORT, 16), (0x0103, SHORT, 1),
            (0x0106, SHORT, 32803), (0x010F, ASCII, exif.make), (0x0110, ASCII, exif.model), (0x0111, LONG, 0),
            (0x0112, SHORT, 1), (0x0115, SHORT, 1), (0x0116, LONG, height), (0x0117, LONG, len(strip)),
            (0x011A, RATIONAL, [72]), (0x011B, RATIONAL, [72]), (0x011C, SHORT, 1), (0x0128, SHORT, 2),
            (0x0132, ASCII, exif.modified or exif.taken),
            (0x828D, SHORT, (2, 2)), (0x828E, BYTE, (0, 1, 1, 2)),
            (0xC612, BYTE, (1, 4, 0, 0)), (0xC613, BYTE, (1, 1, 0, 0)), (0xC614, ASCII, f"{exif.make} {exif.model}"),
            (0xC61A, SHORT, 0), (0xC61D, SHORT, 16383), (0xC621, SRATIONAL, xyz_to_camera),
            (0xC628, RATIONAL, [1, 1, 1]), (0xC65A, SHORT, 21)]
    block = _with_sub_directories(main, exif, 8, "<")
    main = [(tag, kind, 8 + len(block) if tag == 0x0111 else value) for tag, kind, value in main]
    return b"II\x2a\x00\x08\x00\x00\x00" + _with_sub_directories(main, exif, 8, "<") + strip
