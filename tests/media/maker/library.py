"""The practice library as a table: who took what, where and when, and every oddity a real library has.

All people are invented; places are public landmarks."""

from . import catalogue
from .blocks import Exif
from .catalogue import PERSONAL, SHARED, When, at, file, make_id

JPEG, HEIC, PNG, DNG = "public.jpeg", "public.heic", "public.png", "com.adobe.raw-image"
MOV, MP4 = "com.apple.quicktime-movie", "public.mpeg-4"

EIFFEL, LOUVRE = (48.8584, 2.2945, 35.0), (48.8606, 2.3376, 37.0)
FUJI, OPERA_HOUSE = (35.3606, 138.7274, 3776.0), (-33.8568, 151.2153, 4.0)
GOLDEN_GATE, RIO = (37.8199, -122.4783, 67.0), (-22.9519, -43.2105, 710.0)
DEAD_SEA, GREENWICH = (31.559, 35.4732, -430.5), (51.4779, -0.0015, 46.0)


class Maker:
    """Files and records together: one method a kind of photo, each returning the asset's id."""

    def __init__(self, studio):
        self.studio = studio
        self.catalogue = catalogue.Catalogue()

    def exif(self, when, place=None, **more):
        if when.exif is None:
            return None
        return Exif(taken=when.exif, offset=when.offset, place=place, **more)

    def still(self, path, title, when, *, size=(320, 240), place=None, content_id=None, burst_id=None, comment=None, exif=True,
              **scene):
        """The file of a photo; the extension of path chooses the kind."""
        block = None
        if exif is True:
            block = self.exif(when, place, content_id=content_id, burst_id=burst_id, comment=comment)
        elif exif:
            block = exif
        kind = path.rsplit(".", 1)[1]
        make, uti = {"jpg": (self.studio.jpeg, JPEG), "heic": (self.studio.heic, HEIC), "png": (self.studio.png, PNG),
                     "dng": (self.studio.dng, DNG)}[kind]
        return file(make(path, title, size, block, **scene), uti)

    def photo(self, path, name, title, when, *, size=(320, 240), place=None, zone=PERSONAL, filename_raw=None, item_type=True,
              still=None, **more):
        """A photo with one file."""
        original = self.still(path, title, when, size=size, place=place, **(still or {}))
        key = self.catalogue.master(make_key(zone, path), {"original": original}, zone=zone, filename=name,
                                    filename_raw=filename_raw, item_type=item_type)
        return self.catalogue.asset(path, key, when, size, zone=zone, place=place, **more)

    def movie(self, path, title, when, *, size=(160, 120), seconds=0.5, place=None, **options):
        """The file of a video."""
        made = self.studio.video(path, title, size, seconds=seconds, taken=when.apple_text, taken_utc=when.utc_text, place=place,
                                 **options)
        return file(made, MOV if path.endswith(".mov") else MP4)

    def video(self, path, name, title, when, *, size=(160, 120), seconds=0.5, place=None, options=None, **more):
        original = self.movie(path, title, when, size=size, seconds=seconds, place=place, **(options or {}))
        key = self.catalogue.master(make_key(PERSONAL, path), {"original": original}, filename=name, video=True)
        return self.catalogue.asset(path, key, when, size, place=place, duration_ms=round(seconds * 1000), **more)

    def live(self, slug, name, title, when, *, kind="heic", place=None, edited=False, identified=True, zone=PERSONAL, **more):
        """A Live Photo; edited adds a rendered still and a rendered video."""
        content_id = make_id("live", slug) if identified else None
        path = f"live/{slug}.{kind}"
        files = {"original": self.still(path, title, when, place=place, content_id=content_id),
                 "live_video": self.movie(f"live/{slug}.mov", title, when, place=place, content_id=content_id, sound=True)}
        key = self.catalogue.master(make_key(zone, path), files, zone=zone, filename=name)
        if edited:
            warm = {"shift": 0.06, "look": ("-modulate", "105,140")}
            more["edited"] = self.still(f"edited/{slug}.jpg", title, when, place=place, content_id=content_id, **warm)
            more["edited_video"] = self.movie(f"edited/{slug}.mov", title, when, place=place, content_id=content_id, **warm)
            more["adjustment_type"] = "com.apple.photo"
        return self.catalogue.asset(path, key, when, (320, 240), zone=zone, place=place, subtype_v2=2, **more)


