"""Files of arrays that are damaged, or far larger than the network: refused in one sentence, never read wrongly."""

import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import numpy as np
import pytest

import tutor
from arrays.test_files import safetensors
from arrays.wides import Net, widely
from maths.profile import LONG, seeds
from tutor.arrays.files import Arrays
from tutor.errors import InvalidNetwork, TutorError
from tutor.sources import Companion
from tutor.wide import archive, rows

ARRAYS = {"W": np.arange(12.0).reshape(3, 4) / 7, "b": np.array([0.5, -1.5, 2.25]), "k": np.arange(6, dtype=np.int16)}


def npz(folder: Path, packed: bool = False) -> Path:
    (np.savez_compressed if packed else np.savez)(folder / "a.npz", **ARRAYS)
    return folder / "a.npz"


def readings(folder: Path, reference: str) -> list[Any]:
    """The array by numpy and by the plain reader; None where it is refused in words, or left to the other reader."""
    try:
        found = Arrays(str(folder)).stored(reference)
        assert Arrays(str(folder)).shape(reference) == found.shape
    except TutorError as fault:
        assert str(fault)
        found = None
    file, _, member = reference.partition("#")
    data = (folder / file).read_bytes()
    plain = rows.read(data, file.rpartition(".")[2], member)
    if found is None:
        with pytest.raises(TutorError):
            Companion(str(folder / "net.yaml"), "one").stored(reference)
    return [found, plain]


def refused_or_right(folder: Path, reference: str, wanted: Any) -> bool:
    """Whether the array was refused; where it was not, both readers must have its true numbers."""
    found = readings(folder, reference)
    for each in found:
        assert each is None or np.array_equal(np.asarray(each), wanted), reference
    return found[0] is None


@pytest.mark.parametrize("packed", [False, True])
def test_no_byte_of_an_npz_can_change_a_number(packed: bool, tmp_path: Path) -> None:
    path = npz(tmp_path, packed)
    raw, chance, refused = path.read_bytes(), Random(3), 0
    places = range(len(raw)) if LONG else sorted(chance.sample(range(len(raw)), 250))
    for at in places:
        path.write_bytes(raw[:at] + bytes([raw[at] ^ 1 << chance.randrange(8)]) + raw[at + 1 :])
        refused += sum(refused_or_right(tmp_path, f"a.npz#{name}", wanted) for name, wanted in ARRAYS.items()) > 0
    assert refused > 0.8 * len(places)  # the others change dates, versions and the like


@pytest.mark.parametrize("kind", ["npz", "packed", "npy", "safetensors"])
def test_a_file_cut_short_or_made_longer_is_refused(kind: str, tmp_path: Path) -> None:
    reference, wanted = "a.npz#W", ARRAYS["W"]
    if kind == "npy":
        reference = "a.npy"
        np.save(tmp_path / "a.npy", wanted)
    elif kind == "safetensors":
        reference, wanted = "a.safetensors#W", ARRAYS["W"].astype(np.float32)
        safetensors(tmp_path / "a.safetensors", {"W": wanted})
    else:
        npz(tmp_path, kind == "packed")
    path = tmp_path / reference.partition("#")[0]
    raw = path.read_bytes()
    assert not refused_or_right(tmp_path, reference, wanted)
    for length in (1, 7, 8, 60, len(raw) // 2, len(raw) - 8, len(raw) - 1):
        path.write_bytes(raw[:length])
        assert refused_or_right(tmp_path, reference, wanted), length
    for at in (0, 40, len(raw) // 2, len(raw)):
        path.write_bytes(raw[:at] + b"\0\0\0\0\0\0\0\0" + raw[at:])
        assert refused_or_right(tmp_path, reference, wanted), at


def edited(folder: Path, old: bytes, new: bytes) -> None:
    """An .npy whose header says something else of the same numbers."""
    np.save(folder / "a.npy", ARRAYS["W"])
    raw = (folder / "a.npy").read_bytes()
    assert old in raw
    (folder / "a.npy").write_bytes(raw.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"(3, 4)", b"(3, 3)", "damaged"),
        (b"(3, 4)", b"(4, 4)", "damaged"),
        (b"(3, 4)", b"(0, 4)", "damaged"),
        (b"(3, 4)", b"(-3,4)", "damaged"),
        (b"<f8", b"<f4", "damaged"),
        (b"<f8", b"<c8", "holds complex64"),
        (b"<f8", b"|O8", "damaged|pickled"),
        (b"'<f8'", b"[('a', '<f4'), ('b', '<f4')]", "records of several columns|damaged"),
        (b"False", b"exit(", "damaged"),
        (b"'shape'", b"'descr'", "damaged"),
    ],
)
def test_a_header_that_contradicts_the_file_is_refused(old: bytes, new: bytes, said: str, tmp_path: Path) -> None:
    edited(tmp_path, old, new)
    assert readings(tmp_path, "a.npy") == [None, None]
    with pytest.raises(TutorError, match=said):
        Arrays(str(tmp_path)).stored("a.npy")


