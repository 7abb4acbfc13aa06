# `textwrap`.

__all__ = ["TextWrapper", "wrap", "fill", "dedent", "indent", "shorten"]

_SPACES = "\t\n\x0b\x0c\r "


def _is_word(c):
    return c.isalnum() or c == "_"


def _is_letter(c):
    return _is_word(c) and not c.isdecimal()


def _is_punctuated(c):
    # What may stand in front of a dash.
    return _is_word(c) or c in "!\"'&.,?"


def _dash_end(text, at):
    # The end of a run of two or more dashes with a word behind it; `at` when there is none.
    end = at
    size = len(text)
    while end < size and text[end] == "-":
        end += 1
    if end - at >= 2 and end < size and _is_word(text[end]):
        return end
    return at


def _breaks_at_hyphen(text, at):
    # Whether the hyphen at this place joins two words: two letters (or letter, hyphen, letter)
    # on either side.
    if at < 2:
        return False
    if not (_is_letter(text[at - 1]) and _is_letter(text[at - 2])):
        if not (
            at >= 3 and text[at - 2] == "-" and _is_letter(text[at - 3]) and _is_letter(text[at - 1])
        ):
            return False
    rest = text[at + 1:at + 4]
    if not rest or not _is_letter(rest[0]):
        return False
    if len(rest) > 1 and rest[1] == "-":
        return len(rest) > 2 and _is_letter(rest[2])
    return len(rest) > 1 and _is_letter(rest[1])


def _word_end(text, start):
    size = len(text)
    at = start + 1
    while at < size:
        c = text[at]
        if c in _SPACES:
            return at
        if c == "-":
            if _breaks_at_hyphen(text, at):
                return at + 1
            if _is_punctuated(text[at - 1]) and _dash_end(text, at) > at:
                return at
        at += 1
    return at


def _split_words(text):
    # Words, spaces, and the parts of words with hyphens.
    chunks = []
    at = 0
    size = len(text)
    while at < size:
        end = at
        if text[at] in _SPACES:
            while end < size and text[end] in _SPACES:
                end += 1
        else:
            if text[at] == "-" and at > 0 and _is_punctuated(text[at - 1]):
                end = _dash_end(text, at)
            if end == at:
                end = _word_end(text, at)
        chunks.append(text[at:end])
        at = end
    return chunks


def _split_simple(text):
    chunks = []
    at = 0
    size = len(text)
    while at < size:
        space = text[at] in _SPACES
        end = at + 1
        while end < size and (text[end] in _SPACES) is space:
            end += 1
        chunks.append(text[at:end])
        at = end
    return chunks


def _ends_sentence(chunk):
    if chunk[-1:] in ('"', "'"):
        chunk = chunk[:-1]
    return len(chunk) >= 2 and chunk[-1] in ".!?" and "a" <= chunk[-2] <= "z"