def make_key(zone, path):
    return ("shared:" if zone == SHARED else "") + path


def everyday(make):
    """A year of ordinary photos."""
    ids = {}
    ids["eiffel"] = make.photo("photos/eiffel.jpg", "IMG_0001.JPG", "Eiffel Tower", at("2023-05-06 10:15:00", "+02:00"), place=EIFFEL,
                               flags=["favorite"], caption="Morning at the tower",
                               description="Met Mira Beispiel & her brother; 300 steps, then breakfast.",
                               keywords=["Paris", "Été", "tower"], still={"kind": "city"})
    ids["louvre"] = make.photo("photos/louvre.heic", "IMG_0002.HEIC", "Louvre", at("2023-05-06 14:40:10", "+02:00"), place=LOUVRE,
                               keywords=["Paris"], still={"kind": "sunburst"})
    ids["seine"] = make.photo("photos/seine.jpg", "IMG_0003.JPG", "Seine by night", at("2023-05-06 23:59:58", "+02:00"), place=EIFFEL,
                              size=(400, 300), still={"kind": "sea"})
    ids["fuji"] = make.photo("photos/fuji.heic", "IMG_0120.HEIC", "Mount Fuji", at("2024-01-01 06:50:00", "+09:00"), place=FUJI,
                             flags=["favorite"], caption="初日の出", still={"kind": "hills"})
    ids["opera"] = make.photo("photos/opera-house.jpg", "IMG_0200.JPG", "Sydney Opera House", at("2024-02-29 19:30:00", "+11:00"),
                              place=OPERA_HOUSE, size=(480, 320), description="Leap day, row 12.")
    ids["gate"] = make.photo("photos/golden-gate.heic", "IMG_0210.HEIC", "Golden Gate", at("2024-06-30 17:05:33", "-07:00"),
                             place=GOLDEN_GATE, size=(480, 320))
    ids["rio"] = make.photo("photos/rio.jpg", "IMG_0222.JPG", "Rio from above", at("2022-12-31 22:00:00", "-03:00"), place=RIO,
                            flags=["favorite"])
    ids["deadsea"] = make.photo("photos/dead-sea.jpg", "IMG_0230.JPG", "Below the sea", at("2022-10-10 12:00:00", "+03:00"),
                                place=DEAD_SEA)
    ids["greenwich"] = make.photo("photos/greenwich.jpg", "IMG_0231.JPG", "Near zero", at("2021-03-28 01:30:00", "+00:00"),
                                  place=GREENWICH)
    ids["nepal"] = make.photo("photos/kathmandu.jpg", "IMG_0240.JPG", "Odd offset", at("2019-11-11 11:11:11", "+05:45"))
    ids["garden"] = make.photo("photos/garden.png", "garden.png", "Garden plan", at("2020-04-01 09:00:00", "+02:00"), size=(300, 200),
                               still={"exif": False})
    ids["portrait"] = make.photo("photos/tall.jpg", "IMG_0250.JPG", "Tall", at("2025-07-01 08:00:00", "+02:00"), size=(240, 320))
    ids["pano"] = make.photo("photos/panorama.jpg", "IMG_0251.JPG", "All the way round", at("2025-07-01 08:10:00", "+02:00"),
                             size=(960, 200), subtype=1, still={"kind": "hills"})
    ids["shot"] = make.photo("photos/screenshot.png", "IMG_0252.PNG", "Settings", at("2025-07-02 21:00:00", "+02:00"),
                             size=(220, 400), subtype_v2=3, still={"comment": "Screenshot", "kind": "dots"})
    for number, label in enumerate(("Secret gift", "Passport", "Plan B"), 1):
        make.photo(f"photos/hidden-{number}.jpg", f"IMG_03{number:02}.JPG", label, at(f"2024-12-{number:02} 20:00:00", "+01:00"),
                   flags=["hidden"] + (["favorite"] if number == 1 else []))
    for number, label in enumerate(("Blurred", "Thumb", "Pocket"), 1):
        make.photo(f"photos/deleted-{number}.jpg", f"IMG_04{number:02}.JPG", label, at(f"2025-01-{number:02} 12:00:00", "+01:00"),
                   flags=["deleted"])
    return ids


