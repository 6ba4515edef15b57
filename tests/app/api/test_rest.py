"""REST v2.1 over real HTTP."""

from collections.abc import AsyncIterator
from functools import reduce
from typing import Any

import httpx
import pytest

from app.asgi import create_app
from tests.house import House


async def test_an_anonymous_user_can_use_every_route(house: House) -> None:
    async with house.client() as nobody:
        made = await nobody.post("/auth/anonymous")
        tokens = made.json()
        again = await nobody.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})

    assert made.status_code == 201
    assert again.status_code == 200
    assert again.json()["user_id"] == tokens["user_id"]
    assert again.json()["refresh_token"] != tokens["refresh_token"]
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 900


async def test_a_session_is_made_listed_changed_and_deleted(house: House) -> None:
    async with house.client(await house.token()) as client:
        made = (await client.post("/sessions", json={"title": "Work"})).json()
        path = f"/sessions/{made['id']}"
        changed = await client.patch(path, json={"persona": "riri"})
        back = await client.patch(path, json={"persona": None, "title": "Home"})
        listed = (await client.get("/sessions")).json()
        got = await client.get(path)
        deleted = await client.delete(path)
        gone = await client.get(path)

    assert changed.json()["persona"] == "riri"
    assert changed.json()["title"] == "Work"
    assert "persona" not in back.json()
    assert [each["title"] for each in listed["sessions"]] == ["Home"]
    assert got.json()["id"] == made["id"]
    assert (deleted.status_code, gone.status_code) == (204, 404)


async def test_a_field_that_is_misspelt_makes_no_session_that_is_remembered(house: House) -> None:
    async with house.client(await house.token()) as client:
        refused = await client.post("/sessions", json={"privat": True})
        listed = (await client.get("/sessions")).json()

    assert (refused.status_code, refused.json()["code"]) == (400, "bad_frame")
    assert "privat" in refused.json()["detail"]
    assert listed["sessions"] == []


async def test_what_renews_a_token_may_say_more_than_is_known(house: House) -> None:
    tokens = await house.product.accounts.anonymous()
    async with house.client() as client:
        body = {"refresh_token": tokens.refresh_token, "client": "of another version"}
        renewed = await client.post("/auth/refresh", json=body)

    assert (renewed.status_code, renewed.json()["user_id"]) == (200, tokens.user_id)


async def test_sessions_are_listed_a_page_at_a_time_the_last_used_first(house: House) -> None:
    async with house.client(await house.token()) as client:
        made = [(await client.post("/sessions", json={})).json()["id"] for _ in range(5)]
        pages: list[dict[str, Any]] = []
        query: dict[str, Any] = {"limit": 2}
        while True:
            pages.append((await client.get("/sessions", params=query)).json())
            if pages[-1]["next"] is None:
                break
            query["before"] = pages[-1]["next"]

        earlier = await client.get("/sessions", params={"before": "2020-01-01T00:00:00+00:00"})

    listed = [each["id"] for page in pages for each in page["sessions"]]
    assert listed == made[::-1]
    assert [len(page["sessions"]) for page in pages] == [2, 2, 1]
    assert earlier.json() == {"sessions": [], "next": None}


async def test_messages_go_back_a_page_at_a_time(house: House) -> None:
    async with await house.device() as device, house.client(device.token) as client:
        done = await device.ask("one", "c1")
        session_id = done["session_id"]
        await device.ask("two", "c2", session_id)
        await device.ask("three", "c3", session_id)
        path = f"/sessions/{session_id}/messages"
        newest = (await client.get(path, params={"limit": 2})).json()
        oldest = (await client.get(path, params={"limit": 2, "before": newest["before"]})).json()

    texts = [each["text"] for each in newest["messages"] if each["role"] == "user"]
    assert texts == ["two", "three"]
    assert [each["text"] for each in oldest["messages"] if each["role"] == "user"] == ["one"]
    assert oldest["before"] is None
    answer = oldest["messages"][1]["answered"]
    assert (answer["model"], len(answer["choices"])) == ("scripted", 3)


