"""What a file is and what it is called, whatever its sender says."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.files.kinds import KINDS, kind_of
from meetings.files.naming import LONGEST_NAME, clean_name

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
_WORD = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def archive(**entries: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as writer:
        for name, content in entries.items():
            # Without the time of day in it: processes that run the tests side by side must name them alike.
            writer.writestr(zipfile.ZipInfo(name), content)
    return made.getvalue()


def types(content: bytes) -> bytes:
    return archive(**{"[Content_Types].xml": b"<Types>" + content + b"</Types>"})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("png", PNG),
        ("jpeg", b"\xff\xd8\xff\xe0"),
        ("gif", b"GIF89a"),
        ("webp", b"RIFF\0\0\0\0WEBPVP8 "),
        ("wav", b"RIFF\0\0\0\0WAVEfmt "),
        ("pdf", b"%PDF-1.7\n"),
        ("mp3", b"ID3\x04"),
        ("mp4", b"\0\0\0\x20ftypisom"),
        ("webm", b"\x1a\x45\xdf\xa3"),
        ("ogg", b"OggS"),
        ("flac", b"fLaC"),
        ("text", "Grüße\n".encode()),
        ("zip", archive(a=b"x")),
        ("docx", types(_WORD)),
        ("odt", archive(mimetype=b"application/vnd.oasis.opendocument.text", content=b"")),
    ],
)
def test_kinds(name: str, content: bytes) -> None:
    file = io.BytesIO(content)
    assert kind_of(file) == KINDS[name]
    assert file.tell() == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\0\x03",
        b"\x7fELF\x02",
        b"<!doctype html><script>alert(1)</script>",
        b"\xef\xbb\xbf \n<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"{\\rtf1 }",
        b"words\0and a nul",
        b"caf\xe9",
        b"half a letter \xc3",
        b"x" * 70_000 + b"\0",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        types(b"application/vnd.ms-word.document.macroEnabled.main+xml" + _WORD),
        archive(mimetype=b"application/x-something"),
        b"PK\x03\x04 and nothing after",
        b"PK\x05\x06" + bytes(8) + b"\xff\xff\xff\x7f" + bytes(6),
        b"PK" + b"PK\x06\x07" + bytes(16) + b"PK\x05\x06" + bytes(18),
    ],
)
def test_what_is_none_of_them(content: bytes) -> None:
    assert kind_of(io.BytesIO(content)) is None


@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"RIFF", b"%PDF-"]))
def test_anything_at_all_is_judged(content: bytes, before: bytes) -> None:
    kind_of(io.BytesIO(before + content))


@pytest.mark.parametrize(
    ("sent", "kind", "name"),
    [
        ("holiday.PNG", "png", "holiday.png"),
        ("holiday.jpeg", "jpeg", "holiday.jpeg"),
        ("../../etc/passwd", "text", "passwd.txt"),
        ("C:\\Users\\bob\\notes.md", "text", "notes.md"),
        ("photo\u202egpj.exe", "png", "photogpj.exe.png"),
        ("setup.bat", "text", "setup.bat.txt"),
        ("page.html", "text", "page.html.txt"),
        ('<img src=x onerror="alert(1)">.png', "png", "img src=x onerror= alert(1).png"),
        ("a\r\nSet-Cookie: x.png", "png", "aSet-Cookie x.png"),
        ("", "pdf", "file.pdf"),
        ("...", "pdf", "file.pdf"),
        (".htaccess", "text", "htaccess.txt"),
        ("con.txt", "text", "file con.txt"),
        ("שלום.png", "png", "שלום.png"),
        ("x" * 500 + ".png", "png", "x" * (LONGEST_NAME - 4) + ".png"),
    ],
)
def test_names(sent: str, kind: str, name: str) -> None:
    assert clean_name(sent, KINDS[kind]) == name


@given(st.text(max_size=300), st.sampled_from(sorted(KINDS)))
def test_every_name_is_one(sent: str, kind: str) -> None:
    name = clean_name(sent, KINDS[kind])
    stem, _, ending = name.rpartition(".")
    assert ending in KINDS[kind].endings
    assert 0 < len(name) <= LONGEST_NAME
    assert stem.strip(". ") == stem != ""
    assert not set(name) & set('\\/:*?"<>|\r\n\0\u202e')
    assert clean_name(name, KINDS[kind]) == name
