"""Measures the SMTP engine against Postfix's smtp-source and Python's smtplib; `deploy/bench smtp`.

All hand the same number of 2 KB messages to Postfix's smtp-sink on loopback, in interleaved rounds: over one
connection or twenty at once, each message on a connection of its own or many on one. Then one process holds
many conversations with a relay that waits before each answer, and its memory is read.
"""

import argparse
import asyncio
import os
import re
import resource
import signal
import smtplib
import subprocess
import sys
import threading
import time

import measure

SIZE = 2048
MESSAGE = "From: <bench@borealis.example>\r\nTo: <inbox@example.com>\r\n\r\n" + ("x" * 70 + "\r\n") * 28


def smtplib_share(port, count, keeps):
    """One thread's messages."""
    client = None
    for _ in range(count):
        if client is None:
            client = smtplib.SMTP("127.0.0.1", port, local_hostname="bench.example")
        client.sendmail("bench@borealis.example", "inbox@example.com", MESSAGE)
        if not keeps:
            client.quit()
            client = None
    if client:
        client.quit()


class SMTPBench(measure.Bench):
    def __init__(self, built, count):
        super().__init__(built, 0, 1)
        self.count = count
        self.sink = measure.free_port()
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        self.start(
            "smtp-sink", "-c", *user, f"127.0.0.1:{self.sink}", "1024",
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )

    def ours(self, connections, keeps):
        report = self.run(
            f"{self.built}/BenchServer", "smtp", str(self.count), str(connections), str(self.sink),
            "kept" if keeps else "new",
        )
        return self.count / float(re.search(r"seconds ([\d.]+)", report).group(1))

    def source(self, connections, keeps):
        began = time.monotonic()
        self.run(
            "smtp-source", *(["-d"] if keeps else []), "-s", str(connections), "-m", str(self.count),
            "-l", str(SIZE), "-f", "bench@borealis.example", "-t", "inbox@example.com",
            f"127.0.0.1:{self.sink}",
        )
        return self.count / (time.monotonic() - began)

    def python(self, connections, keeps):
        threads = [
            threading.Thread(
                target=smtplib_share, args=(self.sink, self.count // connections, keeps)
            ) for _ in range(connections)
        ]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.count // connections * connections / (time.monotonic() - began)


async def slow_relay(port, ready, pause):
    """Answers as a relay does that takes everything, each time after a pause."""

    async def talk(reader, writer):
        async def say(text):
            await asyncio.sleep(pause)
            writer.write(text.encode() + b"\r\n")

        await say("220 slow.example ESMTP")
        in_message = False
        while line := await reader.readline():
            if in_message:
                if line == b".\r\n":
                    in_message = False
                    await say("250 2.0.0 Ok: queued as SLOW")
                continue
            verb = line[:4].upper()
            if verb == b"DATA":
                in_message = True
                await say("354 Go ahead")
            elif verb == b"QUIT":
                await say("221 2.0.0 Bye")
                break
            else:
                await say("250 2.0.0 Ok")
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", port, backlog=4096, limit=1 << 16)
    ready.set()
    async with server:
        await server.serve_forever()


def hold(bench, count):
    """The largest memory, in MiB, of a process with `count` conversations at once."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 3 * count)), hard))
    port, ready = measure.free_port(), threading.Event()
    threading.Thread(
        target=lambda: asyncio.run(slow_relay(port, ready, 1.0)), daemon=True
    ).start()
    ready.wait(10)
    child = subprocess.Popen(
        [f"{bench.built}/BenchServer", "hold", str(count), str(port)],
        stdout=subprocess.PIPE, text=True,
    )
    bench.children.append(child)
    most = 0.0
    while child.poll() is None:
        try:
            most = max(most, measure.resident(child.pid))
        except (OSError, AttributeError):
            break
        time.sleep(0.1)
    accepted = int(re.search(r"accepted (\d+)", child.stdout.read()).group(1))
    return accepted, most


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--built", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--count", type=int, default=4000)
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
        signal.signal(number, lambda caught, _: sys.exit(f"bench: ended by signal {caught}"))
    signal.alarm(measure.TIME_LIMIT)
    measure.machine()
    bench = SMTPBench(options.built, max(100, min(options.count, 20000)))
    cases = [(connections, keeps) for connections in (1, 20) for keeps in (False, True)]
    found = {}
    for number in range(max(1, min(options.rounds, 10))):
        print(f"round {number + 1} of {options.rounds} ...", flush=True)
        for case in cases:
            for name in ("ours", "source", "python"):
                found.setdefault((case, name), []).append(getattr(bench, name)(*case))
    print(f"\n| messages per second (median of {options.rounds} rounds, 2 KB) | Sendproof | smtp-source | "
          "Python smtplib | of smtp-source |")
    print("| --- | ---: | ---: | ---: | ---: |")
    median = measure.statistics.median
    worst = 1e9
    for connections, keeps in cases:
        ours, source, python = (
            median(found[((connections, keeps), name)]) for name in ("ours", "source", "python")
        )
        worst = min(worst, ours / source)
        at_once = "1 connection" if connections == 1 else f"{connections} connections"
        print(f"| {at_once}, {'kept' if keeps else 'new for each'} | {ours:,.0f} | {source:,.0f} | "
              f"{python:,.0f} | {ours / source:.2f} |")
    accepted, memory = hold(bench, 2000)
    print(f"\n2,000 slow conversations at once: {accepted} accepted, at most {memory:.0f} MiB\n")
    bench.verdict("at least half of smtp-source", worst >= 0.5, f"{worst:.2f} at worst")
    bench.verdict(
        "2,000 conversations under 100 MiB", accepted == 2000 and memory < 100, f"{memory:.0f} MiB"
    )


if __name__ == "__main__":
    main()
