"""All that are measured, the ceiling and the product first."""

from bench.rivals.agno.rival import RIVAL as AGNO
from bench.rivals.bare.rival import RIVAL as BARE
from bench.rivals.chainlit.rival import RIVAL as CHAINLIT
from bench.rivals.ion.rival import RIVAL as ION
from bench.rivals.langgraph.rival import RIVAL as LANGGRAPH

__all__ = ["RIVALS"]

RIVALS = {"bare": BARE, "ion": ION, "chainlit": CHAINLIT, "langgraph": LANGGRAPH, "agno": AGNO}
