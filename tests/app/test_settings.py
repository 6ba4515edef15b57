"""Settings."""

import stat
from pathlib import Path

import pytest

from app.settings import Settings, SettingsError, cores, read_settings, with_secret

PRODUCTION = {
    "ION_ENV": "production",
    "ION_REDIS_URL": "redis://u:hidden@cache:6379/0",
    "ION_MONGODB_URI": "mongodb://u:hidden@db/?replicaSet=rs0",
    "ION_SECRET_KEY": "k" * 48,
}


def test_without_any_setting_everything_is_embedded() -> None:
    settings = read_settings({})

    assert settings == Settings()
    assert settings.embedded_log
    assert settings.embedded_documents
    assert settings.llm == "offline"


def test_settings_are_read_by_their_type() -> None:
    settings = read_settings(
        {
            "ION_PORT": "9000",
            "ION_DATA_DIR": "/var/lib/ion",
            "ION_SCRIPTED_INTERVAL_MS": "2.5",
            "ION_ALLOWED_ORIGINS": "https://a.example, https://b.example,",
            "ION_LLM_FALLBACKS": "",
            "OTHER": "x",
        }
    )

    assert settings.port == 9000
    assert settings.data_dir == Path("/var/lib/ion")
    assert settings.scripted_interval_ms == 2.5
    assert settings.allowed_origins == ("https://a.example", "https://b.example")
    assert settings.llm_fallbacks == ()


@pytest.mark.parametrize(
    ("raw", "count"), [("1", 1), ("64", 64), ("0", 0), ("auto", 0), ("AUTO", 0)]
)
def test_workers_are_a_number_or_one_a_core(raw: str, count: int) -> None:
    assert read_settings({"ION_WORKERS": raw}).workers == count
    assert cores() >= 1


@pytest.mark.parametrize("raw", ["-1", "many", "1.5", "65", "100000"])
def test_other_numbers_of_workers_are_refused(raw: str) -> None:
    with pytest.raises(SettingsError, match="ION_WORKERS"):
        read_settings({"ION_WORKERS": raw})


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as error:
        read_settings(
            {
                "ION_PORT": "high",
                "ION_LLM": "parrot",
                "ION_SCRIPTED_TOKENS": "-1",
                "ION_SECRET_KEY": "short",
                "ION_PROT": "8000",
                "ION_NONSENSE": "1",
            }
        )

    told = str(error.value)
    for name in ("ION_PORT", "ION_LLM", "ION_SCRIPTED_TOKENS", "ION_SECRET_KEY", "ION_NONSENSE"):
        assert name in told
    assert "did you mean ION_PORT?" in told


@pytest.mark.parametrize("raw", ["nan", "inf"])
@pytest.mark.parametrize("name", ["ION_SESSION_TTL_HOURS", "ION_SCRIPTED_INTERVAL_MS"])
def test_numbers_without_end_are_refused(name: str, raw: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings({name: raw})


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"ION_LLM": "openai"}, "ION_LLM_MODEL"),
        ({"ION_PUSH_WORKER": "apart"}, "ION_MONGODB_URI"),
        ({"ION_LLM_API_KEY": "열쇠"}, "ION_LLM_API_KEY"),
        ({"ION_OPERATOR_TOKEN": "열쇠" * 16}, "ION_OPERATOR_TOKEN"),
        ({"ION_PORT": "70000"}, "ION_PORT"),
        ({"ION_PORT": "0"}, "ION_PORT"),
        ({"ION_OPERATOR_TOKEN": "short"}, "ION_OPERATOR_TOKEN"),
        (PRODUCTION | {"ION_REDIS_URL": ""}, "ION_REDIS_URL"),
        (PRODUCTION | {"ION_MONGODB_URI": ""}, "ION_MONGODB_URI"),
        (PRODUCTION | {"ION_SECRET_KEY": ""}, "ION_SECRET_KEY"),
        (PRODUCTION | {"ION_FCM_URL": "http://127.0.0.1:1"}, "ION_FCM_URL"),
        (PRODUCTION | {"ION_PUSH": "log"}, "ION_PUSH: "),
        (PRODUCTION | {"ION_VAPID_SUBJECT": "mailto:push@a.example"}, "ION_VAPID_PRIVATE_KEY"),
        (PRODUCTION | {"ION_ALLOWED_ORIGINS": "*"}, "ION_ALLOWED_ORIGINS"),
        (PRODUCTION | {"ION_OIDC_ISSUERS": "http://localhost=app"}, "ION_OIDC_ISSUERS"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(
    environment: dict[str, str], named: str
) -> None:
    with pytest.raises(SettingsError, match=named):
        read_settings(environment)


def test_a_whole_production_setting_is_fine() -> None:
    assert read_settings(PRODUCTION).env == "production"


def test_secrets_and_passwords_are_masked() -> None:
    keys = {
        "ION_OPERATOR_TOKEN": "hidden" * 8,
        "ION_LLM_API_KEY": "hidden-key",
        "ION_VAPID_PRIVATE_KEY": "hidden-too",
        "ION_FIREBASE_CREDENTIALS": '{"private_key": "hidden"}',
    }
    shown = read_settings(PRODUCTION | keys).masked()

    assert "hidden" not in str(shown)
    assert "k" * 48 not in str(shown)
    assert shown["ION_REDIS_URL"] == "redis://********@cache:6379/0"
    other = read_settings(
        {
            "ION_REDIS_URL": "redis://cache/0?password=hidden&db=1",
            "ION_LLM_BASE_URL": "https://me:hidden@llm.example/v1",
            "ION_LLM_FALLBACKS": "offline,m@https://me:hidden@llm.example/v1",
            "ION_FCM_URL": "http://me:hidden@127.0.0.1:1",
        }
    ).masked()
    assert "hidden" not in str(other)
    assert shown["ION_ALLOWED_ORIGINS"] == "(not set)"


def test_a_secret_is_made_once_and_kept_for_nobody_else(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")

    made = with_secret(settings)

    assert len(made.secret_key) >= 48
    assert with_secret(settings) == made
    mode = (tmp_path / "data" / "secret_key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert with_secret(made) is made
    assert [each.name for each in (tmp_path / "data").iterdir()] == ["secret_key"]


def test_a_secret_file_without_a_secret_is_named(tmp_path: Path) -> None:
    (tmp_path / "secret_key").touch()

    with pytest.raises(SettingsError, match="secret_key"):
        with_secret(Settings(data_dir=tmp_path))