async def test_a_message_sent_over_http_is_answered_on_the_socket(house: House) -> None:
    async with await house.device() as device, house.client(device.token) as client:
        session_id = (await client.post("/sessions", json={})).json()["id"]
        await device.attach(session_id)
        body = {"client_msg_id": "c1", "text": "hello"}
        ack = await client.post(f"/sessions/{session_id}/messages", json=body)
        again = await client.post(f"/sessions/{session_id}/messages", json=body)
        done = await device.answer(ack.json()["turn_id"], session_id)

    assert ack.status_code == again.status_code == 202
    assert again.json() == ack.json() | {"duplicate": True}
    assert done["text"].startswith("w0 ")


async def test_stop_over_http_is_accepted_with_and_without_a_turn(house: House) -> None:
    async with await house.device() as device, house.client(device.token) as client:
        done = await device.ask("hello", "c1")
        path = f"/sessions/{done['session_id']}/stop"
        answers = [
            await client.post(path),
            await client.post(path, json={}),
            await client.post(path, json={"turn_id": done["turn_id"]}),
        ]

    assert [each.status_code for each in answers] == [202, 202, 202]


async def test_personas_are_listed_for_everybody_in_their_order(house: House) -> None:
    async with house.client() as nobody:
        answer = await nobody.get("/personas")

    assert [each["id"] for each in answer.json()["personas"]] == ["lua", "elro", "riri", "nana"]
    assert answer.json()["personas"][0]["names"]["ko"] == "루아"


@pytest.mark.parametrize(
    ("header", "korean"), [("ko-KR,ko;q=0.9", True), ("en", False), ("xx", False), ("", False)]
)
async def test_personas_come_in_the_language_the_caller_prefers(
    house: House, header: str, korean: bool
) -> None:
    async with house.client() as nobody:
        answer = await nobody.get("/personas", headers={"accept-language": header})

    role = answer.json()["personas"][0]["role"]
    assert (not role.isascii()) is korean


async def test_health_says_what_answers(house: House) -> None:
    async with house.client() as nobody:
        live = await nobody.get("/health/live")
        ready = await nobody.get("/health/ready")
        house.connections.draining = True
        leaving = await nobody.get("/health/ready")

    assert (live.status_code, ready.status_code, leaving.status_code) == (200, 200, 503)
    assert ready.json()["stores"] == {"documents": "ok", "log": "ok"}
    assert ready.json()["llm"] == "scripted"
    assert ("connection" in ready.headers, leaving.headers["connection"]) == (False, "close")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"title": "mine now"}),
        ("DELETE", "", None),
        ("GET", "/messages", None),
        ("POST", "/messages", {"client_msg_id": "x", "text": "hi"}),
        ("POST", "/stop", None),
    ],
)
async def test_other_peoples_sessions_do_not_exist(
    house: House, method: str, path: str, body: dict[str, str] | None
) -> None:
    async with house.client(await house.token()) as owner:
        session_id = (await owner.post("/sessions", json={"title": "secret"})).json()["id"]
    async with house.client(await house.token()) as stranger:
        real = await stranger.request(method, f"/sessions/{session_id}{path}", json=body)
        made_up = await stranger.request(method, f"/sessions/s_nothing{path}", json=body)

    assert real.status_code == made_up.status_code == 404
    assert real.json()["code"] == "not_found"
    assert _without_id(real.json()) == _without_id(made_up.json())


def _without_id(problem: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in problem.items() if name != "request_id"}


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/messages", {"client_msg_id": "c", "text": ""}, 400, "bad_frame"),
        ("/messages", {"client_msg_id": "c", "text": "x" * 8001}, 413, "text_too_long"),
        ("/messages", {"client_msg_id": "", "text": "x"}, 400, "bad_frame"),
        ("/messages", {"client_msg_id": "c" * 65, "text": "x"}, 400, "bad_frame"),
        ("/messages", {"text": "x"}, 400, "bad_frame"),
        ("/messages", {"client_msg_id": "c", "text": "x", "persona": "zoe"}, 400, "bad_frame"),
        ("/messages", {"client_msg_id": "c", "text": "x", "policy": "shout"}, 400, "bad_frame"),
        ("/stop", {"turn_id": 7}, 400, "bad_frame"),
    ],
)
async def test_a_bad_body_is_named(
    house: House, path: str, body: dict[str, Any], status: int, code: str
) -> None:
    async with house.client(await house.token()) as client:
        session_id = (await client.post("/sessions", json={})).json()["id"]
        answer = await client.post(f"/sessions/{session_id}{path}", json=body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        "/sessions?before=2026-01-01T00:00:00",
        "/sessions?before=yesterday",
        "/sessions?before=%00-s_1",
        "/sessions?limit=0",
        "/sessions?limit=101",
        "/sessions/{id}/messages?before=99999999999999999999999",
        "/sessions/{id}/messages?before=0",
        "/sessions/{id}/messages?before=x",
    ],
)
async def test_a_bad_query_is_named(house: House, path: str) -> None:
    async with house.client(await house.token()) as client:
        session_id = (await client.post("/sessions", json={})).json()["id"]
        answer = await client.get(path.format(id=session_id))

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_frame")


