"""Folders of pictures by class: PNG and JPEG, grey and in colours; what is wrong is named with its file."""
import base64
import os
import pathlib
import resource
import struct
import sys
import zlib

sys.path.insert(0, str(pathlib.Path(os.environ["AANN_SOURCE_DIR"]) / "tests" / "cli"))
from program import answer, good, main, refused  # pylint: disable=wrong-import-position

FAILED = 1
# 8 x 8, grey: the left half 40, the right half 200.
JPEG = base64.b64decode("/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUV"
                        "DA8XGBYUGBIUFRT/wAALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAABf/EABgQAAIDAAAAAAAAAAAAAAAAAAAJR4XE/9oACAEB"
                        "AAA/ACluyJXaj//Z")


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(pixels, width, height, colour=0, depth=8, more=b""):
    """pixels: height rows of bytes; colour 0: grey, 2: red, green, blue, 6: and transparency; more: chunks."""
    stride = len(pixels) // height
    lines = b"".join(b"\0" + pixels[i * stride:(i + 1) * stride] for i in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)) + more +
            chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)


def folder(name, count=30):
    """Bright to the left or to the right."""
    for i in range(count):
        left = i % 2 == 0
        row = bytes(200 - 3 * (i % 7) if (x < 4) == left else 30 + i % 5 for x in range(8))
        write(f"{name}/{'left' if left else 'right'}/{i:03}.png", png(row * 8, 8, 8))
    write(f"{name}/.hidden/x.png", b"no picture")
    write(f"{name}/left/notes.txt", b"not a picture")
    return name


def test_a_folder_for_each_class():
    shown = answer("data", "show", folder("pets"))
    assert shown["count"] == 30 and shown["shape"] == [1, 8, 8], shown
    assert [(one["name"], one["count"]) for one in shown["classes"]] == [("left", 15), ("right", 15)]
    result = answer("search", "--data", "pets", "--net", "8-2", "--steps", "3k", "--validation", 0.2, "--quiet", "--study", "p.aann")
    assert result["data"]["classes"] == ["left", "right"] and result["data"]["split"]["rule"] == "shuffled"
    confusion = answer("eval", "p.aann", 1, "--split", "validation")["confusion"]
    assert [sum(row) for row in confusion] == [3, 3], "the files are sorted by class, the split is not"
    assert answer("eval", "p.aann", 1, "--data", folder("more", 10))["accuracy"] == 1.0
    # Without folders there are no labels; a JPEG picture beside others.
    row = bytes([30] * 4 + [200] * 4)
    write("new/a.png", png(row * 8, 8, 8))
    write("new/b.JPG", JPEG)
    write("new/c.png", png(bytes(reversed(row)) * 8, 8, 8))
    assert good("predict", "p.aann", 1, "--data", "new").split() == ["right", "right", "left"]


def test_colours():
    """One picture in colours makes three channels of all; a transparency that is none is dropped."""
    grey = png(bytes([10, 20, 30, 40]), 2, 2)
    write("c/x/1.png", grey)
    write("c/y/2.png", png(bytes([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]), 2, 2, 2))
    write("c/y/3.png", png(bytes([1, 2, 3, 255, 4, 5, 6, 255, 7, 8, 9, 255, 10, 11, 12, 255]), 2, 2, 6))
    shown = answer("data", "show", "c")
    assert shown["shape"] == [3, 2, 2] and shown["count"] == 3
    write("g/x/1.png", grey)
    assert answer("data", "show", "g")["shape"] == [1, 2, 2]


