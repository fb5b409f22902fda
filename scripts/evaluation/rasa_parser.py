"""Asks a trained ResponseSelector questions, one at a time on one core; runs in Rasa's Python.

In: a JSON list of questions. Out, as the last line: for each the articles with their confidences
and the seconds it took, and the bytes that the process held in the end.
"""

import asyncio
import json
import logging
import os
import sys
import time
from pathlib import Path


async def main() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    # Imported only now, as TensorFlow counts the cores.
    from rasa.core.agent import Agent
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.ERROR)
    agent = Agent.load(sys.argv[1])
    rankings, seconds = [], []
    for question in json.load(sys.stdin):
        started = time.perf_counter()
        parsed = await agent.parse_message(question)
        seconds.append(time.perf_counter() - started)
        ranking = parsed["response_selector"]["default"]["ranking"]
        rankings.append(
            [(r["intent_response_key"].split("/")[1], r["confidence"]) for r in ranking]
        )
    memory = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    print(json.dumps({"rankings": rankings, "seconds": seconds, "memory": memory}))


asyncio.run(main())
