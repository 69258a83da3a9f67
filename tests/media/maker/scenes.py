"""Small pictures that a person recognises while browsing: hills, sea, city, dots, sunburst, each in its own colours."""

import colorsys
import math
import random

KINDS = ("hills", "sea", "city", "dots", "sunburst")


def _rgb(hue, light, saturation):
    red, green, blue = colorsys.hls_to_rgb(hue % 1.0, light, saturation)
    return "#%02x%02x%02x" % (round(red * 255), round(green * 255), round(blue * 255))


def _hills(rng, hue, width, height):
    draw = [f"fill {_rgb(hue + 0.12, 0.85, 0.8)}",
            "circle %d,%d %d,%d" % (width * 0.7, height * 0.3, width * 0.7, height * 0.18)]
    for layer in range(3):
        base = height * (0.55 + 0.15 * layer)
        points = [f"0,{height}"]
        for step in range(9):
            points.append("%d,%d" % (width * step / 8, base + rng.uniform(-0.13, 0.08) * height))
        points.append(f"{width},{height}")
        draw += [f"fill {_rgb(hue + 0.45 + 0.04 * layer, 0.45 - 0.11 * layer, 0.45)}", "polygon " + " ".join(points)]
    return draw


def _sea(rng, hue, width, height):
    draw = [f"fill {_rgb(hue + 0.5, 0.88, 0.9)}",
            "circle %d,%d %d,%d" % (width * 0.3, height * 0.35, width * 0.3, height * 0.22)]
    for line in range(6):
        top = height * (0.5 + 0.085 * line)
        phase = rng.uniform(0, 6.3)
        points = [f"0,{height}"]
        for step in range(17):
            points.append("%d,%d" % (width * step / 16, top + math.sin(phase + step) * height * 0.02))
        points.append(f"{width},{height}")
        draw += [f"fill {_rgb(hue + 0.02 * line, 0.6 - 0.07 * line, 0.55)}", "polygon " + " ".join(points)]
    return draw


def _city(rng, hue, width, height):
    draw = []
    left = 0
    while left < width:
        wide = rng.uniform(0.07, 0.14) * width
        top = height * rng.uniform(0.3, 0.7)
        draw += [f"fill {_rgb(hue + 0.6, rng.uniform(0.12, 0.28), 0.4)}",
                 "rectangle %d,%d %d,%d" % (left, top, left + wide - 2, height), f"fill {_rgb(hue + 0.1, 0.75, 0.9)}"]
        for row in range(3):
            if rng.random() < 0.75:
                x, y = left + wide * rng.uniform(0.2, 0.6), top + height * (0.06 + 0.1 * row)
                draw.append("rectangle %d,%d %d,%d" % (x, y, x + wide * 0.2, y + height * 0.04))
        left += wide
    return draw


def _dots(rng, hue, width, height):
    draw = []
    for _ in range(14):
        x, y, radius = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0.05, 0.2) * height
        draw += [f"fill {_rgb(hue + rng.uniform(0, 0.4), rng.uniform(0.4, 0.8), 0.7)}",
                 "circle %d,%d %d,%d" % (x, y, x, y + radius)]
    return draw


def _sunburst(rng, hue, width, height):
    middle_x, middle_y = width * rng.uniform(0.3, 0.7), height * rng.uniform(0.4, 0.8)
    draw = [f"fill {_rgb(hue + 0.08, 0.72, 0.75)}"]
    reach = width + height
    for ray in range(12):
        angle = ray * math.pi / 6
        draw.append("polygon %d,%d %d,%d %d,%d" % (
            middle_x, middle_y, middle_x + reach * math.cos(angle), middle_y + reach * math.sin(angle),
            middle_x + reach * math.cos(angle + 0.26), middle_y + reach * math.sin(angle + 0.26)))
    draw += [f"fill {_rgb(hue + 0.5, 0.6, 0.8)}",
             "circle %d,%d %d,%d" % (middle_x, middle_y, middle_x, middle_y + height * 0.16)]
    return draw


def arguments(title, width, height, *, kind=None, shift=0.0, look=()):
    """ImageMagick arguments that draw the scene called `title`; the same title gives the same picture.

    shift moves the colours (an edit of the same scene), look is appended after the drawing (e.g. -modulate)."""
    rng = random.Random(title)
    hue = rng.random() + shift
    kind = kind or KINDS[rng.randrange(len(KINDS))]
    sky = f"gradient:{_rgb(hue + 0.05, 0.7, 0.7)}-{_rgb(hue + 0.3, 0.45, 0.6)}"
    body = {"hills": _hills, "sea": _sea, "city": _city, "dots": _dots, "sunburst": _sunburst}[kind]
    drawing = " ".join(body(rng, hue, width, height))
    point = max(9, min(height // 9, int(width * 1.5 / max(len(title), 1))))
    return ["-size", f"{width}x{height}", sky, "-draw", drawing, *look, "-font", "Helvetica-Bold", "-pointsize", str(point),
            "-gravity", "SouthWest", "-fill", "#00000070", "-annotate", "+7+5", title,
            "-fill", "white", "-annotate", "+6+6", title, "+gravity"]
