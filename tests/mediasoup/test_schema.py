"""Reading .fbs files: what is understood, and that the rest is refused instead of guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from media.binary import WorkerBinary
from media.mediasoup.errors import SchemaError
from media.mediasoup.schema import Enum, Schema, String, TableRef, Union, Vector


def test_fields_of_a_table() -> None:
    schema = Schema.parse(
        {
            "a.fbs": """
                include "b.fbs";
                namespace FBS.A;
                /* colours */ enum Colour: uint8 { RED = 1, GREEN, BLUE = 0x10 }
                table Thing {
                    some_name2: string (required); // a comment; with a semicolon
                    colour: Colour = GREEN;
                    maybe: uint16 = null;
                    flag: bool = true;
                    ratio: float = 1.5;
                    either: Either;
                    parts: [FBS.B.Part] (required);
                    after: int64 = -3;
                }
                union Either { Thing, Other: FBS.B.Part }
            """,
            "b.fbs": "namespace FBS.B; table Part {}",
        }
    )
    fields = schema.tables["FBS.A.Thing"].fields
    assert [(field.key, field.slot, field.default, field.required) for field in fields] == [
        ("someName2", 0, None, True),
        ("colour", 1, 2, False),
        ("maybe", 2, None, False),
        ("flag", 3, 1, False),
        ("ratio", 4, 1.5, False),
        ("either", 6, None, False),
        ("parts", 7, None, True),
        ("after", 8, -3, False),
    ]
    assert fields[0].type == String()
    assert isinstance(fields[1].type, Enum)
    assert fields[1].type.values == {"RED": 1, "GREEN": 2, "BLUE": 16}
    assert fields[5].type == Union("FBS.A.Either", {"Thing": "FBS.A.Thing", "Other": "FBS.B.Part"})
    assert fields[6].type == Vector(TableRef("FBS.B.Part"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("struct Point { x: int; }", "cannot read 'struct Point"),
        ("table T { x: Nowhere; }", "T refers to Nowhere"),
        ("table T { x: uint8 (deprecated); }", r"attributes of T\.x"),
        ("table T { x: [uint64]; }", r"vector T\.x is not supported"),
        ("table T { x uint8; }", "cannot read field 'x uint8' of T"),
        ("table T { x: uint8;", "cannot read 'table T"),
        ("enum E: string { A }", "enum E is not over a whole number"),
        ("union U { Nowhere }", "U refers to Nowhere"),
    ],
)
def test_what_is_not_understood(text: str, said: str) -> None:
    with pytest.raises(SchemaError, match=said):
        Schema.parse({"t.fbs": text})


def test_folder_without_schemas(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match=r"no \.fbs files"):
        Schema.load(tmp_path)


def test_all_of_mediasoup(worker_binary: WorkerBinary) -> None:
    schema = Schema.load(worker_binary.schemas)
    assert len(schema.enums["FBS.Request.Method"].values) == 68
    assert [field.key for field in schema.tables["FBS.Request.Request"].fields] == ["id", "method", "handlerId", "body"]