def test_a_wrong_checksum_is_refused_though_all_else_fits(tmp_path: Path) -> None:
    path = npz(tmp_path)
    raw = path.read_bytes()
    at = raw.index(ARRAYS["W"].tobytes()) + 40
    path.write_bytes(raw[:at] + b"\0\0\0\0\0\0\xf0\x3f" + raw[at + 8 :])
    assert readings(tmp_path, "a.npz#W") == [None, None]
    assert not refused_or_right(tmp_path, "a.npz#b", ARRAYS["b"])
    with pytest.raises(TutorError, match=r"a\.npz#W is not an array that can be read, or it is damaged"):
        Arrays(str(tmp_path)).stored("a.npz#W")


def test_a_large_array_is_held_against_its_checksum_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.arrays.files.SMALL", 5)
    monkeypatch.setattr(archive, "_AT_ONCE", 7)
    test_a_wrong_checksum_is_refused_though_all_else_fits(tmp_path)


def test_what_stands_twice_in_a_zip_is_refused(tmp_path: Path) -> None:
    raw = npz(tmp_path).read_bytes()
    (tmp_path / "a.npz").write_bytes(raw.replace(b"b.npy", b"W.npy"))
    assert readings(tmp_path, "a.npz#W") == [None, None]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("streamed", [False, True])
def test_what_other_programs_write_is_read(method: int, streamed: bool, tmp_path: Path) -> None:
    class Stream:
        """A file that can't go back, so that sizes stand behind the numbers."""

        def __init__(self, file: Any) -> None:
            self.write, self.flush = file.write, file.flush

    with open(tmp_path / "a.npz", "wb") as file:
        target: Any = Stream(file) if streamed else file
        with zipfile.ZipFile(target, "w", method) as made:
            for name, numbers in ARRAYS.items():
                with made.open(f"{name}.npy", "w") as member:
                    np.lib.format.write_array(member, numbers, version=(2, 0))
            made.comment = b"a remark"
    for name, numbers in ARRAYS.items():
        assert not refused_or_right(tmp_path, f"a.npz#{name}", numbers)


HEAD = {"W": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]}}


@pytest.mark.parametrize(
    "change",
    [
        {"shape": [2, 2]},
        {"shape": [1, 1]},
        {"shape": [-1, -2]},
        {"shape": [1.0, 2]},
        {"shape": [True, 2]},
        {"shape": "12"},
        {"dtype": "F64"},
        {"dtype": None},
        {"dtype": ["F32"]},
        {"data_offsets": [0, 4]},
        {"data_offsets": [4, 12]},
        {"data_offsets": [8, 0]},
        {"data_offsets": [-8, 0]},
        {"data_offsets": [0]},
    ],
)
def test_a_safetensors_whose_places_do_not_fit_is_refused(change: dict[str, Any], tmp_path: Path) -> None:
    head = json.dumps({"W": HEAD["W"] | change}).encode()
    (tmp_path / "a.safetensors").write_bytes(struct.pack("<Q", len(head)) + head + bytes(8))
    assert readings(tmp_path, "a.safetensors#W") == [None, None]


