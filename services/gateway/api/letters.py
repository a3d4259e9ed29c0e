"""Dead letters: how many each topic has, and the newest of them with the reason and the bytes."""

import base64
from typing import Annotated, Any

from fastapi import APIRouter, Query

from services.gateway.api.answers import operations as told
from services.gateway.api.context import InContext, Json, answers
from services.gateway.api.problems import InvalidError
from services.gateway.state.letters import Letter
from services.gateway.state.times import iso
from streamkit.contract_files import nearest

_SHOWN_BYTES = 4_096
"""Of a value that could not be read; its length is told beside."""

router = APIRouter(tags=["dead letters"])


@router.get("/dlq", responses=answers(told.LetterCounts, told.LETTER_COUNTS))
async def get_dead_letters(context: InContext) -> Json:
    """Records that services could not read, by the topic they came from."""
    letters = context.ledger.services.dead_letters
    topics = {topic: {"records": records} for topic, records in letters.items()}
    return Json({"topics": topics, "total": sum(letters.values())})


@router.get("/dlq/{topic}", responses=answers(told.DeadLetters, told.LETTERS, 503))
async def list_dead_letters(topic: str, context: InContext, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> Json:
    """The newest dead letters of a topic: why, whose, where the original stands, and its bytes in base64."""
    counted = context.ledger.services.dead_letters
    if topic not in counted:
        hint = nearest(topic[:64], list(counted))
        raise InvalidError("path.topic", f"no dead letters are kept of {topic[:64]!r}{hint}")
    found = await context.letters.newest(topic, limit)
    return Json({"topic": topic, "letters": [_printable(letter) for letter in found], "total": counted[topic]})


def _printable(letter: Letter) -> dict[str, Any]:
    return {
        "partition": letter.partition,
        "offset": letter.offset,
        "timestamp": iso(letter.timestamp_ms * 1000),
        "error": letter.error,
        "reason": letter.reason,
        "group": letter.group,
        "source": {"topic": letter.topic, "partition": letter.source_partition, "offset": letter.source_offset},
        "key": None if letter.key is None else letter.key.decode(errors="replace"),
        "value_bytes": None if letter.value is None else len(letter.value),
        "value": None if letter.value is None else base64.b64encode(letter.value[:_SHOWN_BYTES]).decode(),
    }