def test_what_cannot_be_kept():
    """16 bits and transparent pixels are refused with what to do, not converted."""
    write("d/x/1.png", png(bytes(range(8)), 2, 2, 0, 16))
    refused(FAILED, "d: x: 1.png: has 16 bits per channel, expected 8; .*mogrify -depth 8", "data", "show", "d")
    write("d/x/1.png", png(bytes([1, 2, 3, 4, 5, 255, 7, 254]), 2, 2, 4))
    refused(FAILED, "d: x: 1.png: the pixel in row 1, column 1 is transparent, .*mogrify .*-alpha remove", "data", "show", "d")
    write("d/x/1.png", png(bytes([1, 255, 3, 255, 5, 255, 7, 254]), 2, 2, 4))
    refused(FAILED, "the pixel in row 2, column 2 is transparent", "data", "show", "d")
    opaque = bytes([10, 255, 20, 255, 30, 255, 40, 255])
    write("d/x/1.png", png(opaque, 2, 2, 4))
    write("e/x/1.png", png(bytes([10, 20, 30, 40]), 2, 2))
    assert answer("data", "show", "d")["sha256"] == answer("data", "show", "e")["sha256"]


def test_pixels_as_stored():
    """A gamma value is about screens: the bytes are those that others read. Turned pictures are refused, and those for print."""
    pixels = bytes(range(0, 256, 4))
    write("plain/x/1.png", png(pixels, 8, 8))
    write("gamma/x/1.png", png(pixels, 8, 8, more=chunk(b"gAMA", struct.pack(">I", 100000))))
    assert answer("data", "show", "plain")["sha256"] == answer("data", "show", "gamma")["sha256"]
    for order, mark in ((">", b"MM"), ("<", b"II")):
        for orientation in (1, 6):
            exif = mark + struct.pack(order + "HIHHHIHHI", 42, 8, 1, 0x112, 3, 1, orientation, 0, 0)
            app1 = b"\xff\xe1" + struct.pack(">H", len(exif) + 8) + b"Exif\0\0" + exif
            for name, content in (("1.png", png(pixels, 8, 8, more=chunk(b"eXIf", exif))), ("1.jpg", JPEG[:2] + app1 + JPEG[2:])):
                write(f"turned{order == '<'}{orientation}{name[2]}/x/{name}", content)
                shown = ("data", "show", f"turned{order == '<'}{orientation}{name[2]}")
                if orientation == 1:
                    assert answer(*shown)["count"] == 1
                else:
                    refused(FAILED, f"x: {name}: is stored turned or mirrored .*orientation is 6.*-auto-orient", *shown)
    four = struct.pack(">BHHB", 8, 8, 8, 4) + b"".join(bytes([i, 0x11, 0]) for i in range(1, 5))
    grey = b"\xff\xc2" + struct.pack(">H", 11) + struct.pack(">BHHB", 8, 8, 8, 1) + bytes([1, 0x11, 0])
    write("print/x/1.jpg", progressive(1).replace(grey, b"\xff\xc0" + struct.pack(">H", len(four) + 2) + four))
    refused(FAILED, "x: 1.jpg: has the four colours of print .*mogrify -colorspace sRGB", "data", "show", "print")


def test_nothing_is_passed_over():
    """A picture that is not read is an error; other files are not."""
    picture = png(bytes(64), 8, 8)
    folder("left_out", 6)
    for name, content, problem in (
            ("loose.png", picture, "loose.png would be left out: beside folders"),
            ("left/more/1.jpg", JPEG, "left: more: 1.jpg would be left out: pictures are expected in the folder of their class"),
            ("left/a.gif", b"GIF89a" + bytes(20), r"left: a.gif: is a picture \(GIF\); expected PNG or JPEG: convert it"),
            ("left/a.bmp", b"BM" + struct.pack("<IHHI", 90, 0, 0, 54), r"left: a.bmp: is a picture \(BMP\)"),
            ("right/a.tif", b"II*\0" + bytes(20), r"right: a.tif: is a picture \(TIFF\)"),
            ("right/a.webp", b"RIFF\x20\0\0\0WEBPVP8 " + bytes(20), r"right: a.webp: is a picture \(WebP\)"),
            ("right/0001", picture, r"right: 0001: is a picture \(PNG\), and its name does not end in .png")):
        write(f"left_out/{name}", content)
        refused(FAILED, f"left_out: {problem}", "data", "show", "left_out")
        os.remove(f"left_out/{name}")
    write("left_out/readme.txt", b"BMW, GIFs")
    write("left_out/left/Thumbs.db", b"\xd0\xcf\x11\xe0" + bytes(20))
    os.mkfifo("left_out/left/pipe")
    assert answer("data", "show", "left_out")["count"] == 6
    write("flat/1.png", picture)
    write("flat/2.gif", b"GIF89a" + bytes(20))
    refused(FAILED, r"flat: 2.gif: is a picture \(GIF\)", "data", "show", "flat")


