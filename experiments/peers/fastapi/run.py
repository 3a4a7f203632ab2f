#!/usr/bin/python3
"""The article's server on the real thing: FastAPI on uvicorn, with the log and the events file of server.java.

Peer       FastAPI, BackgroundTasks
Install    apt install python3-fastapi python3-uvicorn python3-aiohttp
           (or: pip install -r experiments/peers/fastapi/requirements.txt)
Asked in   FastAPI's issue 3115 and uvicorn's 675 (what a shutdown does to tasks)
Run it     python3 experiments/peers/fastapi/run.py
"""
import argparse
import asyncio
import itertools
import json
import re
import sys
import threading
import time
from datetime import datetime, timezone
from importlib.metadata import version
from typing import Optional

try:
    import uvicorn
    from fastapi import BackgroundTasks, FastAPI
    from starlette.background import BackgroundTask
except ModuleNotFoundError:
    sys.exit("FastAPI is not installed: apt install python3-fastapi python3-uvicorn python3-aiohttp "
             "(or: pip install -r experiments/peers/fastapi/requirements.txt)")

# The wall clock, asked once; from here the monotonic one counts.
ANCHOR, ANCHOR_NANOS = time.time_ns(), time.monotonic_ns()

app = FastAPI()
requests = itertools.count()


def task_time(text):
    """Seconds, of 3s or 300ms."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s)", text)
    if not match:
        raise argparse.ArgumentTypeError(f"'{text}' is no time; write 3s or 300ms")
    return float(match[1]) / (1000 if match[2] == "ms" else 1)


parser = argparse.ArgumentParser(
    description='Answers GET /?as_async=N with "ok" at once and leaves background tasks behind.')
parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
parser.add_argument("--port", type=int, default=8000, help="port, 0 for any free one (default: %(default)s)")
parser.add_argument("--tasks", type=int, default=3, help="tasks a request leaves behind (default: %(default)s)")
parser.add_argument("--task-time", type=task_time, default="3s", metavar="TIME",
                    help="how long a task waits: 3s or 300ms (default: %(default)s)")
parser.add_argument("--events", type=argparse.FileType("w"), metavar="FILE", help="also write a CSV row for each task")
options = parser.parse_args()
if options.tasks < 1:
    parser.error(f"--tasks must be 1 or more, not {options.tasks}")
if options.events:  # nothing is made for nobody: a row costs more than its line
    print("request,task,mode,thread,received,queued,started,ended,outcome", file=options.events, flush=True)


class Task(BackgroundTask):
    """Starlette's own task, which also notes when Starlette submits it."""

    def __init__(self, function, number, index, received):
        super().__init__(function, self)
        self.number, self.index, self.received = number, index, received

    async def __call__(self):
        self.queued = time.monotonic_ns()
        await super().__call__()


@app.get("/")
async def endpoint(background_tasks: BackgroundTasks, as_async: Optional[int] = 0):
    received = time.monotonic_ns()
    log(f"main thread: {threading.get_native_id()}")
    number = next(requests)
    for index in range(options.tasks):
        background_tasks.tasks.append(Task(async_task if as_async else sync_task, number, index, received))
    return "ok"


async def async_task(task):
    started = time.monotonic_ns()
    await asyncio.sleep(options.task_time)
    log_end(task, "async", started)


def sync_task(task):
    started = time.monotonic_ns()
    time.sleep(options.task_time)
    log_end(task, "sync", started)


def log_end(task, mode, started):
    thread, ended = threading.get_native_id(), time.monotonic_ns()
    if options.events:
        moments = [moment(nanos).replace(" ", "T") + "Z" for nanos in (task.received, task.queued, started, ended)]
        options.events.write(f"{task.number},{task.index},{mode},{thread},{','.join(moments)},ok\n")
        options.events.flush()
    log(f"{moment(ended)} [{thread}]{task.index} {mode} end")


def log(line):
    """In one write: print() takes two, between which another thread's line can come."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def moment(nanos):
    micros = (ANCHOR + nanos - ANCHOR_NANOS) // 1000
    second = datetime.fromtimestamp(micros // 1_000_000, timezone.utc)
    return second.strftime("%Y-%m-%d %H:%M:%S.") + f"{micros % 1_000_000:06}"


if __name__ == "__main__":
    software = ", ".join(f"{name} {version(name.lower())}" for name in ("FastAPI", "Starlette", "uvicorn", "AnyIO"))
    about = {"peer": "FastAPI, BackgroundTasks", "software": f"{software}, Python {sys.version.split()[0]}",
             "plateau": 40, "decidedBy": "anyio.to_thread.current_default_thread_limiter().total_tokens"}
    print("ABOUT:   ", json.dumps(about), file=sys.stderr, flush=True)
    uvicorn.run(app, host=options.host, port=options.port)