class TextWrapper:
    unicode_whitespace_trans = {ord(c): ord(" ") for c in _SPACES}

    def __init__(
        self, width=70, initial_indent="", subsequent_indent="", expand_tabs=True,
        replace_whitespace=True, fix_sentence_endings=False, break_long_words=True,
        drop_whitespace=True, break_on_hyphens=True, tabsize=8, *, max_lines=None,
        placeholder=" [...]",
    ):
        self.width = width
        self.initial_indent = initial_indent
        self.subsequent_indent = subsequent_indent
        self.expand_tabs = expand_tabs
        self.replace_whitespace = replace_whitespace
        self.fix_sentence_endings = fix_sentence_endings
        self.break_long_words = break_long_words
        self.drop_whitespace = drop_whitespace
        self.break_on_hyphens = break_on_hyphens
        self.tabsize = tabsize
        self.max_lines = max_lines
        self.placeholder = placeholder

    def _munge_whitespace(self, text):
        if self.expand_tabs:
            text = text.expandtabs(self.tabsize)
        if self.replace_whitespace:
            text = text.translate(self.unicode_whitespace_trans)
        return text

    def _split(self, text):
        return _split_words(text) if self.break_on_hyphens is True else _split_simple(text)

    def _fix_sentence_endings(self, chunks):
        i = 0
        while i < len(chunks) - 1:
            if chunks[i + 1] == " " and _ends_sentence(chunks[i]):
                chunks[i + 1] = "  "
                i += 2
            else:
                i += 1

    def _handle_long_word(self, reversed_chunks, cur_line, cur_len, width):
        room = 1 if width < 1 else width - cur_len
        if self.break_long_words:
            chunk = reversed_chunks[-1]
            end = room
            if self.break_on_hyphens and len(chunk) > room:
                hyphen = chunk.rfind("-", 0, room)
                if hyphen > 0 and chunk[:hyphen].strip("-"):
                    end = hyphen + 1
            cur_line.append(chunk[:end])
            reversed_chunks[-1] = chunk[end:]
        elif not cur_line:
            cur_line.append(reversed_chunks.pop())

    def _wrap_chunks(self, chunks):
        if self.width <= 0:
            raise ValueError(f"invalid width {self.width!r} (must be > 0)")
        if self.max_lines is not None:
            indent = self.subsequent_indent if self.max_lines > 1 else self.initial_indent
            if len(indent) + len(self.placeholder.lstrip()) > self.width:
                raise ValueError("placeholder too large for max width")
        lines = []
        chunks.reverse()
        while chunks:
            indent = self.subsequent_indent if lines else self.initial_indent
            width = self.width - len(indent)
            line = []
            used = 0
            if self.drop_whitespace and lines and not chunks[-1].strip():
                chunks.pop()
            while chunks and used + len(chunks[-1]) <= width:
                used += len(chunks[-1])
                line.append(chunks.pop())
            if chunks and len(chunks[-1]) > width:
                self._handle_long_word(chunks, line, used, width)
                used = sum(map(len, line))
            if self.drop_whitespace and line and not line[-1].strip():
                used -= len(line.pop())
            if not line:
                continue
            done = not chunks or (self.drop_whitespace and len(chunks) == 1 and not chunks[0].strip())
            if self.max_lines is None or len(lines) + 1 < self.max_lines or (done and used <= width):
                lines.append(indent + "".join(line))
                continue
            self._end_with_placeholder(lines, line, used, width, indent)
            break
        return lines

    def _end_with_placeholder(self, lines, line, used, width, indent):
        # The last line that is allowed: words go until the placeholder fits.
        while line:
            if line[-1].strip() and used + len(self.placeholder) <= width:
                lines.append(indent + "".join(line) + self.placeholder)
                return
            used -= len(line.pop())
        if lines:
            last = lines[-1].rstrip()
            if len(last) + len(self.placeholder) <= self.width:
                lines[-1] = last + self.placeholder
                return
        lines.append(indent + self.placeholder.lstrip())

    def _split_chunks(self, text):
        return self._split(self._munge_whitespace(text))

    def wrap(self, text):
        chunks = self._split_chunks(text)
        if self.fix_sentence_endings:
            self._fix_sentence_endings(chunks)
        return self._wrap_chunks(chunks)

    def fill(self, text):
        return "\n".join(self.wrap(text))


def wrap(text, width=70, **kwargs):
    return TextWrapper(width=width, **kwargs).wrap(text)


def fill(text, width=70, **kwargs):
    return TextWrapper(width=width, **kwargs).fill(text)


def shorten(text, width, **kwargs):
    return TextWrapper(width=width, max_lines=1, **kwargs).fill(" ".join(text.strip().split()))


def dedent(text):
    if not isinstance(text, str):
        if isinstance(text, (bytes, bytearray, memoryview)):
            raise TypeError("cannot use a string pattern on a bytes-like object")
        raise TypeError(f"expected string or bytes-like object, got {type(text).__name__!r}")
    lines = [line if line.strip(" \t") else "" for line in text.split("\n")]
    margin = None
    for line in lines:
        if not line:
            continue
        indent = line[:len(line) - len(line.lstrip(" \t"))]
        if margin is None or margin.startswith(indent):
            margin = indent
        elif not indent.startswith(margin):
            same = 0
            while margin[same] == indent[same]:
                same += 1
            margin = margin[:same]
    if margin:
        lines = [line[len(margin):] for line in lines]
    return "\n".join(lines)


def indent(text, prefix, predicate=None):
    if predicate is None:
        def predicate(line):
            return not line.isspace()

    return "".join(prefix + line if predicate(line) else line for line in text.splitlines(True))