def progressive(scans):
    """A grey JPEG picture of 8 x 8 pixels, all coefficients 0, that comes in so many scans of one coefficient each."""
    def segment(mark, content):
        return bytes([0xff, mark]) + struct.pack(">H", len(content) + 2) + content

    def scan(first, last, high, low):
        return segment(0xda, bytes([1, 1, 0, first, last, high << 4 | low])) + b"\x7f"  # one code, and ones up to the byte

    one_code = bytes([1] + [0] * 15 + [0])
    places = [(k, k, 0, 1) for k in range(1, 64)] + [(k, k, 1, 0) for k in range(1, 64)]
    return (b"\xff\xd8" + segment(0xdb, bytes([0] + [1] * 64)) + segment(0xc2, struct.pack(">BHHB", 8, 8, 8, 1) + bytes([1, 0x11, 0])) +
            segment(0xc4, b"\0" + one_code) + segment(0xc4, b"\x10" + one_code) + scan(0, 0, 0, 0) +
            b"".join(scan(*place) for place in places[:scans - 1]) + b"\xff\xd9")


def test_many_scans():
    """A small file that would keep the decoder busy for long; usual ones have about ten scans."""
    write("s/x/1.jpg", progressive(10))
    assert answer("data", "show", "s")["shape"] == [1, 8, 8]
    write("s/x/1.jpg", progressive(120))
    refused(FAILED, "s: x: 1.jpg: is no whole JPEG picture: it has more than 100 scans", "data", "show", "s")


def test_one_large_picture():
    """Memory follows the pictures that are there, not those that may come."""
    write("l/x/1.png", png(bytes(4700 * 4700), 4700, 4700))
    def limited():
        if not os.environ.get("AANN_SANITIZE"):  # whose shadow memory is terabytes of addresses
            resource.setrlimit(resource.RLIMIT_AS, (700 << 20, 700 << 20))
    shown = answer("data", "show", "l", preexec_fn=limited)
    assert shown["count"] == 1 and shown["shape"] == [1, 4700, 4700], shown


def test_bad_folders():
    os.mkdir("empty")
    refused(FAILED, "empty: is a folder without pictures; expected a folder of PNG or JPEG files for each class", "data", "show",
            "empty")
    folder("pets", 4)
    write("pets/left/odd.png", png(bytes(9), 3, 3))
    refused(FAILED, "pets: left: odd.png: is 3 x 3 pixels, the first picture 8 x 8; make all of one size", "data", "show", "pets")
    for content in (JPEG[:60], JPEG[:-8], png(bytes(64), 8, 8)[:50], b"\x89PNG", b"GIF89a", b""):
        write("pets/left/odd.png", content)
        refused(FAILED, "pets: left: odd.png: is (no whole (PNG|JPEG) picture|neither a PNG nor a JPEG)", "data", "show", "pets")
    write("pets/left/odd.png", png(b"\0", 60000, 60000)[:60])
    refused(FAILED, "odd.png: (is no whole|a picture of 60000 x 60000 is larger)", "data", "show", "pets")
    os.remove("pets/left/odd.png")
    refused(FAILED, "pets: .*more than 200 bytes|pets: .*larger than the limit", "data", "show", "pets", "--data-limit", 200)


if __name__ == "__main__":
    main(globals())