def kinds(make):
    """Live Photos, edits, RAW pairs, videos, a burst and rarer formats."""
    ids = {}
    ids["live"] = make.live("ferry", "IMG_1001.HEIC", "Ferry", at("2023-05-07 11:00:00", "+02:00"), place=EIFFEL, flags=["favorite"])
    ids["live2"] = make.live("kite", "IMG_1002.HEIC", "Kite", at("2024-08-08 15:00:00", "+02:00"))
    make.live("fountain", "IMG_1003.JPG", "Fountain", at("2018-09-09 16:00:00", "+02:00"), kind="jpg")
    make.live("nameless", "IMG_1004.HEIC", "No identifier", at("2019-09-09 16:00:00", "+02:00"), identified=False)
    ids["edited_live"] = make.live("harbour", "IMG_1005.HEIC", "Harbour", at("2024-08-09 18:00:00", "+02:00"), edited=True)

    vivid = {"shift": 0.1, "look": ("-modulate", "100,130")}
    when = at("2024-03-03 13:00:00", "+01:00")
    ids["edited"] = make.photo("photos/meadow.jpg", "IMG_1010.JPG", "Meadow", when, adjustment_type="com.apple.photo",
                               edited=make.still("edited/meadow.jpg", "Meadow", when, **vivid))
    when = at("2024-03-04 13:00:00", "+01:00")
    make.photo("photos/market.heic", "IMG_1011.HEIC", "Market", when, adjustment_type="com.apple.photo",
               edited=make.still("edited/market.jpg", "Market", when, **vivid))
    when = at("2024-03-05 13:00:00", "+01:00")
    make.photo("photos/lantern.heic", "IMG_1012.HEIC", "Lantern", when, adjustment_type="com.apple.photo",
               edited=make.still("edited/lantern.heic", "Lantern", when, **vivid))
    when = at("2024-03-06 13:00:00", "+01:00")
    make.photo("photos/marked.png", "IMG_1013.PNG", "Marked up", when, size=(220, 400), subtype_v2=3,
               adjustment_type="ScreenshotServices", still={"comment": "Screenshot"},
               edited=make.still("edited/marked.png", "Marked up", when, size=(220, 360), comment="Screenshot"))

    when = at("2025-02-02 10:00:00", "+01:00")
    alternative = make.still("raw/cliff.dng", "Cliff", when, size=(96, 72), exif=raw_exif(when))
    original = make.still("raw/cliff.jpg", "Cliff", when, exif=raw_exif(when))
    key = make.catalogue.master("raw/cliff.jpg", {"original": original, "alternative": alternative}, filename="DSC_0001.JPG")
    ids["raw"] = make.catalogue.asset("raw/cliff", key, when, (320, 240))
    when = at("2025-02-02 10:05:00", "+01:00")
    original = make.still("raw/dune.dng", "Dune", when, size=(96, 72), exif=raw_exif(when))
    alternative = make.still("raw/dune.jpg", "Dune", when, exif=raw_exif(when))
    key = make.catalogue.master("raw/dune.dng", {"original": original, "alternative": alternative}, filename="DSC_0002.DNG")
    make.catalogue.asset("raw/dune", key, when, (96, 72))
    make.photo("raw/moss.dng", "DSC_0003.DNG", "Moss", at("2025-02-02 10:10:00", "+01:00"), size=(80, 60),
               still={"exif": raw_exif(at("2025-02-02 10:10:00", "+01:00"))})

    ids["video"] = make.video("video/waves.mov", "IMG_1020.MOV", "Waves", at("2023-07-01 12:00:00", "+02:00"), place=RIO,
                              options={"sound": True, "kind": "sea"})
    make.video("video/train.mov", "IMG_1021.MOV", "Train", at("2023-07-02 12:00:00", "+02:00"), options={"codec": "libx265"})
    make.video("video/concert.mp4", "concert.mp4", "Concert", at("2017-07-03 21:00:00", "+02:00"), options={"sound": True})
    make.video("video/drone.mp4", "DJI_0001.MP4", "Drone", at("2022-07-04 12:00:00", "+00:00"), place=FUJI, size=(192, 108))
    when = at("2024-05-05 12:00:00", "+02:00")
    make.video("video/goal.mov", "IMG_1022.MOV", "Goal", when, adjustment_type="com.apple.photo",
               edited_video=make.movie("edited/goal.mov", "Goal", when, seconds=0.3, **vivid))
    make.video("video/splash.mov", "IMG_1023.MOV", "Splash", at("2024-07-07 12:00:00", "+02:00"), subtype=100, subtype_v2=100,
               options={"rate": 120, "kind": "dots"})
    make.video("video/clouds.mov", "IMG_1024.MOV", "Clouds", at("2024-07-08 12:00:00", "+02:00"), subtype=101, subtype_v2=101)

    burst = make_id("burst", "jump")
    for frame in range(4):
        when = at(f"2023-08-01 10:00:{frame:02}", "+02:00")
        ids[f"burst{frame}"] = make.photo(f"burst/jump-{frame + 1}.jpg", f"IMG_11{frame:02}.JPG", f"Jump {frame + 1} of 4", when,
                                          burst_id=burst, burst_flags=20 if frame == 1 else 4,
                                          still={"burst_id": burst, "kind": "sunburst"})

    studio = make.studio
    rare = [("other/bounce.gif", "bounce.gif", "com.compuserve.gif", "Bounce", (120, 90)),
            ("other/scan.tiff", "scan.tiff", "public.tiff", "Scan", (120, 80)),
            ("other/sticker.webp", "sticker.webp", "org.webmproject.webp", "Sticker", (240, 240)),
            ("other/export.avif", "export.avif", "public.avif", "Export", (240, 160))]
    for day, (path, name, uti, title, size) in enumerate(rare, 1):
        if path.endswith(".gif"):
            studio.gif(path, title, size)
        elif path.endswith(".avif"):
            studio.heic(path, title, size, avif=True)
        else:
            studio.plain(path, title, size, *(["-compress", "lzw"] if path.endswith(".tiff") else ["-quality", "50"]))
        key = make.catalogue.master(path, {"original": file(path, uti)}, filename=name)
        ids[name] = make.catalogue.asset(path, key, at(f"2021-06-{day:02} 12:00:00", "+02:00"), size)
    path = studio.text("other/note.xyz", "A note that some app put into the photo library. Nobody knows this type.\n")
    key = make.catalogue.master(path, {"original": file(path, "public.data")}, filename="note.xyz")
    make.catalogue.asset(path, key, at("2021-06-09 12:00:00", "+02:00"), (0, 0))
    return ids