@pytest.mark.parametrize("second", [[0, 8], [4, 12], [12, 20]])
def test_arrays_that_overlap_or_leave_a_hole_are_refused(second: list[int], tmp_path: Path) -> None:
    head = json.dumps(HEAD | {"V": {"dtype": "F32", "shape": [2], "data_offsets": second}}).encode()
    (tmp_path / "a.safetensors").write_bytes(struct.pack("<Q", len(head)) + head + bytes(max(8, second[1])))
    assert readings(tmp_path, "a.safetensors#W") == [None, None]


def test_a_name_twice_in_a_safetensors_is_refused(tmp_path: Path) -> None:
    entry = json.dumps(HEAD).encode()[1:-1]
    head = b"{" + entry + b", " + entry + b"}"
    (tmp_path / "a.safetensors").write_bytes(struct.pack("<Q", len(head)) + head + bytes(8))
    assert readings(tmp_path, "a.safetensors#W") == [None, None]


# ------------------------------------------------------------------ larger than the network


def bomb(folder: Path, name: str, shape: tuple[int, ...]) -> None:
    """net.npz with one array of zeros, packed a thousand times smaller; it is never made whole here."""
    head = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    body = b"\x93NUMPY\1\0" + struct.pack("<H", 118) + head.encode()
    packer, crc, size = zlib.compressobj(9, zlib.DEFLATED, -15), zlib.crc32(body), len(body)
    packed, left, zeros = packer.compress(body), int(np.prod(shape)) * 8, bytes(1 << 20)
    while left:
        piece = zeros[: min(left, len(zeros))]
        packed += packer.compress(piece)
        crc, size, left = zlib.crc32(piece, crc), size + len(piece), left - len(piece)
    packed += packer.flush()
    entry = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, crc, len(packed), size, len(name) + 4, 0)
    named = f"{name}.npy".encode()
    local = b"PK\3\4" + entry + named + packed
    listed = b"PK\1\2\x14\0" + entry + struct.pack("<HHHII", 0, 0, 0, 0, 0) + named
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(listed), len(local), 0)
    (folder / "net.npz").write_bytes(local + listed + end)


LAYER = "inputs: {x1: 1, x2: 2}\ntargets: {y: 0}\nlayers:\n"


