"""Measures test sends from the queue to the record; started by `deploy/bench jobs`.

A worker process takes tests from the queue, hands each message to Postfix's smtp-sink over a connection
of its own and records steps and result. Beside it, in the same run, Postfix's smtp-source hands as many
messages to the same sink: the reference in C, without a queue and without a record.
"""

import argparse
import signal
import socket
import subprocess
import sys
import time

import measure


class JobBench(measure.Bench):
    def __init__(self, built, count, workers):
        super().__init__(built, 0, 1)
        self.count, self.workers = count, workers

    def prepare(self):
        self.start_database()
        program = f"{self.built}/sendproof"
        self.run(
            program, "demo", "--address", "http://127.0.0.1:1", "--file",
            f"{self.scratch}/demo.json", env=self.environment,
        )
        self.sink = measure.free_port()
        self.start(
            "smtp-sink", "-c", "-u", "nobody", f"127.0.0.1:{self.sink}", "256",
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        self.run(
            program, "tenant", "create", "tarpit", "--name", "Tarpit", "--edition", "onPremises",
            env=self.environment,
        )
        self.silent = socket.socket()
        self.silent.bind(("127.0.0.1", 0))
        self.silent.listen(64)
        self.silence = self.silent.getsockname()[1]
        self.postmaster = int(self.sql("SELECT pg_read_file('postmaster.pid')").split()[0])

    def sql(self, text):
        return self.run(
            "psql", "-X", "-q", "-A", "-t", "-c", text,
            f"host={self.database_socket} user=postgres dbname=sendproof",
        )

    def wait_until(self, condition, within=180):
        end = time.monotonic() + within
        while not condition():
            if time.monotonic() > end:
                sys.exit("bench: the tests do not end")
            time.sleep(0.02)

    def worker(self):
        with open(f"{self.scratch}/worker.log", "a") as log:
            return self.start(
                f"{self.built}/sendproof", "worker",
                env={**self.environment, "SENDPROOF_WORKERS": str(self.workers)},
                stdout=log, stderr=log,
            )

    def driver(self, verb, count, tenant="borealis", port=None):
        return self.run(
            f"{self.built}/BenchServer", verb, str(count), tenant, str(port or self.sink),
            env=self.environment,
        )

    def stop(self, process):
        process.send_signal(signal.SIGTERM)
        process.wait(30)

    def forget(self):
        self.sql("TRUNCATE jobs, test_runs CASCADE")

    # Rounds

    def throughput(self):
        """Tests per second from the first claim to the last record, and CPU for each."""
        self.forget()
        self.driver("enqueue", self.count)
        worker = self.worker()
        before = measure.cpu(self.postmaster)
        self.wait_until(lambda: self.sql("SELECT count(*) FROM jobs").strip() == "0")
        spent = measure.cpu(worker.pid) / self.count
        database = (measure.cpu(self.postmaster) - before) / self.count
        self.stop(worker)
        seconds, accepted = self.sql(
            "SELECT extract(epoch FROM max(finished_at) - min(started_at)), "
            "count(*) FILTER (WHERE outcome = 'accepted') FROM test_runs"
        ).strip().split("|")
        if int(accepted) != self.count:
            sys.exit(f"bench: {accepted} of {self.count} tests were accepted")
        return self.count / float(seconds), spent, database

    def source(self):
        began = time.monotonic()
        self.run(
            "smtp-source", "-s", str(self.workers), "-m", str(self.count), "-l", "1200",
            "-f", "bench@borealis.example", "-t", "inbox@example.com",
            f"127.0.0.1:{self.sink}",
        )
        return self.count / (time.monotonic() - began)

    def latency(self, count=300, beside=0):
        """Milliseconds from the click to the record, and those of them that the relay took.

        `beside` tests of another tenant wait meanwhile for a relay that never says a word.
        """
        self.forget()
        worker = self.worker()
        if beside:
            self.driver("enqueue", beside, "tarpit", self.silence)
            self.wait_until(lambda: self.sql(
                "SELECT count(*) FROM test_runs WHERE state = 'running'").strip() == str(beside))
        self.driver("latency", count)
        if beside:
            worker.kill()
            worker.wait(30)
        else:
            self.stop(worker)
        return [
            float(value) for value in self.sql(
                "SELECT percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY 1000 * extract("
                "epoch FROM finished_at - queued_at)), percentile_cont(0.5) WITHIN GROUP "
                "(ORDER BY duration_milliseconds) FROM test_runs WHERE state = 'finished'"
            ).strip().replace("{", "").replace("}", "").replace(",", "|").split("|")
        ]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--built", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=8)
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
        signal.signal(number, lambda caught, _: sys.exit(f"bench: ended by signal {caught}"))
    signal.alarm(measure.TIME_LIMIT)
    measure.machine()
    bench = JobBench(options.built, max(10, min(options.count, 5000)), options.workers)
    bench.prepare()
    ours, source = [], []
    for number in range(max(1, min(options.rounds, 10))):
        print(f"round {number + 1} of {options.rounds} ...", flush=True)
        ours.append(bench.throughput())
        source.append(bench.source())
    half, last, relay = bench.latency()
    beside_half, beside_last, _ = bench.latency(beside=3)
    median = measure.statistics.median
    print(f"\n| what (median of {options.rounds} rounds, {options.workers} at once) | per second | "
          "CPU ms each | PostgreSQL ms each |")
    print("| --- | ---: | ---: | ---: |")
    rate, spent, database = (median(each[n] for each in ours) for n in range(3))
    print(f"| claim, send, record | {rate:,.0f} | {spent / 1000:.2f} | {database / 1000:.2f} |")
    print(f"| smtp-source, the messages alone | {median(source):,.0f} | – | – |")
    print(f"\none at a time, click to record: p50 {half:.1f} ms, p99 {last:.1f} ms; "
          f"the conversation's p50 {relay:.0f} ms of that")
    print(f"the same while 3 tests of another tenant wait for a silent relay: p50 {beside_half:.1f} ms, "
          f"p99 {beside_last:.1f} ms\n")
    bench.verdict("click to record: p50 at most 5 ms and the relay's time", half - relay <= 5,
                  f"{half - relay:.1f} ms and {relay:.0f}")
    bench.verdict("beside a silent relay: p99 within 20 %", beside_last <= 1.2 * last,
                  f"{beside_last / last:.2f} times")


if __name__ == "__main__":
    main()