def raw_exif(when):
    return Exif(taken=when.exif, offset=when.offset, make="Practice", model="Field Camera")


def names(make):
    """File names that have broken somebody's sync, most of them on one day so that they also meet each other."""
    day = "2022-02-02"
    long_name = "A very long name " + "und noch ein Stück " * 10 + "bis zum Ende.JPG"
    long_name = "x" * (240 - len(long_name.encode())) + long_name
    table = [
        ("cafe-nfc", "Caf\u00e9 Mokka.JPG", "Cafe, composed"),
        ("cafe-nfd", "Cafe\u0301 Mokka.JPG", "Cafe, decomposed"),
        ("japanese", "富士山の写真.JPG", "Japanese name"),
        ("emoji", "🎉🥳 party.JPG", "Emoji name"),
        ("long", long_name, "240 bytes of name"),
        ("colon", "12:34 at the station.JPG", "Colon in name"),
        ("slash", "AC/DC tribute.JPG", "Slash in name"),
        ("dotdot", "../../escape.JPG", "Wants out"),
        ("backslash", "C:\\photos\\me.JPG", "Backslashes"),
        ("trailing-dot", "The end..JPG.", "Trailing dot"),
        ("trailing-space", "Blank.JPG ", "Trailing blank"),
        ("device", "CON.JPG", "Device name"),
        ("control", "tab\there\nline.JPG", "Control characters"),
        ("twin-lower", "img_x.JPG", "Twin, lower"),
        ("twin-upper", "IMG_X.jpg", "Twin, upper"),
        ("wrong-extension", "really-a-jpeg.PNG", "Says PNG, is JPEG"),
        ("no-extension", "DSCF0007", "No extension"),
        ("hidden-dot", ".hidden.JPG", "Leading dot"),
        ("same-1", "IMG_0001.JPG", "One name, first"),
        ("same-2", "IMG_0001.JPG", "One name, second"),
    ]
    ids = {}
    for minute, (slug, name, title) in enumerate(table):
        ids[slug] = make.photo(f"names/{slug}.jpg", name, title, at(f"{day} 10:{minute:02}:00", "+01:00"), size=(240, 180))
    make.photo("names/macos.png", "Screenshot 2024-05-06 at 9.41.00\u202fAM.png", "Narrow blank", at("2024-05-06 09:41:00", "-07:00"),
               size=(300, 190), subtype_v2=3, still={"comment": "Screenshot"})
    # The ways in which the name itself can be malformed (docs/protocol/icloud.md section 9.6).
    raw = [("missing", None, "No name at all"),
           ("plain-string", {"value": "plain text.JPG", "type": "STRING"}, "Name of type STRING"),
           ("bad-base64", {"value": "%%%not base64%%%", "type": "ENCRYPTED_BYTES"}, "Undecodable name"),
           ("bad-utf8", {"value": "/v/+SlBH", "type": "ENCRYPTED_BYTES"}, "Not UTF-8"),
           ("unknown-type", {"value": "d2hhdC5KUEc=", "type": "MYSTERY"}, "Unknown field type")]
    for minute, (slug, value, title) in enumerate(raw):
        make.photo(f"names/{slug}.jpg", None, title, at(f"{day} 11:{minute:02}:00", "+01:00"), size=(240, 180), filename_raw=value)
    make.photo("names/no-item-type.jpg", "IMG_0077.JPG", "No item type", at(f"{day} 12:00:00", "+01:00"), size=(240, 180),
               item_type=None)
    return ids


