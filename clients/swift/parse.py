"""`python clients/swift/parse.py`: whether all Swift files parse; exit code 1 when one does not.

Needs tree-sitter and tree-sitter-swift; a grammar is no compiler, so types are not checked.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import tree_sitter_swift
from tree_sitter import Language, Node, Parser

__all__ = ["faults"]

_ROOT = Path(__file__).parent
_MADE = ".build"


def faults(node: Node) -> Iterator[Node]:
    """Yield the nodes that are no Swift, or that lack something, the outermost ones."""
    if node.is_error or node.is_missing:
        yield node
        return
    for child in node.children if node.has_error else ():
        yield from faults(child)


def main() -> int:
    """Parse all files; print the place of each fault."""
    parser = Parser(Language(tree_sitter_swift.language()))
    files = [each for each in sorted(_ROOT.rglob("*.swift")) if _MADE not in each.parts]
    wrong = 0
    for file in files:
        for fault in faults(parser.parse(file.read_bytes()).root_node):
            line, column = fault.start_point
            sys.stdout.write(f"{file.relative_to(_ROOT)}:{line + 1}:{column + 1}: no Swift here\n")
            wrong += 1
    sys.stdout.write(f"{len(files)} Swift files parsed, {wrong} faults; not compiled\n")
    return int(bool(wrong) or not files)


if __name__ == "__main__":
    sys.exit(main())
