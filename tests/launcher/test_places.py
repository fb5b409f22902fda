"""Processes that are started one by one find the same database."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.launcher import postgres
from bot.launcher.places import LaunchError, absolute, own_folder, socket_folder
from bot.settings import ROOT


def host(data_dir: Path) -> str:
    value = make_url(postgres.embedded_address(data_dir)).query["host"]
    assert isinstance(value, str)
    return value


def test_the_socket_is_in_the_data_folder() -> None:
    assert host(Path("/srv/maraga-care")) == "/srv/maraga-care/pg-socket"


@pytest.mark.parametrize("name", ["with space", "50%", "naïve", "a+b"])
def test_a_folder_that_addresses_spell_differently_holds_no_socket(name: str) -> None:
    assert re.fullmatch(r"/tmp/maraga-[0-9a-f]{12}-pg", host(Path("/srv") / name))


def test_a_deep_data_folder_gets_a_short_socket_folder_of_its_own(tmp_path: Path) -> None:
    one, other = tmp_path / ("a" * 90), tmp_path / ("b" * 90)
    assert len(f"{host(one)}/.s.PGSQL.5432") < 100
    assert host(one) == host(one)
    assert host(one) != host(other)


def test_asking_for_the_address_makes_nothing(tmp_path: Path) -> None:
    postgres.embedded_address(tmp_path / "not-there")
    assert not (tmp_path / "not-there").exists()


def test_the_address_is_the_same_from_every_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from_here = host(Path("var"))
    monkeypatch.chdir(tmp_path)
    assert host(Path("var")) == from_here
    assert absolute(Path("var")) == ROOT / "var"


def test_an_own_folder_is_closed_to_others(tmp_path: Path) -> None:
    own_folder(tmp_path / "own")
    assert stat.S_IMODE((tmp_path / "own").stat().st_mode) == 0o700


def test_a_link_in_the_place_of_an_own_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "own").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LaunchError, match="own"):
        own_folder(tmp_path / "own")


def test_socket_folders_of_database_and_manager_differ(tmp_path: Path) -> None:
    assert socket_folder(tmp_path, "pg") != socket_folder(tmp_path, "run")


def test_a_cluster_of_another_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("16\n")
    with pytest.raises(LaunchError, match="made by PostgreSQL 16"):
        postgres._refuse_other_version(tmp_path)


def test_a_lock_file_of_another_program_is_forgotten(tmp_path: Path) -> None:
    lock = tmp_path / "postmaster.pid"
    lock.write_text("1\n/elsewhere\n")
    postgres.forget_stale_lock(tmp_path)
    assert not lock.exists()
    assert postgres.running_server(tmp_path) is None