def dates(make):
    """Dates outside the years a camera knows, and dates that are missing."""
    scanned = Exif(modified="2021:01:15 10:00:00", make="Practice", model="Flatbed Scanner")
    table = [
        ("1899", When(-2208989000000, 0), "Grandma's mill", scanned, "Scanned from glass; date typed in by hand."),
        ("1955", at("1955-06-15 12:00:00", "+01:00"), "Village fair", scanned, None),
        ("1969", When(-1000, 0), "One second before", False, None),
        ("1970", When(0, 0), "Zero", False, None),
        ("year-10000", When(253402300800000, 0), "Year 10000", False, None),
        ("year-5", When(-62009366400000, 0), "Year 5", False, None),
    ]
    for slug, when, title, exif, description in table:
        make.photo(f"dates/{slug}.jpg", f"{slug}.JPG", title, when, size=(240, 180), still={"exif": exif}, description=description,
                   added_ms=1610705000000)
    make.photo("dates/no-offset.jpg", "IMG_0500.JPG", "Which time zone?", When(1500000000000, None, "2017:07:14 04:40:00"),
               size=(240, 180))
    make.photo("dates/no-exif.jpg", "WhatsApp Image.JPG", "No date in the file", at("2020-10-25 02:30:00", "+01:00"), size=(240, 180),
               still={"exif": False})
    # The user corrected the date in Photos: iCloud and the file disagree by a year.
    make.photo("dates/corrected.jpg", "IMG_0502.JPG", "Camera was a year late", at("2021-08-08 08:08:08", "+02:00"), size=(240, 180),
               still={"exif": Exif(taken="2020:08:08 08:08:08", offset="+02:00")})


