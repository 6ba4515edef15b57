"""All that are measured, the ceiling and the product first."""

from bench.rivals.agno import rival as agno
from bench.rivals.bare import rival as bare
from bench.rivals.chainlit import rival as chainlit
from bench.rivals.ion import rival as ion
from bench.rivals.langgraph import rival as langgraph

__all__ = ["RIVALS"]

RIVALS = {
    "bare": bare.RIVAL,
    "ion": ion.RIVAL,
    "chainlit": chainlit.RIVAL,
    "langgraph": langgraph.RIVAL,
    "langgraph-resumable": langgraph.RESUMABLE,
    "agno": agno.RIVAL,
    "agno-resumable": agno.RESUMABLE,
}