@pytest.mark.parametrize(
    "content", [b"", b"{", b"null", b'"x"', b"\xff\xfe", b'{"text": "\\ud800"}']
)
async def test_a_body_that_is_no_json_is_refused(house: House, content: bytes) -> None:
    async with house.client(await house.token()) as client:
        answer = await client.post(
            "/sessions", content=content, headers={"content-type": "application/json"}
        )

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_frame")


async def test_a_body_that_is_nested_too_deep_is_refused_for_good(house: House) -> None:
    async with house.client(await house.token()) as client:
        answer = await client.post(
            "/sessions",
            content=b'{"title": ' + b"[" * 50_000,
            headers={"content-type": "application/json"},
        )

    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["retryable"]) == (400, "bad_frame", False)


@pytest.mark.parametrize("path", ["/api/v2.1/sessions", "/agui"])
async def test_a_body_that_is_no_utf_8_is_refused_for_good(house: House, path: str) -> None:
    async with house.client(await house.token()) as client:
        answer = await client.post(
            house.url + path,
            content=b'{"title": "caf\xe9"}',
            headers={"content-type": "application/json"},
        )

    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["retryable"]) == (400, "bad_frame", False)
    assert "UTF-8" in problem["detail"]


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"", "body: it is missing"),
        (b"{}", "body: Object missing required field `refresh_token`"),
        (b"7", "body: Expected `object`, got `int`"),
        (b'{"refresh_token": 7}', "refresh_token: Expected `str`, got `int`"),
    ],
)
async def test_what_a_body_lacks_is_said_in_the_callers_words(
    house: House, content: bytes, detail: str
) -> None:
    async with house.client() as client:
        answer = await client.post(
            "/auth/refresh", content=content, headers={"content-type": "application/json"}
        )

    assert answer.json()["detail"] == detail


@pytest.mark.parametrize(
    ("path", "limit_bytes", "place"),
    [
        ("/api/v2.1/sessions", 65_536, ("detail",)),
        ("/agui", 1 << 20, ("detail",)),
        ("/chat", 1 << 20, ("error",)),
        ("/api/v2/process", 1 << 20, ("error", "message")),
        ("/openai/v1/chat/completions", 1 << 20, ("error", "message")),
    ],
)
@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_that_is_too_big_is_refused_with_what_would_not_be(
    house: House, path: str, limit_bytes: int, place: tuple[str, ...], announced: bool
) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield body[:1000]
        yield body[1000:]

    body = b'{"title": "%b"}' % (b"x" * limit_bytes)
    headers = {"content-type": "application/json"}
    async with house.client(await house.token()) as client:
        where = client.base_url.copy_with(path=path)
        content = body if announced else parts()
        answer = await client.post(where, content=content, headers=headers)

    told = answer.json()
    message = reduce(lambda part, name: part[name], place, told)
    assert answer.status_code == 413
    assert f"{limit_bytes:,} bytes" in message
    if place == ("detail",):
        assert (told["code"], told["limit_bytes"]) == ("text_too_long", limit_bytes)
    if path == "/api/v2/process":
        assert told["error"]["details"] == {"limit_bytes": limit_bytes}


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer x.y.z", "Basic dTpw"])
async def test_a_request_without_a_valid_token_is_unauthenticated(
    house: House, header: str | None
) -> None:
    headers = {"authorization": header} if header is not None else {}
    async with house.client() as nobody:
        answer = await nobody.get("/sessions", headers=headers)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "unauthenticated"


