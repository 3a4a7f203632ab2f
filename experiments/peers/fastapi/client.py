#!/usr/bin/python3
"""The article's client on aiohttp: sends N requests, one after the other, and prints each status.

Run it     python3 experiments/peers/fastapi/client.py 1 20
"""
import argparse
import asyncio
import sys

try:
    import aiohttp
except ModuleNotFoundError:
    sys.exit("aiohttp is not installed: apt install python3-aiohttp "
             "(or: pip install -r experiments/peers/fastapi/requirements.txt)")

parser = argparse.ArgumentParser(
    description="Sends CALL_COUNT requests GET /?as_async=AS_ASYNC and prints the status of each on a line.")
parser.add_argument("as_async", type=int, help="0 for sync tasks, any other integer for async ones")
parser.add_argument("call_count", type=int, help="number of requests")
parser.add_argument("--url", default="http://localhost:8000", help="the server (default: %(default)s)")


async def main(options):
    async with aiohttp.ClientSession() as session:
        for _ in range(options.call_count):
            async with session.get(options.url, params={"as_async": options.as_async}) as response:
                await response.read()
                print(response.status, flush=True)
                if response.status != 200:
                    sys.exit(1)


if __name__ == "__main__":
    options = parser.parse_args()
    if options.call_count < 1:
        parser.error(f"call_count must be 1 or more, not {options.call_count}")
    try:
        asyncio.run(main(options))
    except aiohttp.ClientError as error:
        sys.exit(f"{options.url}: {error}")
