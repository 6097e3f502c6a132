"""Keys: drawn, versioned, rotated, destroyed; and never shown."""

from __future__ import annotations

import pytest

from core.problem import Problem
from core.protect.method import Run
from core.protect.secrets import Secrets


def test_secrets_survive_their_yaml_and_show_nothing():
    secrets = Secrets.draw(("district",)).rotate("default").destroy("default.v1")
    assert Secrets.from_yaml(secrets.to_yaml()) == secrets
    for key in secrets.keys.values():
        assert key.hex() not in repr(secrets)
    assert str(secrets.seed) not in repr(secrets)


def test_a_seed_of_digits_alone_is_read_as_hexadecimal():
    text = f"id: 0012\nseed: '{'1' * 32}'\nkeys:\n  default: {'2' * 64}\n"
    secrets = Secrets.from_yaml(text.replace("'", ""))
    assert secrets.id == "0012"
    assert secrets.seed == int("1" * 32, 16)
    assert secrets.key("default") == b"\x22" * 32


def test_keys_rotate_and_old_versions_stay_until_destroyed():
    first = Secrets.draw()
    second = first.rotate("default")
    assert second.key("default") != first.key("default") == second.key("default.v1")
    assert second.key("default.v2") == second.key("default")
    third = second.rotate("default")
    assert [third.versioned(n) for n in ("default", "default.v1")] == ["default.v3", "default.v1"]
    gone = third.destroy("default.v1")
    with pytest.raises(Problem, match=r"“default\.v1” was destroyed"):
        gone.key("default.v1")
    assert gone.key("default.v2") == second.key("default")
    none = gone.destroy("default")
    for name in ("default", "default.v3"):
        with pytest.raises(Problem, match="destroyed"):
            none.key(name)
    again = none.with_key("default")
    assert again.versioned("default") == "default.v4"
    assert again.key("default") != third.key("default")
    with pytest.raises(Problem, match="plain name"):
        third.rotate("default.v1")


def test_fresh_secrets_make_keys_as_they_are_asked_for():
    fresh = Secrets.draw(fresh=True)
    assert fresh.key("anything") == fresh.key("anything") != fresh.key("else")
    with pytest.raises(Problem, match="“anythin”"):
        Secrets.draw(("anything",)).key("anythin")


def test_no_two_purposes_or_steps_share_key_bytes():
    secrets = Secrets.draw()
    run, next_ = Run(secrets, 1), Run(secrets, 2)
    made = [
        secrets.key("default"),
        run.key("default", "ff1"),
        run.key("default", "pseudonymise"),
        run.salt("x"),
        run.salt("y"),
        next_.salt("x"),
    ]
    assert len(set(made)) == len(made)
    assert run.key("default", "ff1") == next_.key("default", "ff1")
    assert run.used == {"default.v1"}
    assert run.rng().integers(2**60) != next_.rng().integers(2**60)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "[1]",
        "id: x\nseed: zz\nkeys: {}",
        "id: x\nseed: 1\nkeys: {a: 12}",
        "seed: 1",
        f"id: x\nseed: {'1' * 33}\nkeys: {{}}",
        "id: x\nseed: 1\nkeys: {}\nmore: 1",
        "a: [" * 2000,
    ],
)
def test_anything_else_is_no_secrets_file(text):
    with pytest.raises(Problem, match="secrets file cannot be read") as caught:
        Secrets.from_yaml(text)
    assert "zz" not in str(caught.value)
