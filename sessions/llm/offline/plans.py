"""What is done about each act of a message."""

__all__ = ["BRIEF", "POLITE", "REACTIONS", "TALK"]

# Acts with a plan of their own, line by line, whatever the persona's shape.
TALK: dict[str, tuple[str, ...]] = {
    "greeting": ("{greet} {opening}",),
    "introduce": ("{met} {opening}",),
    "thanks": ("{thanks} {keep}",),
    "state": ("{state} {state_ask}",),
    "help": ("{help} {help_ask}",),
    "invite": ("{invite} {on_go}",),
    "presence": ("{presence} {presence_ask}",),
    "forget": ("{forget} {forget_where}",),
    "remind": ("{remind} {remind_where}",),
    "remind_not": ("{remind_not}",),
    "change": ("{change} {change_ask}",),
    "bye": ("{bye} {sendoff}",),
    "sorry": ("{sorry} {on_go}",),
    "laugh": ("{laugh} {on_go}",),
    "joke": ("{joke} {opening}",),
    "ask_feel": ("{met} {fine} {opening}",),
    "ask_ai": ("{met} {ask_ai} {ai_more}",),
    "ask_opinion": ("{opinion} {opinion_ask}",),
    "ask_model": ("{ask_model} {model_more}",),
    "ask_able": ("{ask_able} {able_not}", "", "{opening}"),
    "ask_who": ("{ask_who} {who_more}", "", "{opening}"),
    "ask_private": ("{ask_private}",),
    "ask_memory": ("{ask_memory}",),
    "ask_language": ("{ask_language} {opening}",),
    "foreign": ("{foreign} {foreign_ask}",),
    "symbol": ("{symbol} {symbol_ask}",),
    "empty": ("{empty} {empty_ask}",),
    "link": ("{link_seen} {link_ask}",),
    "code": ("{code_seen}", "", "{ask}"),
    "gentle": ("{gentle}", "", "{gentle_ask}"),
    "abuse": ("{abuse} {abuse_ask}",),
    "complaint": ("{complaint} {complaint_ask}",),
    "complaint_asks": ("{asked_much} {asked_on}",),
    "complaint_again": ("{said_again} {again_ask}",),
    "fact": ("{fact_no} {fact_offer}",),
    "plan_for": ("{plan_for} {plan_for_ask}",),
    "plan_done": ("{plan_done}", "", "{plan_done_ask}"),
    "how_any": ("{how_any}", "", "{any_ask}"),
    "make": ("{make_no} {make_offer}", "", "{make_ask}"),
}
# Acts that say little by themselves and are answered briefly.
BRIEF = frozenset(["yes", "no", "ok", "unsure", "accept", "number", "correction", "piece"])
# What may stand around an introduction without telling anything.
POLITE = frozenset(["greeting", "ok", "yes", "empty", "thanks", "state"])
REACTIONS: dict[str, str] = {
    "yes": "on_yes",
    "no": "on_no",
    "ok": "on_ok",
    "unsure": "on_unsure",
    "accept": "on_accept",
    "number": "on_number",
    "piece": "on_piece",
    "reject": "on_reject",
    "how": "on_how",
    "should": "on_should",
    "why": "on_why",
    "advice": "on_advice",
    "plan": "on_plan",
    "more": "on_more",
    "progress_good": "on_good",
    "progress_bad": "on_bad",
    "correction": "on_correction",
}
