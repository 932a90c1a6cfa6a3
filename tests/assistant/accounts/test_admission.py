"""Who comes with the word of an identity provider: the account that they have by it."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.accounts.admission import granted, values
from assistant.errors import WrongAccount, WrongSettings
from assistant.identity import UserRole
from assistant.settings import OpenId, load_settings, openid_secret
from tests.support.accounts_home import Hall

OPENID = OpenId("https://auth.test", "sourcier", roles_claim="realm.roles", teams_claim="groups")


def test_the_name_of_a_local_account_is_not_taken_over(tmp_path: Path) -> None:
    hall = Hall(tmp_path / "home")
    hall.settle("chef", [UserRole.ADMINISTRATOR])
    claims = {"sub": "42", "preferred_username": "chef", "realm": {"roles": ["acheteur"]}}
    token = hall.accounts.admission.admit(granted(claims, OPENID), "")
    identity = hall.accounts.sessions.identity(str(token))
    assert identity is not None
    assert identity.roles == {UserRole.BUYER}
    assert hall.accounts.register.get("chef").roles == {UserRole.ADMINISTRATOR}
    assert hall.enter("chef")


def test_roles_given_here_stay_when_the_provider_tells_of_none(tmp_path: Path) -> None:
    hall, openid = Hall(tmp_path / "home"), OpenId("https://auth.test", "sourcier")
    someone = granted({"sub": "42", "email": "ana@mairie.test"}, openid)
    hall.accounts.admission.admit(someone, "")
    hall.accounts.register.set_roles("ana@mairie.test", {UserRole.BUYER}, by="tests")
    identity = hall.accounts.sessions.identity(str(hall.accounts.admission.admit(someone, "")))
    assert identity is not None
    assert (identity.roles, identity.teams) == (frozenset({UserRole.BUYER}), frozenset())


def test_who_comes_by_the_provider_is_given_no_password(tmp_path: Path) -> None:
    hall = Hall(tmp_path / "home")
    someone = granted({"sub": "42", "email": "ana@mairie.test"}, OPENID)
    token = hall.accounts.admission.admit(someone, "")
    with pytest.raises(WrongAccount, match="fournisseur d'identité"):
        hall.accounts.register.invite("ana@mairie.test", by="tests")
    assert hall.accounts.sessions.identity(str(token))


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"given_name": "Ana", "usual_name": None}, "Ana"),
        ({"name": None, "given_name": "Ana", "usual_name": "Silva"}, "Ana Silva"),
        ({"given_name": "Ana", "usual_name": "Silva", "family_name": "Silva"}, "Ana Silva"),
        ({"given_name": "Ana", "usual_name": None, "family_name": "Silva"}, "Ana Silva"),
        ({"name": {"fr": "Ana"}, "given_name": " ", "family_name": "Silva"}, "Silva"),
        ({}, ""),
    ],
)
def test_someone_is_called_by_the_texts_that_the_provider_gives(
    claims: dict[str, Any], name: str
) -> None:
    assert granted({**claims, "sub": "42"}, OPENID).name == name


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["realm", "groups", "email", "name"]), JSON), st.text())
def test_no_claim_gives_a_role_that_is_not_named(claims: dict[str, Any], subject: str) -> None:
    someone = granted({**claims, "sub": subject}, OPENID)
    named = values(claims, "realm.roles") or []
    assert someone.roles == frozenset(role for role in UserRole if role in named)
    assert someone.subject == f"https://auth.test {subject}"
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._@-]*", someone.login)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('issuer = "https://auth.test"', "issuer et client"),
        ('issuer = "https://auth.test"\nclient = "x"\nsecret = "y"', "peut donner"),
        ('issuer = "http://auth.test"\nclient = "x"', "https://"),
        ('issuer = "https://auth.test"\nclient = 3', "textes"),
        ('issuer = "https://auth.test"\nclient = "x"\nroles = {chef = "roi"}', "l'un de"),
    ],
)
def test_the_settings_of_a_provider_are_checked(tmp_path: Path, table: str, said: str) -> None:
    (tmp_path / "settings.toml").write_text(f"[openid]\n{table}\n")
    with pytest.raises(WrongSettings, match=said):
        load_settings(tmp_path)


def test_a_provider_is_read_from_the_settings_with_its_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = (
        '[openid]\nissuer = "https://auth.test"\nclient = "x"\n[openid.roles]\nachat = "acheteur"'
    )
    (tmp_path / "settings.toml").write_text(table)
    settings = load_settings(tmp_path)
    openid = settings.openid
    assert openid == OpenId("https://auth.test", "x", roles=(("achat", UserRole.BUYER),))
    assert hash(settings)
    monkeypatch.delenv("SOURCIER_OPENID_SECRET", raising=False)
    with pytest.raises(WrongSettings, match="manque"):
        openid_secret(openid)
    monkeypatch.setenv("SOURCIER_OPENID_SECRET", "from the environment")
    assert openid_secret(openid) == "from the environment"
    kept = tmp_path / "secret"
    with pytest.raises(WrongSettings, match="pas de secret"):
        openid_secret(replace(openid, secret_file=str(kept)))
    kept.write_text("from the file\n")
    assert openid_secret(replace(openid, secret_file=str(kept))) == "from the file"
