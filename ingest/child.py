"""The child process that reads files nobody vouches for: `python -m ingest.child`.

On standard input comes a JSON line that says what the file is, then its bytes; on standard output go JSON lines, the
last of which holds the result or the trouble. The process has no network where the system allows it to give that up,
an address space and a processor time that end, and cannot write files. It ends when its input does.
"""

import contextlib
import ctypes
import os
import resource
import signal
import sys
from typing import BinaryIO

import msgspec

from ingest.errors import Stage, UnreadableFile
from ingest.parsing import Message, Picture, Progress, Source, Trouble, Words, parse
from ingest.readers.words import Box

ADDRESS_SPACE = 1024**3
"""Bytes of address space that the child may use."""
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_PDEATHSIG = 1


class Request(msgspec.Struct, frozen=True):
    """What comes before the bytes of a file: what it is, their number, and processor seconds to spend.

    With `pages` only the words of those pages of a PDF are wanted, and where they stand; with `marked` too, the first
    of them as a picture with those boxes marked.
    """

    source: Source
    size: int
    seconds: int
    pages: tuple[int, ...] = ()
    marked: tuple[Box, ...] | None = None


def confine() -> None:
    """Give up what reading does not need. The network goes only where namespaces are permitted."""
    libc = ctypes.CDLL(None, use_errno=True)
    with contextlib.suppress(AttributeError):
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.unshare(_CLONE_NEWNET if os.geteuid() == 0 else _CLONE_NEWNET | _CLONE_NEWUSER)
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def serve(requests: BinaryIO, sink: BinaryIO) -> None:
    """Answer one request after the other until the input ends."""
    while line := requests.readline():
        request = msgspec.json.decode(line, type=Request)
        _allow_processor_time(request.seconds)
        data = requests.read(request.size)
        _say(sink, _answer(request, data, sink))


def main() -> None:
    """Run the child: keep the real standard output for messages, and send everything else to standard error."""
    sink = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    confine()
    serve(sys.stdin.buffer, sink)


def _answer(request: Request, data: bytes, sink: BinaryIO) -> Message:
    stage = Stage.READING

    def tell(now: Stage) -> None:
        nonlocal stage
        stage = now
        _say(sink, Progress(now))

    try:
        if request.marked is not None:
            from ingest.readers import pdf_picture

            return Picture(pdf_picture.picture(data, request.pages[0], request.marked))
        if request.pages:
            from ingest.readers import pdf_words

            return Words(pdf_words.read_words(data, request.pages))
        return parse(request.source, data, tell)
    except UnreadableFile as error:
        return Trouble(error.reason, error.remedy, error.stage, error.page)
    except MemoryError:
        return Trouble("Filen kräver mer minne än vad som är tillåtet.", "Dela upp den eller förenkla den.", stage)
    except Exception as error:  # noqa: BLE001 - whatever a stranger's file provokes is a verdict on that file
        kind = type(error).__name__
        return Trouble(f"Läsaren klarade inte filen ({kind}).", "Spara dokumentet på nytt eller som PDF.", stage)


def _say(sink: BinaryIO, message: Message) -> None:
    sink.write(msgspec.json.encode(message) + b"\n")
    sink.flush()


def _allow_processor_time(seconds: int) -> None:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime) + seconds + 1, hard))


if __name__ == "__main__":
    main()
