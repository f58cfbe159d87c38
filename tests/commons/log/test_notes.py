"""Signed notes and keys: an example that C2SP gives, and what must be refused."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from terreau.commons.log.errors import LogError, Problem
from terreau.commons.log.notes import (
    COSIGNATURE,
    Checkpoint,
    Note,
    PublicKey,
    SecretKey,
    checkpoint_text,
    sign_checkpoint,
)

KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = (
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYN"
    "ZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)


def problem_of(call) -> Problem:
    with pytest.raises(LogError) as caught:
        call()
    return caught.value.problem


def test_the_example_of_the_specification() -> None:
    key = PublicKey.parse(KEY, "key")
    note = Note.parse(NOTE.encode(), "note")
    assert note.signers([key], "note") == [key]
    assert str(key) == KEY
    assert note.text == "This is an example message.\n"


def test_a_changed_text_is_refused() -> None:
    note = Note.parse(NOTE.replace("example m", "exemple m").encode(), "note")
    assert problem_of(lambda: note.signers([PublicKey.parse(KEY, "key")], "note")) == Problem.BAD_SIGNATURE


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "\n\n", "text\n", "text\n\n", "text\n\nno dash\n", "text\n\n— name\n", "text\n\n— name AAAA\n",
        "text\n\n— a+b AAAAAAAAAAA=\n", "text\n\n— name AAAAAAA*\n", "te\x00xt\n\n— name AAAAAAAA\n", NOTE[:-1],
        NOTE.replace("QM=", "QN="),  # the same bytes, spelt in another way
    ],
)  # fmt: skip
def test_what_is_no_note(text: str) -> None:
    assert problem_of(lambda: Note.parse(text.encode(), "note")) == Problem.UNREADABLE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        KEY[:-4],
        KEY.replace("530d903a", "530d903b"),
        KEY.replace("foo", "bar"),
        "a b+00000000+AAAA",
        "é",
    ],
)
def test_what_is_no_key(text: str) -> None:
    assert problem_of(lambda: PublicKey.parse(text, "key")) == Problem.BAD_KEY


def test_a_key_made_here_is_read_again_and_never_shown() -> None:
    secret = SecretKey.make("exemple.invalid/log")
    assert SecretKey.parse(secret.to_text(), "key") == secret
    assert secret.seed.hex() not in repr(secret) and secret.to_text().split("+")[-1] not in repr(secret)
    raw = Ed25519PublicKey.from_public_bytes(secret.public.raw)
    text = checkpoint_text("exemple.invalid/log", 3, b"r" * 32)
    _, _, signature = Note.parse(
        sign_checkpoint("exemple.invalid/log", 3, b"r" * 32, [secret]), "x"
    ).signatures[0]
    raw.verify(signature, text.encode())  # by the library itself


def test_a_cosignature_holds_its_time() -> None:
    log, witness = SecretKey.make("a.invalid"), SecretKey.make("b.invalid", COSIGNATURE)
    data = sign_checkpoint("a.invalid", 1, b"r" * 32, [log])
    text = Checkpoint.parse(data, "x").note.text
    signed = Note.parse(data + witness.cosign(text, 1_700_000_000).encode(), "x")
    assert signed.signers([log.public, witness.public], "x") == [log.public, witness.public]
    assert signed.cosigned_at(witness.public) == 1_700_000_000
    later = [(n, k, s[:7] + bytes([s[7] ^ 1]) + s[8:]) for n, k, s in signed.signatures if n == "b.invalid"]
    assert (
        problem_of(lambda: Note(text, tuple(later)).signers([witness.public], "x")) == Problem.BAD_SIGNATURE
    )


def test_a_cosignature_is_not_a_signature_of_the_log() -> None:
    witness = SecretKey.make("b.invalid", COSIGNATURE)
    text = checkpoint_text("a.invalid", 1, b"r" * 32)
    checkpoint = Checkpoint.parse(f"{text}\n{witness.cosign(text, 5)}".encode(), "x")
    assert problem_of(lambda: checkpoint.require_signature([witness.public], "x")) == Problem.NO_KNOWN_KEY


@pytest.mark.parametrize(
    "body",
    [
        "a\n1\n",
        "a\n01\n{r}\n",
        "a\n-1\n{r}\n",
        "a\n٣\n{r}\n",
        "a\n1\nAAAA\n",
        "\n1\n{r}\n",
        "a\n1\n{r}\nmore\n",
        "a\n1e3\n{r}\n",
    ],
)
def test_what_is_no_checkpoint(body: str) -> None:
    root = checkpoint_text("a", 0, b"r" * 32).split("\n")[2]
    text = body.replace("{r}", root)
    data = f"{text}\n{SecretKey.make('a').sign(text)}".encode()
    assert problem_of(lambda: Checkpoint.parse(data, "x")) == Problem.UNREADABLE


@given(st.binary(max_size=300))
def test_anything_else_is_refused_in_words(data: bytes) -> None:
    assert problem_of(lambda: Checkpoint.parse(data, "x")) == Problem.UNREADABLE