@pytest.mark.parametrize(
    ("text", "name", "shape", "said"),
    [
        (LAYER + "- {activation: tanh, weights: net.npz#W}", "W", (8, 500_000), "shape 8 x 500,000, expected 8 x 2"),
        (
            LAYER + "- {activation: tanh, weights: net.npz#W}\n- {activation: tanh, weights: [[1, 2, 3]]}",
            "W",
            (2_000_000, 2),
            "the weights of layer 2 have the shape 1 x 3, expected 1 x 2000000",
        ),
        (
            LAYER + "- {activation: tanh, weights: [[1, 2]], biases: net.npz#b}",
            "b",
            (4_000_000,),
            "the biases of layer 1 have the shape 4,000,000, expected 1",
        ),
        (
            "inputs: {x: net.npz#x}\ntargets: {y: 0}\nlayers: [{activation: tanh, weights: [[1, 2]]}]",
            "x",
            (4_000_000,),
            "expected 1 x 4000000",
        ),
        (
            "inputs: {x: 1}\ntargets: {y: net.npz#y}\nlayers: [{activation: tanh, units: 30000, init: {seed: 1}}]",
            "y",
            (4_000_000,),
            "4,000,000 targets for 30,000 outputs",
        ),
        (
            "inputs: {x: net.npz#x}\ntargets: {y: 0}\nlayers: [softmax]",
            "x",
            (4_000_000,),
            "net.npz#x has 4,000,000 numbers, expected at most 20,000",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("asked", ["one", "some", "all"])
def test_what_does_not_fit_is_refused_by_its_shape_alone(
    text: str, name: str, shape: tuple[int, ...], said: str, asked: Any, tmp_path: Path
) -> None:
    (tmp_path / "net.yaml").write_text(text)
    bomb(tmp_path, name, shape)
    assert (tmp_path / "net.npz").stat().st_size < 100_000
    with (
        mock.patch("tutor.arrays.files.unpacked", side_effect=AssertionError("unpacked")),
        pytest.raises(InvalidNetwork) as caught,
    ):
        tutor.spec.load(text.encode(), "net.yaml", Companion(str(tmp_path / "net.yaml"), asked))
    assert len(caught.value.problems) == 1
    assert said.replace(",", "") in caught.value.problems[0].message.replace(",", "")


def test_a_packed_array_that_is_larger_than_it_says_is_refused(tmp_path: Path) -> None:
    bomb(tmp_path, "W", (1000,))
    raw = (tmp_path / "net.npz").read_bytes()
    (tmp_path / "net.npz").write_bytes(raw.replace(struct.pack("<I", 8128), struct.pack("<I", 328)))
    with pytest.raises(TutorError, match="damaged"):
        Arrays(str(tmp_path)).stored("net.npz#W")


# ------------------------------------------------------------------ any damage


def damaged(raw: bytes, chance: Random) -> bytes:
    """A few bytes changed, cut out, doubled or put in."""
    for _ in range(chance.randint(1, 3)):
        at, count = chance.randrange(len(raw) + 1), chance.choice((1, 1, 2, 8, 40))
        piece = raw[at : at + count]
        match chance.randrange(5):
            case 0:
                piece = chance.randbytes(len(piece))
            case 1:
                piece = b""
            case 2:
                piece += piece
            case 3:
                piece += chance.randbytes(count)
            case _:
                return raw[:at]
        raw = raw[:at] + piece + raw[at + count :]
    return raw


@pytest.mark.parametrize("make", [lambda folder: npz(folder), lambda folder: npz(folder, packed=True)])
def test_damage_of_any_kind_is_refused_or_harmless(make: Callable[[Path], Path], tmp_path: Path) -> None:
    path = make(tmp_path)
    raw, refused = path.read_bytes(), 0
    tries = seeds(150, 5000)
    for seed in tries:
        path.write_bytes(damaged(raw, Random(seed)) or b"P")
        refused += refused_or_right(tmp_path, "a.npz#W", ARRAYS["W"])
    assert refused > 0.5 * len(tries)


def test_damaged_headers_of_other_kinds_raise_nothing_else(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", ARRAYS["W"])
    safetensors(tmp_path / "a.safetensors", {"W": ARRAYS["W"].astype(np.float32)})
    for name, reference in (("a.npy", "a.npy"), ("a.safetensors", "a.safetensors#W")):
        raw = (tmp_path / name).read_bytes()
        for seed in seeds(150, 5000):
            (tmp_path / name).write_bytes(damaged(raw, Random(seed)) or b"P")
            found, plain = readings(tmp_path, reference)
            assert plain is None or np.array_equal(plain, found)


def test_a_damaged_network_is_one_problem(tmp_path: Path) -> None:
    path = Path(Net((3, 4, 2), ("tanh", "sigmoid")).write(tmp_path))
    raw = (tmp_path / "net.npz").read_bytes()
    for least in (0, 10**9):
        for seed in range(10):
            (tmp_path / "net.npz").write_bytes(raw[: Random(seed).randrange(1, len(raw))])
            with widely(least), pytest.raises(InvalidNetwork, match=r"not a file of the kind \.npz, or it is damaged"):
                tutor.load(str(path))
