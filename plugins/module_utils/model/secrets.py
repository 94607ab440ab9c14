# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Secrets kept from others: known ones in every spelling, and unknown ones by their shape (rules.rst, "Foreign text").

Every pattern takes time in proportion to the text: what repeats is bounded, or ends where the next attempt begins.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import base64
import html
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus, unquote

KNOWN_MASK = "********"  # in place of a secret that is known, as AnsibleModule writes it
MASK = "***"  # in place of what has the shape of one
SHORTEST_PASSWORD = 8  # characters of a password in a URL; a shorter one is a name such as ``git``, and would mask words


# --- Known secrets


def spellings(secret: str) -> set[str]:
    """A secret as it is and as JSON, HTML, URLs and Python write it; in base64, too, where it is a ``user:password``."""
    if not secret:
        return set()
    quoted = {quote(secret), quote(secret, safe=""), quote_plus(secret)}
    lower = {re.sub(r"%[0-9A-F]{2}", lambda match: match[0].lower(), spelling) for spelling in quoted}
    written = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], html.escape(secret), repr(secret)[1:-1]}
    return {secret, *written, *quoted, *lower, *(_in_base64(secret) if ":" in secret else ())}


def _in_base64(login: str) -> set[str]:
    """``user:password`` as the header of a proxy carries it, by either alphabet, without the filling that may be left out."""
    raw = {login.encode(charset, "replace") for charset in ("utf-8", "latin-1")}
    return {encode(form).decode().rstrip("=") for form in raw for encode in (base64.b64encode, base64.urlsafe_b64encode)}