async def test_every_answer_carries_a_request_id_the_callers_own_when_it_is_sane(
    house: House,
) -> None:
    async with house.client() as nobody:
        named = await nobody.get("/health/live", headers={"x-request-id": "train-7"})
        odd = await nobody.get("/health/live", headers={"x-request-id": "a b\tc"})
        missing = await nobody.get("/nowhere")

    assert named.headers["x-request-id"] == "train-7"
    assert len(odd.headers["x-request-id"]) == 16
    assert missing.status_code == 404
    assert missing.json()["request_id"] == missing.headers["x-request-id"]


async def test_a_wrong_method_is_a_problem_too(house: House) -> None:
    async with house.client() as nobody:
        answer = await nobody.put("/personas")

    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"


async def test_too_many_messages_say_when_to_come_back(house: House) -> None:
    async with house.client(await house.token()) as client:
        session_id = (await client.post("/sessions", json={})).json()["id"]
        path = f"/sessions/{session_id}/messages"
        for number in range(40):
            answer = await client.post(path, json={"client_msg_id": f"c{number}", "text": "x"})
            if answer.status_code == 429:
                break

    assert answer.json()["code"] == "rate_limited"
    assert int(answer.headers["retry-after"]) >= 1


async def test_sessions_can_not_be_made_without_end(house: House) -> None:
    async with house.client(await house.token()) as client:
        made = 0
        while (answer := await client.post("/sessions", json={})).status_code == 201:
            made += 1

    assert made >= 60
    assert answer.json()["code"] == "rate_limited"


async def test_reading_has_its_limit_too(house: House) -> None:
    async with house.client(await house.token()) as client:
        session_id = (await client.post("/sessions", json={})).json()["id"]
        one = f"/sessions/{session_id}"
        paths = ["/sessions", one, f"{one}/messages", f"{one}/events?wait=0", "/sync"]
        accept = {"accept": "application/json"}
        answers = [await client.get(path, headers=accept) for path in paths]
        while (last := await client.get(one)).status_code == 200 and len(answers) < 1000:
            answers.append(last)

    assert [each.status_code for each in answers] == [200] * len(answers)
    assert {each.headers["ratelimit-policy"] for each in answers} == {'"read";q=120;w=12'}
    assert len(answers) >= 120
    assert last.json()["code"] == "rate_limited"


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("messages", {"text": "x"}),
        ("regenerate", {"turn_id": "t_1"}),
        ("edit", {"text": "x", "message_id": "m_1"}),
    ],
)
async def test_all_that_has_something_answered_counts_for_its_network(
    house: House, path: str, fields: dict[str, str]
) -> None:
    body = {"client_msg_id": "c1", **fields}
    headers = {"authorization": f"Bearer {await house.token()}"}
    app: Any = create_app(house.product, house.connections)
    elsewhere = httpx.ASGITransport(app, client=("192.0.2.7", 4711))
    async with httpx.AsyncClient(
        transport=elsewhere, base_url=house.api, headers=headers
    ) as client:
        session_id = (await client.post("/sessions", json={})).json()["id"]
        answer = await client.post(f"/sessions/{session_id}/{path}", json=body)

    assert '"address";q=600' in answer.headers["ratelimit-policy"]


async def test_the_page_is_served_with_a_strict_policy(house: House) -> None:
    async with house.client() as nobody:
        page = await nobody.get(f"{house.url}/", headers={"accept": "text/html,*/*;q=0.8"})
        script = await nobody.get(f"{house.url}/static/main.js")
        outside = await nobody.get(f"{house.url}/static/../settings.py")

    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert page.headers["content-type"].startswith("text/html")
    assert "javascript" in script.headers["content-type"]
    assert script.headers["cache-control"] == "no-cache"
    assert outside.status_code == 404


async def test_a_fault_of_ours_tells_nothing_about_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise KeyError("a user's own words")

    monkeypatch.setattr(house.product.sessions, "page", broken)
    async with house.client(await house.token()) as client:
        answer = await client.get("/sessions")

    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    assert "words" not in answer.text


async def test_a_page_of_an_allowed_origin_may_call(tmp_path: Any, redis_url: str) -> None:
    from tests.house import running_house

    origin = "https://app.example"
    async with (
        running_house(tmp_path, redis_url, allowed_origins=(origin,)) as house,
        house.client() as page,
    ):
        answer = await page.get("/personas", headers={"origin": origin})
        other = await page.get("/personas", headers={"origin": "https://elsewhere.example"})

    assert answer.headers["access-control-allow-origin"] == origin
    assert "RateLimit-Policy" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-origin" not in other.headers
