"""Of what kind a file is, judged by what is in it: neither its name nor what its sender says of it counts."""

import codecs
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Final

# As much of the beginning as any signature needs.
_HEAD: Final = 4096
_CHUNK: Final = 1 << 16
# Of an archive: its directory, and the one entry by which office documents are told apart.
_LARGEST_DIRECTORY: Final = 1 << 20
_LARGEST_ENTRY: Final = 1 << 20
_ARCHIVE_TAIL: Final = 1 << 16
_DIRECTORY_END: Final = b"PK\x05\x06"
_LARGE_DIRECTORY_END: Final = b"PK\x06\x07"
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\r\f\x1b")) + b"\x7f"


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: what it is called in settings, what it is sent as, and the endings that its names may have, the
    usual one first.
    """

    name: str
    media_type: str
    endings: tuple[str, ...]


_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_OPEN: Final = "application/vnd.oasis.opendocument"
KINDS: Final[dict[str, FileKind]] = {
    name: FileKind(name, media_type, endings)
    for name, media_type, endings in (
        ("png", "image/png", ("png",)),
        ("jpeg", "image/jpeg", ("jpg", "jpeg")),
        ("gif", "image/gif", ("gif",)),
        ("webp", "image/webp", ("webp",)),
        ("pdf", "application/pdf", ("pdf",)),
        ("docx", f"{_OFFICE}.wordprocessingml.document", ("docx",)),
        ("xlsx", f"{_OFFICE}.spreadsheetml.sheet", ("xlsx",)),
        ("pptx", f"{_OFFICE}.presentationml.presentation", ("pptx",)),
        ("odt", f"{_OPEN}.text", ("odt",)),
        ("ods", f"{_OPEN}.spreadsheet", ("ods",)),
        ("odp", f"{_OPEN}.presentation", ("odp",)),
        ("mp3", "audio/mpeg", ("mp3",)),
        ("ogg", "audio/ogg", ("ogg", "oga", "opus", "ogv")),
        ("wav", "audio/wav", ("wav",)),
        ("flac", "audio/flac", ("flac",)),
        ("mp4", "video/mp4", ("mp4", "m4a", "m4v", "mov")),
        ("webm", "video/webm", ("webm", "mkv")),
        ("text", "text/plain", ("txt", "md", "csv", "tsv", "log", "ics", "json", "yaml", "yml", "srt", "vtt")),
        ("zip", "application/zip", ("zip",)),
    )
}
# Not those that may hold anything at all.
USUAL: Final = tuple(name for name in KINDS if name != "zip")

_SIGNATURES: Final[tuple[tuple[str, Callable[[bytes], bool]], ...]] = (
    ("png", lambda head: head.startswith(b"\x89PNG\r\n\x1a\n")),
    ("jpeg", lambda head: head.startswith(b"\xff\xd8\xff")),
    ("gif", lambda head: head.startswith((b"GIF87a", b"GIF89a"))),
    ("webp", lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP"),
    ("wav", lambda head: head.startswith(b"RIFF") and head[8:12] == b"WAVE"),
    ("pdf", lambda head: head.startswith(b"%PDF-")),
    ("mp3", lambda head: head.startswith((b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"))),
    ("ogg", lambda head: head.startswith(b"OggS")),
    ("flac", lambda head: head.startswith(b"fLaC")),
    ("mp4", lambda head: head[4:8] == b"ftyp"),
    ("webm", lambda head: head.startswith(b"\x1a\x45\xdf\xa3")),
)
_OFFICE_PARTS: Final = {
    "docx": b"wordprocessingml.document.main+xml",
    "xlsx": b"spreadsheetml.sheet.main+xml",
    "pptx": b"presentationml.presentation.main+xml",
}


def kind_of(content: BinaryIO) -> FileKind | None:
    """The kind of the file, None when it is none of those that are known. Leaves `content` at its beginning."""
    content.seek(0)
    name = _name_of(content)
    content.seek(0)
    return None if name is None else KINDS[name]


def _name_of(content: BinaryIO) -> str | None:
    head = content.read(_HEAD)
    for name, fits in _SIGNATURES:
        if fits(head):
            return name
    if head.startswith(b"PK"):
        return _archive(content)
    # Markup is run by whatever opens it.
    if head.removeprefix(codecs.BOM_UTF8).lstrip().startswith((b"<", b"{\\rtf")):
        return None
    return "text" if _is_text(content) else None


def _is_text(content: BinaryIO) -> bool:
    """Whether it is words in UTF-8, all of it."""
    content.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := content.read(_CHUNK):
            if chunk.translate(None, _CONTROLS) != chunk:
                return False
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return content.tell() > 0


def _archive(content: BinaryIO) -> str | None:
    """What an archive is. Documents with macros are none of ours, nor is an archive that would cost much to look at."""
    if not _is_small_directory(content):
        return None
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as archive:
            names = archive.namelist()
            if "[Content_Types].xml" in names:
                return _office(_read(archive, "[Content_Types].xml"), names)
            if names and names[0] == "mimetype":
                told = _read(archive, "mimetype").decode("ascii", "replace").strip()
                return next((name for name in ("odt", "ods", "odp") if KINDS[name].media_type == told), None)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, KeyError):
        return None
    return "zip"


def _office(types: bytes, names: list[str]) -> str | None:
    if b"macroEnabled" in types or any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next((name for name, part in _OFFICE_PARTS.items() if part in types), None)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as entry:
        return entry.read(_LARGEST_ENTRY)


def _is_small_directory(content: BinaryIO) -> bool:
    size = content.seek(0, 2)
    content.seek(max(0, size - _ARCHIVE_TAIL))
    tail = content.read()
    at = tail.rfind(_DIRECTORY_END)
    if at < 0 or len(tail) - at < 22 or _LARGE_DIRECTORY_END in tail:
        return False
    return int.from_bytes(tail[at + 12 : at + 16], "little") <= _LARGEST_DIRECTORY