class Masker:
    """Knows secrets and takes them out of texts. Threads may share one.

    :ivar secrets: every spelling of every secret, for those who mask by themselves
    """

    def __init__(self, *secrets: str) -> None:
        self.secrets: set[str] = set()
        self._ordered: tuple[str, ...] = ()
        self._lock = threading.Lock()
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Takes up secrets in all their spellings; a ``user:password`` in base64, too. Empty ones are passed over."""
        with self._lock:
            self.secrets |= {spelling for secret in secrets for spelling in spellings(secret)}
            # The longest first, or a short one takes a piece out of a long one, which nobody recognises any more.
            self._ordered = tuple(
                sorted((secret for secret in self.secrets if secret.strip("*")), key=lambda secret: (-len(secret), secret))
            )

    def mask(self, text: str, longer_than: int = 0) -> str:
        """``text`` without the known secrets; to be called before it is cut short: nobody would recognise a piece of one.

        :param longer_than: only secrets of more characters than that
        """
        for secret in self._ordered:
            if len(secret) <= longer_than:
                break
            text = text.replace(secret, KNOWN_MASK)
        return text

    def holds(self, text: str) -> bool:
        """Whether a known secret stands in ``text``."""
        return any(secret in text for secret in self._ordered)


def secret_fault(value: str) -> str | None:
    """What is wrong with a secret key or a token as it was given, in words that do not repeat it; None where nothing is."""
    if value.endswith(("\n", "\r")):
        return "ends in a line break"
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'`":
        return "has quotes around it"
    if value[:1] in tuple("\"'`") or value[-1:] in tuple("\"'`"):
        return "has a quote at one end"
    if value != value.strip() or any(char.isspace() for char in value):
        return "has blanks or line breaks in it"
    return None if value.isprintable() else "has control characters in it"


# --- Secrets in JSON

_HARMLESS_INFO = ("authmode",)  # members of secretInfo that are no secret, in lower case without underscores


def safe_json(value: Any, text: str) -> Any:
    """A JSON value without secrets, as ``without_secrets`` gives it; quicker, since the text tells how much there is to do.

    :param value: may be changed
    :param text: that the value was read from
    """
    names = secret_members(text)
    if names is None:
        return without_secrets(value)
    if names:
        _take_out(names, value)
    return value


def _take_out(names: set[str], value: Any) -> None:
    """Changes a JSON value: members of these names, which are all that secretInfo has, keep only what is harmless."""
    if isinstance(value, dict):
        for name in [] if names.isdisjoint(value) else names.intersection(value):
            if value[name] is None or isinstance(value[name], (dict, list)):
                value[name] = _without_info(value[name])
            else:
                del value[name]
        value = value.values()
    for member in value:
        if isinstance(member, (dict, list)):
            _take_out(names, member)


def without_secrets(value: Any) -> Any:
    """A JSON value without secrets: no secretInfo but its authMode, and every text masked by shape.

    :param value: what JSON can hold; it is not changed
    """
    if isinstance(value, dict):
        return {
            name: _without_info(member) if _is_secret_info(name) else without_secrets(member)
            for name, member in value.items()
            if not _is_secret_info(name) or member is None or isinstance(member, (dict, list))
        }
    if isinstance(value, list):
        return [without_secrets(member) for member in value]
    return mask_secrets(value) if isinstance(value, str) else value


@lru_cache(1024)
def _plain_name(name: object) -> str:
    return str(name).lower().replace("_", "").replace("-", "")


@lru_cache(1024)
def _is_secret_info(name: object) -> bool:
    return _plain_name(name) in ("secretinfo", "secretinfos")


def _without_info(value: Any) -> Any:
    """secretInfo of any shape without everything that is not known to be harmless."""
    if isinstance(value, list):
        return [_without_info(member) for member in value if isinstance(member, (dict, list))]
    if isinstance(value, dict):
        return {name: member for name, member in value.items() if _plain_name(name) in _HARMLESS_INFO and _is_short_word(member)}
    return None


def _is_short_word(value: Any) -> bool:
    return value is None or (isinstance(value, str) and bool(re.fullmatch(r"[\w.-]{0,40}", value)))


# Characters that are not seen, for a class of a pattern: of control, and those that change the direction of writing or take no room.
INVISIBLE = r"\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff"
_GAP = rf"[\s{INVISIBLE}]"

# What a raw answer has, in lower case, wherever ``without_secrets`` has something to do. The names of its own members end in a quote. Each
# pattern is searched for by itself, and looks around from a letter that is rare or that several have in common: that is many times as quick
# as one pattern with all words. A gap between a name and what follows may be escaped, and then begins with a backslash.
_AFTER_NAME = rf"(?:[=:>\\'&%]|{_GAP}+[=:>\\])"
_AFTER_SCHEME = rf"(?:\\|{_GAP})"
_SIGNS = [
    re.compile(sign.replace("…", _AFTER_NAME))
    for sign in (
        "k(?:(?<=tok)en…|ey…|(?<=cook)ie2?…|(?<=dck)r_pat_|(?<=private[ +]k)ey)",
        "w(?:(?<=pw)d…|(?<=passw)(?:or)?d…)",
        "g(?:(?<=sig)(?:nature)?…|h[oprsu]_|ithub_pat_|l[a-z]{2,5}-)",
        "auth(?:orization…|(?<=[\"']auth)…)",
        "pass(?:phrase)?…",
        "credentials?…",
        f"b(?:earer|asic){_AFTER_SCHEME}",
        "j(?<=eyj)",
        "xox[a-z]-",
    )
]
_SECRET_SIGN = re.compile(f"secret(?:([_-]*info)|{_AFTER_NAME})")
_INFO_MEMBER = re.compile(r'"(secret[_-]?info)"\s*:', re.IGNORECASE)
_USER = re.compile(r'[^\s"]*')
_DIGEST = re.compile(r"sha\d{1,3}:[0-9a-f]{7}")


# --- User names and passwords in URLs

# A URL with user information. What follows the first slash belongs to it only when a colon stands before, with no port behind: then the
# slash is one of a password. Every repetition ends at the next URL or is bounded, so that a long text costs no square of its length.
_USERINFO = re.compile(
    r"""
    (?P<scheme>[a-z][a-z0-9+.-]{0,19}:(?:\\?/){2})
    (?P<info>
        (?=(?!\[)[^/:\s"\\]*(?::|%3A)(?!\d{1,5}(?:[/?\#\\\s"]|$)))
        (?:[^/\\\s"]|\\(?!/))*  (?:\\?/(?:(?!:(?:\\?/){2})[^\s"?\#])*)?
        | (?:[^/\\\s"]|\\(?!/))*
    )
    @(?!sha\d{1,3}:[0-9a-f]{7})
    """,
    re.IGNORECASE | re.VERBOSE,
)
# The same without a scheme, where the host is known by what follows it. No scp-like address and no digest of an image.
_BARE_USERINFO = re.compile(
    r"""
    (?<![^\s"'(<=,;\[{])(?P<scheme>(?://)?)
    (?P<info>(?!mailto:)[^\s"'(<=,;\[{@/:]{1,64}:(?!git@)[^\s"/]{1,256})
    @(?!sha\d{1,3}:[0-9a-f]{7})(?=(?:\[[0-9a-f:]{2,45}\]|[a-z0-9][a-z0-9._-]{0,252})[:/])
    """,
    re.IGNORECASE | re.VERBOSE,
)
# And percent-encoded, as in the query of another URL, any number of times over.
_ENCODED_USERINFO = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]{0,19}%(?P<times>(?:25){0,3})3A(?:%(?P=times)2F){2})"
    r"(?P<info>(?:(?!%(?P=times)2F)[^\s\"/&@])*)(?P<at>%(?P=times)40)",
    re.IGNORECASE,
)
_USERINFOS = (_USERINFO, _BARE_USERINFO, _ENCODED_USERINFO)
_COLON = re.compile(r":|%(?:25){0,3}3A", re.IGNORECASE)
_END_OF_HOST = re.compile(r"[/?#]")


def mask_urls(text: str) -> str:
    """``text`` without the user part of http(s) URLs, and of URLs that leave the scheme out, and without the password of other URLs
    (``ssh://git@host`` stays)."""
    if "@" in text:
        text = _BARE_USERINFO.sub(_hide, _USERINFO.sub(_hide, text))
    return _ENCODED_USERINFO.sub(_hide, text) if "%" in text else text


def _hide(match: re.Match[str]) -> str:
    scheme, at = match["scheme"], match[0][match.end("info") - match.start() :]
    colon = _COLON.search(match["info"])
    # What ends a host stays: https://a#@b is on host a, and must not become a URL of host b.
    end = _END_OF_HOST.search(match["info"])
    hidden = f"{MASK}{end[0]}{MASK}" if end else MASK
    if "http" in scheme.lower() or not scheme.strip("/"):
        # That there was a password stays visible: rules.rst, S25.
        return f"{scheme}{f'{MASK}{colon[0]}' if colon else ''}{hidden}{at}"
    return f"{scheme}{match['info'][: colon.end()]}{hidden}{at}" if colon else match[0]


def passwords_in_urls(value: object) -> list[str]:
    """What stands before the @ of the URLs in a JSON value, in every spelling, longest first.

    That is the password without the name before the colon, as it is written and as it is meant (``%2F`` is a slash); and both together as
    the header of a proxy carries them, in base64.
    """
    infos = {match["info"] for text in _texts(value) for pattern in _USERINFOS for match in pattern.finditer(text)}
    # Up to the first slash it may be all there is: https://user:password@host/name@version.
    infos |= {info.partition("/")[0].rpartition("@")[0] for info in infos}
    spelled: set[str] = set()
    for info in infos:
        user, *rest = _COLON.split(info, maxsplit=1)
        password = rest[0] if rest else user
        if len(password) >= SHORTEST_PASSWORD:
            spelled |= spellings(password) | spellings(unquote(password))
        if rest:
            spelled |= _in_base64(f"{unquote(user)}:{unquote(password)}")
    return sorted(spelled, key=lambda spelling: (-len(spelling), spelling))


def _texts(value: object) -> Iterator[str]:
    """Every text of a JSON value that could hold a URL with a user."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _texts(name)
            yield from _texts(member)
    elif isinstance(value, (list, tuple, set)):
        for member in value:
            yield from _texts(member)
    elif isinstance(value, str) and ("@" in value or "%" in value):
        yield value


# --- Secrets known by their shape

_QUOTE = r"""(?:\\{0,8}["']|&(?:quot|apos|\#0?3[49]|\#x2[27]);)"""
# A name that says that a secret follows, whatever it begins with (access_token, secretKey), with its separator and what opens the value.
_NAME = re.compile(
    rf"""
    (?P<name>authorization|cookie2?|passphrase|signature|credentials?|token|passw(?:or)?d|secret|key|sig|pwd
        |(?<![a-z])pass|(?<=["'])auth)
    (?P<closed>{_QUOTE})?{_GAP}*
    (?P<separator>=>|[:=]=?|>(?=\S)|%(?:25){{0,3}}3[AD]){_GAP}*
    (?:[|>][+-]?\s+)?[\[(]?
    (?P<open>{_QUOTE}(?![:,;.)\]}}]?(?:\s|$)))?
    (?P<scheme>(?:basic|bearer|digest|negotiate|ntlm|token|\w{{2,12}}-hmac-sha\d{{1,3}}){_GAP}+(?=\S))?
    """,
    re.IGNORECASE | re.VERBOSE,
)
# A value without quotes: to the next blank, quote or parameter. A comma or quote within it that another character follows is part of it.
_BARE_PART = r"""(?:[^\s"'&,;<\\]
        |\\(?!\\{0,8}["'])
        |["'](?=\w)
        |<(?![/a-z])
        |&(?![\w.%-]{1,40}=|(?:quot|apos|\#\w{2,4});)
        |[,;](?=[^\s"'&,;])(?![\w.-]{1,40}\s?[=:])
    )"""
_BARE = re.compile(_BARE_PART + "+", re.IGNORECASE | re.VERBOSE)
_BARE_BEGINNING = re.compile(_BARE_PART + "{1,300}", re.IGNORECASE | re.VERBOSE)
_IN_QUOTES = {'"': re.compile(r'(?:[^"\\]|\\.)*', re.DOTALL), "'": re.compile(r"(?:[^'\\]|\\.)*", re.DOTALL)}
_COOKIES = re.compile(
    r"""[^\s"';,=]+(?:=(?:"[^"]*"|[^\s"';,]*))?(?:;\s*(?:[^\s"';,=]{1,256}=(?:"[^"]*"|[^\s"';,]*)|(?:httponly|secure)\b))*""",
    re.IGNORECASE,
)
_PARAMETERS = re.compile(r"""(?:"?(?:\s*,\s*[\w-]{1,40}=(?:"[^"]*"|[^\s,"']*))+)?""")
_MASKED = re.compile(r"\*+…?")

# Words that follow a colon in messages: "token: Post ...", "password: must be set". None that people take for a password.
_PROSE = frozenset(
    """
    a access all an and any are as at auth authentication authorization bad basic be bearer because but can't cannot client connect
    connection contains context could couldn't create decode decoding decryption delete denied dial did didn't digest does doesn't
    either empty eof error errors exceeded expected expired expires failed failing failure false fetch field file for forbidden found
    from get got had has have head header http http2 i/o if illegal in incorrect invalid is isn't it json length lookup malformed many
    may mismatch mismatched missing must negotiate nil no none not ntlm null oauth oauth2 of on open operation options or parse parsing
    patch pem permission please post put read realm received redacted refused rejected remote request required resource returned revoked
    rpc scope secrets server service should signature ssh stat status that the this timeout tls to too true unable unauthorized
    undefined unexpected unknown unmarshal unrecognized unset unsupported use using value was were while with without wrong x509 yaml
    """.split()
)
_NOTHING = ("", "nil", "none", "null", "true", "false", "undefined")
_ORDINARY_WORD = re.compile(r"[(\[]?(?:[A-Z]?[a-z]+|[A-Z]+)(?:['/][A-Za-z]+)*[:)\]]?")
_MORE_WORDS = re.compile(r"""\s+[\w"'(<\[\\*{]""")
_OBJECT_NAME = re.compile(r"[a-z0-9.-]+/[a-z0-9.-]+:?")
_RANDOM = re.compile(r"(?=.{0,200}?\d)(?=.{0,200}?[a-z])(?=.{0,200}?[A-Z])[A-Za-z0-9+/_-]{20,}={0,2}")

_TOKENS = re.compile(
    r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))(?:"
    r"gh[oprsu]_[A-Za-z0-9]{4,}|github_pat_\w{4,}|gl(?:agent|cbt|dt|ffct|ft|imt|oas|pat|ptt|rt|rtr|soat)-[\w-]{4,}(?:\.[\w-]+)*"
    r"|eyJ[\w-]{5,}(?:\.[\w-]+)*|xox[abeprs]-[\w-]{6,}|dckr_pat_[\w-]{6,})"
)
_SCHEME = re.compile(rf"\b(?P<scheme>basic|bearer){_GAP}+(?=\S)(?P<open>{_QUOTE})?", re.IGNORECASE)
# "invalid bearer token, ..."; or a service says what it expects: Bearer realm="https://..."
_CHALLENGE = re.compile(r"tokens?[.,;:)]*$|(?:realm|error|error_description|scope|service|charset)=", re.IGNORECASE)
_KEY_MARK = re.compile(
    r"(?P<end>-----END[ A-Z0-9+%]{0,40}PRIVATE(?:[ +]|%20)KEY(?:(?:[ +]|%20)BLOCK)?-----)"
    r"|(?:-----BEGIN[ A-Z0-9+%]{0,40})?PRIVATE(?:[ +]|%20)KEY(?:(?:[ +]|%20)BLOCK)?-----"
)
_SECRET_INFO = re.compile(rf"secret_?infos?{_QUOTE}?\s*(?:=>|[:=])\s*", re.IGNORECASE | re.VERBOSE)
_TOKEN_SIGN = re.compile("gh|github_pat|gl|eyJ|xox|dckr")  # one of them is in every token of _TOKENS
_NAME_PART = re.compile("token|secret|key|pass|auth|sig|cookie|pwd|credential")  # one of them is in every name of _NAME
# Without any of these, a text has the shape of no secret. Most texts of an answer have none.
_SUSPICIOUS = re.compile(f"[@%]|private|bearer|basic|{_TOKEN_SIGN.pattern}|{_NAME_PART.pattern}", re.IGNORECASE)
_DECODER = json.JSONDecoder()
_REMEMBERED = 200  # characters: the clusters of a fleet say the same short texts again and again


@lru_cache(4096)
def _is_suspicious(text: str) -> bool:
    return bool(_SUSPICIOUS.search(text))


def mask_secrets(text: str) -> str:
    """``text`` with ``***`` in place of everything that has the shape of a secret; the words around it stay. Twice gives the same.

    Users in URLs, private keys (cut ones, too), secretInfo, tokens that are known by how they begin, and what follows a name such as
    ``token=`` or ``Authorization:``. After a colon comes a word as often as a secret ("token: Post ..."): there it has to look like one.
    """
    if not (_is_suspicious(text) if len(text) <= _REMEMBERED else _SUSPICIOUS.search(text)):
        return text
    for _attempt in range(5):  # a mask in the middle of something can make something else of it
        masked = _mask_shapes(text)
        if masked == text:
            break
        text = masked
    return text


def _mask_shapes(text: str) -> str:
    if "PRIVATE" in text:
        text = _mask_private_keys(text)
    lowered = text.lower()
    if "secretinfo" in lowered or "secret_info" in lowered:
        text = _mask_after(text, _SECRET_INFO, _info_end)
    text = mask_urls(text)
    if _TOKEN_SIGN.search(text):
        text = _TOKENS.sub(MASK, text)
    if "bearer" in lowered or "basic" in lowered:
        text = _mask_after(text, _SCHEME, _credentials_end)
    if _NAME_PART.search(lowered):
        text = _mask_after(text, _NAME, _secret_end)
    return text


def secret_members(text: str) -> set[str] | None:
    """The names, as they are spelled, of members such as secretInfo in a raw JSON answer; quicker than to walk through it.

    :return: None where it may also hold something else that ``without_secrets`` takes out
    """
    if "%" in text or ("\\" in text and "\\u00" in text) or _may_hold_users(text):
        return None
    lowered = text.lower()
    signs = _SECRET_SIGN.findall(lowered)
    members = _INFO_MEMBER.findall(text) if signs else []
    return None if not all(signs) or len(signs) != len(members) or any(sign.search(lowered) for sign in _SIGNS) else set(members)


def _may_hold_users(text: str) -> bool:
    """Whether there may be a URL with a user, other than ``ssh://git@``, in a raw JSON answer."""
    pieces = text.split("@")
    for before, after in zip(pieces, pieces[1:]):
        if before.endswith('"git'):  # git@host:path, the usual one
            continue
        scheme, colon, user = before.rpartition(":")
        is_login = user == "//git" and scheme.endswith("ssh")
        if colon and not is_login and _USER.fullmatch(user) and not _DIGEST.match(after):
            return True
    return False


def _mask_spans(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """``text`` with a mask in place of each span (start, end)."""
    pieces, done = [], 0
    for start, end in spans:
        pieces += [text[done:start], MASK]
        done = end
    return "".join([*pieces, text[done:]]) if pieces else text


def _mask_after(text: str, heads: re.Pattern[str], end_of: Callable[[str, re.Match[str]], int]) -> str:
    """``text`` with a mask in place of what follows each head, up to ``end_of``; heads within what is masked are passed over."""
    spans, done = [], 0
    for head in heads.finditer(text):
        end = end_of(text, head) if head.end() >= done else 0
        if end > head.end():
            spans.append((head.end(), end))
            done = end
    return _mask_spans(text, spans)


def _mask_private_keys(text: str) -> str:
    """What stands between the marks of a private key; to the end of the text where the second is missing, and before it the first."""
    return _mask_spans(text, _private_keys(text))


def _private_keys(text: str) -> Iterator[tuple[int, int]]:
    begun, done = None, 0
    for mark in _KEY_MARK.finditer(text):
        if mark["end"]:
            start = _body_start(text, done, mark.start()) if begun is None else begun
            if start < mark.start():
                yield start, mark.start()
            begun, done = None, mark.end()
        elif begun is None:
            begun = mark.end()
    if begun is not None and text[begun:].strip(" *…"):
        yield begun, len(text)


def _body_start(text: str, start: int, end: int) -> int:
    """Where the lines of a key begin that ends at ``end`` and whose beginning is cut off."""
    first = end
    for word in reversed(list(re.finditer(r"[^\s\"']+", text[start:end]))):
        least = 30 if first < end or not re.search(r"[0-9+/=]", word[0]) else 1
        if len(word[0]) < least or not re.fullmatch(r"[A-Za-z0-9+/=\\]+", word[0]):
            break
        first = start + word.start()
    return first


def _info_end(text: str, head: re.Match[str]) -> int:
    """Where the value of secretInfo ends: that of the JSON value, else of the text; where it begins when it is no secret."""
    start = head.end()
    if text.startswith(MASK, start):
        return start
    if text[start : start + 1] not in tuple("{[\"'\\&%<("):
        end = _value_end(text, start, None)
        if re.search(r"[\[{]", text[start:end]):  # a map as Go writes it: nobody knows where its texts end
            return len(text)
        return start if _is_prose(text, text[start:end], end) else end
    try:
        return _DECODER.raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        return len(text)


def _credentials_end(text: str, head: re.Match[str]) -> int:
    """Where the credentials end that follow ``Bearer`` or ``Basic`` without a header's name."""
    start, end = head.end(), _value_end(text, head.end(), head["open"])
    value = text[start:end]
    if head["scheme"].lower() == "basic":
        return end if _is_login(value) else start
    return start if _MASKED.fullmatch(value) or _CHALLENGE.match(value) or _is_prose(text, value, end) else end


def _is_login(value: str) -> bool:
    """Whether a text is the base64 of ``user:password``."""
    match = re.match(r"[A-Za-z0-9+/_-]{4,}", value)
    if not match:
        return False
    whole = match[0][: len(match[0]) // 4 * 4]
    decoded = base64.b64decode(whole, altchars=b"-_" if "-" in whole or "_" in whole else None)
    return b":" in decoded and decoded.decode("latin-1").isprintable()


def _secret_end(text: str, head: re.Match[str]) -> int:
    """Where the secret ends that follows a name; where it begins when what follows is none."""
    start, name, opened = head.end(), head["name"].lower(), head["open"]
    if not opened and name.startswith("cookie"):
        cookies = _COOKIES.match(text, start)
        if cookies and "=" in cookies[0]:
            return start if _MASKED.fullmatch(cookies[0]) else cookies.end()
    # What is no secret shows at its beginning; of all the rest, each name within it would have to read it again.
    end = _value_end(text, start, opened) if opened else _bare_end(_BARE_BEGINNING, text, start)
    value = text[start:end]
    if _MASKED.fullmatch(value) or not _is_secret(text, head, value, end):
        return start
    end = _value_end(text, start, opened)
    if name == "authorization" and not opened:
        parameters = _PARAMETERS.match(text, end)
        return parameters.end() if parameters else end
    return end


def _bare_end(pattern: re.Pattern[str], text: str, start: int) -> int:
    bare = pattern.match(text, start)
    return bare.end() if bare else start


def _value_end(text: str, start: int, opened: str | None) -> int:
    """Where a value ends that begins at ``start`` after the quote ``opened``: before the closing quote, or at the end of the text."""
    if not opened:
        return _bare_end(_BARE, text, start)
    if opened in _IN_QUOTES:
        return _bare_end(_IN_QUOTES[opened], text, start)
    end = text.find(opened, start)
    while end > start and opened.startswith("\\") and text[end - 1] == "\\":  # a quote of the value itself, escaped once more
        end = text.find(opened, end + 1)
    return end if end >= 0 else len(text)


def _is_secret(text: str, head: re.Match[str], value: str, end: int) -> bool:
    """Whether what follows a name is a secret: always after ``=`` and between quotes, else where it looks like one."""
    name, bare = head["name"].lower(), head["open"] is None
    if ":" not in head["separator"] or (head["closed"] and not bare):
        return value.lower() not in _NOTHING
    before = text[head.start() - 1 : head.start()]
    if name in ("sig", "signature") and bare and not head["closed"]:  # InvalidCommitSignature: a reason of Flux
        return bool(_RANDOM.fullmatch(value)) and not _OBJECT_NAME.fullmatch(value)
    if before.isalnum() or before in ("-", "_"):  # the end of a longer name
        return not bare or not (_is_prose if head["closed"] else _is_usual)(text, value, end)
    return _is_secret_of(name, bare, head["closed"] is not None, text, value, end)


def _is_secret_of(name: str, bare: bool, closed: bool, text: str, value: str, end: int) -> bool:
    """Whether what follows a whole name and a colon is a secret.

    :param bare: whether the value stands without quotes; ``closed``: whether the name stands in them
    """
    if name in ("key", "sig", "signature", "pass") and not closed:
        return bool(_RANDOM.fullmatch(value)) and not _OBJECT_NAME.fullmatch(value)
    if name == "secret" and _OBJECT_NAME.fullmatch(value):
        return False
    if not bare:
        return name != "token" or any(char.isalnum() for char in value)  # unexpected token: '}'
    if closed or name in ("token", "secret", "credential", "credentials", "auth"):
        return not _is_prose(text, value, end)
    return not _is_usual(text, value, end)


def _is_usual(text: str, value: str, end: int) -> bool:
    """Whether a value without quotes is a word of the list, a status, a URL or the beginning of an object."""
    word = value.strip("()<>[]{}.,;:!?…\\").lower()
    status = re.fullmatch(r"\d{3}:?", value) and _MORE_WORDS.match(text, end)
    return bool(word in _PROSE or status or value.startswith(("{", "http://", "https://")))


def _is_prose(text: str, value: str, end: int) -> bool:
    """Whether a value without quotes is a usual word, or an ordinary one that others follow."""
    if _is_usual(text, value, end):
        return True
    return len(value) <= 20 and bool(_ORDINARY_WORD.fullmatch(value) and _MORE_WORDS.match(text, end))