def one_content_many_assets(make, ids):
    """Duplicates inside a library, and the same bytes in two libraries."""
    again = {}
    for name, path, when, size in (
            ("louvre", "photos/louvre.heic", at("2023-05-06 14:40:10", "+02:00"), (320, 240)),
            ("live2", "live/kite.heic", at("2024-08-08 15:00:00", "+02:00"), (320, 240))):
        again[name] = make.catalogue.asset(path + "#duplicate", path, when, size, caption=f"Copy of {name}" if name == "louvre" else None,
                                           subtype_v2=2 if name == "live2" else None)
    ids["duplicate"] = again["louvre"]

    # The same files in the shared library: once under the same name, once under another.
    for path, name, when, place, size in (
            ("photos/eiffel.jpg", "IMG_0001.JPG", at("2023-05-06 10:15:00", "+02:00"), EIFFEL, (320, 240)),
            ("photos/opera-house.jpg", "Opera - from Jonas Muster.JPG", at("2024-02-29 19:30:00", "+11:00"), OPERA_HOUSE, (480, 320))):
        key = make.catalogue.master(make_key(SHARED, path), {"original": file(path, JPEG)}, zone=SHARED, filename=name)
        make.catalogue.asset(path, key, when, size, zone=SHARED, place=place)
    make.photo("shared/picnic.jpg", "IMG_7001.JPG", "Picnic", at("2024-05-18 13:00:00", "+02:00"), zone=SHARED,
               description="Everybody came, even Uncle Placeholder.")
    make.photo("shared/birthday.heic", "IMG_7002.HEIC", "Birthday", at("2024-05-19 15:00:00", "+02:00"), zone=SHARED)
    make.photo("shared/tent.jpg", "IMG_0001.JPG", "Tent", at("2023-05-06 20:00:00", "+02:00"), zone=SHARED)


def albums(make, ids):
    add = make.catalogue.album
    travel = add("Travel", folder=True)
    year = add("2023", folder=True, parent=travel)
    add("Paris", [ids["eiffel"], ids["louvre"], ids["seine"], ids["live"], ids["duplicate"]], parent=year)
    add("Japan 🗻", [ids["fuji"]], parent=travel)
    add("All Photos", [ids["opera"], ids["gate"], ids["video"]])
    add("Best", [ids["rio"], ids["edited"]], twin=1)
    add("Best", [ids["pano"], ids["edited"], ids["raw"]], twin=2)
    add("Empty")
    add("Summer / été", [ids["portrait"], ids["live2"]])
    everything = [asset["id"] for asset in make.catalogue.assets
                  if asset["zone"] == PERSONAL and not asset["hidden"] and not asset["deleted"]]
    add("Everything", everything)


def build(studio):
    """All files ordered from the studio; returns the manifest."""
    make = Maker(studio)
    ids = everyday(make)
    ids.update(kinds(make))
    ids.update(names(make))
    dates(make)
    one_content_many_assets(make, ids)
    albums(make, ids)
    return make.catalogue.manifest(), ids


def later(studio, ids):
    """What the demonstration does to the library after the first run."""
    make = Maker(studio)
    when = at("2026-11-20 17:00:00", "+01:00")
    new_id = make.photo("later/snow.jpg", "IMG_9001.JPG", "First snow", when, place=EIFFEL, added_ms=1795194000000)
    edit_of = at("2023-05-06 23:59:58", "+02:00")
    edited = make.still("later/seine-edited.jpg", "Seine by night", edit_of, size=(400, 300), place=EIFFEL, kind="sea", shift=0.15)
    return {"new_photo": {"master": make.catalogue.masters[0], "asset": make.catalogue.assets[0]},
            "edit": {"asset": ids["seine"], "edited": edited, "adjustment_type": "com.apple.photo"},
            "album": {"zone": PERSONAL, "id": make_id("album", "later"), "name": "Winter", "type": 0, "assets": [new_id, ids["fuji"]]},
            "delete": {"asset": ids["nepal"]}}
