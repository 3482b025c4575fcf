"""Ways of writing Python that the merge has to survive: line ends, indentation, odd code, formatters, size."""

from __future__ import annotations

import subprocess
import sys
import time
from importlib.util import find_spec

import pytest

from scaffolder.merge.outline import NotParsedError
from scaffolder.merge.result import Did
from scaffolder.merge.source import decode
from scaffolder.targets.python.merging.merge import merge_python
from tests.merge.python_samples import ADDED, BASE, MINE, did, merged, swap, with_list


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_inserted_text_takes_the_files_line_ends(newline: str) -> None:
    """A file of CRLF -> an RPC added -> every line ends alike."""
    current = swap(BASE, MINE).replace("\n", newline)
    assert merged(BASE, current, with_list(BASE)).text == with_list(swap(BASE, MINE)).replace("\n", newline)


@pytest.mark.parametrize("unit", ["\t", "  "])
def test_inserted_text_takes_the_files_indentation(unit: str) -> None:
    """A file indented by tabs or two spaces -> an RPC added -> no edit of the user's, one insertion in their way."""
    current = BASE.replace("    ", unit)
    assert merged(BASE, current, with_list(BASE)).text == with_list(BASE).replace("    ", unit)


def test_a_missing_final_newline_stays_missing() -> None:
    """No final newline -> a method added at the end -> none either."""
    added = "\n    def last(self) -> None:\n        pass\n"
    assert merged(BASE, BASE.rstrip("\n") + "  # x", BASE + added).text == BASE.rstrip(
        "\n"
    ) + "  # x" + "\n" + added.rstrip("\n")


ODD = {
    "form feed": "\f\ndef mine(): ...\n",
    "U+2028 in a string and a comment": "x = 'a\u2028b'  # c\u2028d\n",
    "non-ASCII before a definition": "ä = 'ö'; ü = 1\n",
    "statements on a line": "a = 1; b = 2\n",
    "one-line class": "class Own: x = 1\n",
    "backslash": "x = 1 + \\\n    2\n",
    "nested function": "def mine():\n    def inner():\n        return 1\n\n    return inner\n",
    "lambda decorator": "@(lambda f: f)\ndef mine(): ...\n",
    "overloads": "@overload\ndef mine(a: int): ...\n@overload\ndef mine(a: str): ...\ndef mine(a): ...\n",
    "async generator": "async def mine():\n    yield 1\n",
    "match": "match x:\n    case [1, y]:\n        z = 1\n    case _:\n        pass\n",
    "walrus": "if (n := 1) > 0:\n    pass\n",
    "template braces and quotes": 'S = """{{ x }} \\\\ \'\'\' {% y %}"""\n',
    "lines at the margin in a string": 'S = """\nclass Orders:\n    def get(self): ...\n"""\n',
    "TYPE_CHECKING": "if TYPE_CHECKING:\n    from x import Y\n",
    "duplicates of the user's own": "def twice(): ...\ndef twice(): ...\n",
    "trailing white space": "x = 1   \n\t\ny = 2\t\n",
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("where", ["above", "below"])
def test_odd_python_stands_byte_for_byte(odd: str, where: str) -> None:
    """Odd code of the user's beside the class -> an RPC added -> it stands, and the method is in."""
    current = (
        BASE + "\n\n" + ODD[odd]
        if where == "below"
        else BASE.replace("class Orders", ODD[odd] + "\n\nclass Orders")
    )
    result = merged(BASE, current, with_list(BASE))
    assert result.text == with_list(current) if where == "below" else ODD[odd] in result.text
    assert "Orders.list" in did(result, Did.ADDED)


@pytest.mark.parametrize(
    "text", ["def f(:\n", "<<<<<<< mine\nx = 1\n=======\n>>>>>>> theirs\n", 'x = f"{', "if 1:\nx\n"]
)
def test_what_does_not_parse_is_left_to_the_caller(text: str) -> None:
    """A half-written file -> merged -> NotParsedError with a line, no result."""
    with pytest.raises(NotParsedError) as caught:
        merge_python(BASE, text, with_list(BASE))
    assert caught.value.line


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python knows the syntax of 3.12")
def test_newer_syntax_is_left_to_the_caller() -> None:
    """Syntax of 3.12 on 3.11 -> merged -> NotParsedError."""
    with pytest.raises(NotParsedError):
        merge_python(BASE, BASE + "type X = int\n", with_list(BASE))


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    """A file with a BOM -> decoded and encoded -> the same bytes."""
    content = b"\xef\xbb\xbf" + BASE.encode()
    source = decode(content)
    assert source is not None
    assert (source.text, source.encode(source.text)) == (BASE, content)


@pytest.mark.parametrize("current", ["", "# nothing but a comment\n", "#!/usr/bin/env python\n"])
def test_an_emptied_file_stays_empty_but_for_what_is_new(current: str) -> None:
    """All deleted -> a function added -> it and its import alone, a first line of `#!` still the first."""
    base = "import a\n\n\ndef f():\n    return a\n"
    result = merged(base, current, base + "\n\ndef g():\n    return a\n")
    assert result.text.startswith(current)
    assert "def f" not in result.text
    assert "import a\n" in result.text
    assert "def g" in result.text


FORMATTERS = {
    "ruff, short lines, single quotes": ["ruff", "format", "--isolated", "--line-length=60",
                                         "--config=format.quote-style='single'", "-"],
    "ruff, long lines": ["ruff", "format", "--isolated", "--line-length=160", "-"],
    "black": ["black", "--quiet", "--line-length=70", "-"],
}  # fmt: skip


@pytest.mark.parametrize("formatter", FORMATTERS)
def test_a_formatters_pass_is_no_edit(formatter: str) -> None:
    """A formatter's pass over the file -> an RPC added -> one insertion and its import, every other byte equal."""
    program, *flags = FORMATTERS[formatter]
    if find_spec(program) is None:
        pytest.skip(f"{program} is not installed")
    run = subprocess.run(
        [sys.executable, "-m", program, *flags], input=BASE, capture_output=True, text=True, check=True
    )
    current = run.stdout
    result = merged(BASE, current, with_list(BASE))
    assert not result.conflicts
    assert did(result, Did.KEPT) == did(result, Did.UPDATED) == []
    body = current[current.index("class Orders") :]
    assert result.text[result.text.index("class Orders") :] == body.replace(
        "    async def drop", ADDED + "    async def drop"
    )


def test_the_time_of_a_merge_grows_with_the_module_and_not_faster() -> None:
    """One method added to 500 and to 4,000 edited lines -> merged -> eight times the lines, not 24 times the time."""
    assert _seconds(1000) < 24 * _seconds(125)


def _seconds(count: int) -> float:
    """Of processor time, for a class of so many methods."""
    method = (
        "    async def m{0}(self, request: pb.M{0}) -> pb.R{0}:\n"
        '        """Does {0}."""\n'
        "        return to(await self.u.m{0}(request))\n\n"
    )
    base = "from shop import pb, to\n\n\nclass Big(Base):\n    x = 1\n\n" + "".join(
        map(method.format, range(count))
    )
    current = base.replace('"""Does 7."""', '"""Does 7."""\n        mine()')
    times = []
    for _ in range(5):
        start = time.process_time()
        merge_python(base, current, base + method.format(count))
        times.append(time.process_time() - start)
    return min(times)
