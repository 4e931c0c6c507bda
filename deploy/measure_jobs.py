"""Measures messages and test sends from the queue to the record; started by `deploy/bench jobs`.

A worker process takes messages of a tenant's systems from the queue, hands them to a relay, over a
connection of its own for each or over connections that are kept, marks each durably before its final dot and
records the result. Beside that it runs test sends, which also record every step. The relays: Postfix's smtp-sink, the same behind nginx's TLS, and a real
Postfix with TLS and a sign-in. Beside it, in the same run, what nobody can beat here: Postfix's
smtp-source, which hands as many messages to the same sink without a queue and a record, and pgbench,
which takes jobs from a queue and finishes them without a message.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time

import measure
import relays

# A queue as plain as can be: one narrow table, two commits for each job.
CEILING = """
begin;
update bench_jobs set state = 'running', locked_at = now() where id = (
    select id from bench_jobs where state = 'queued' order by id for update skip locked limit 1)
returning id \\gset
commit;
update bench_jobs set state = 'done', finished_at = now() where id = :id;
"""
WARM_UP = 100


class JobBench(measure.Bench):
    def __init__(self, built, count, workers):
        super().__init__(built, 0, 1)
        self.count, self.workers = count, workers

    def prepare(self):
        self.start_database()
        # One session for all questions: a process for each would take CPU from what is measured.
        self.session = self.start(
            "psql", "-X", "-q", "-A", "-t",
            f"host={self.database_socket} user=postgres dbname=sendproof "
            "options=-cclient_min_messages=warning", talks=True,
        )
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

    def start(self, *command, talks=False, **options):
        if not talks:
            return super().start(*command, **options)
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options
        )
        self.children.append(child)
        return child

    def sql(self, text):
        self.session.stdin.write(f"{text};\nSELECT 'end of answer';\n")
        self.session.stdin.flush()
        lines = []
        while True:
            line = self.session.stdout.readline()
            if not line:
                sys.exit("bench: the database has gone")
            if line == "end of answer\n":
                return "".join(lines).strip()
            lines.append(line)

    def wait_until(self, question, within=180):
        end = time.monotonic() + within
        while self.sql(f"SELECT {question}") != "t":
            if time.monotonic() > end:
                sys.exit("bench: the tests do not end")
            time.sleep(0.02)

    def worker(self, kept=True):
        with open(f"{self.scratch}/worker.log", "a") as log:
            return self.start(
                f"{self.built}/sendproof", "worker",
                env={
                    **self.environment, "SENDPROOF_WORKERS": str(self.workers),
                    "SENDPROOF_DELIVERIES": str(self.workers),
                    "SENDPROOF_DELIVERIES_PER_TENANT": str(self.workers),
                    "SENDPROOF_MESSAGES_PER_CONNECTION": "100" if kept else "1",
                },
                stdout=log, stderr=log,
            )

    def driver(self, verb, count, tenant="borealis", relay=None):
        return self.run(
            f"{self.built}/BenchServer", verb, str(count), tenant,
            *(str(word) for word in relay or [self.sink]), env=self.environment,
        )

    def stop(self, process):
        process.send_signal(signal.SIGTERM)
        process.wait(30)

    def forget(self):
        self.sql("TRUNCATE jobs, test_runs, test_steps, messages, delivery_attempts")

    # Rounds

    def messages(self, count, relay, kept):
        """Messages per second from the moment the worker may begin to the last record, and for each
        the same as below.
        """
        self.run(
            f"{self.built}/BenchServer", "profile", "borealis",
            *(str(word) for word in relay or [self.sink]), env=self.environment,
        )
        self.forget()
        worker = self.worker(kept)
        self.post(WARM_UP)
        self.wait_until("NOT EXISTS (SELECT FROM jobs)")
        worker.send_signal(signal.SIGSTOP)
        self.forget()
        self.post(count)
        self.sql("VACUUM ANALYZE jobs")
        self.sql("VACUUM ANALYZE messages")
        self.sql("CHECKPOINT")
        written = self.written()
        before = measure.cpu(worker.pid), measure.cpu(self.postmaster)
        began = self.sql("SELECT extract(epoch FROM clock_timestamp())")
        worker.send_signal(signal.SIGCONT)
        self.wait_until("NOT EXISTS (SELECT FROM jobs)")
        spent = (measure.cpu(worker.pid) - before[0]) / count
        database = (measure.cpu(self.postmaster) - before[1]) / count
        written = [(now - then) / count for now, then in zip(self.written(), written)]
        self.stop(worker)
        seconds, accepted = self.sql(
            f"SELECT extract(epoch FROM max(finished_at)) - {began}, "
            "count(*) FILTER (WHERE outcome = 'accepted') FROM messages"
        ).split("|")
        if int(accepted) != count:
            sys.exit(f"bench: {accepted} of {count} messages were accepted: " + self.sql(
                "SELECT string_agg(DISTINCT verdict_code, ' ') FROM messages"))
        return count / float(seconds), spent, database, *written

    def post(self, count):
        self.run(
            f"{self.built}/BenchServer", "post", str(count), "borealis", env=self.environment
        )

    def throughput(self, count, relay=None):
        """Tests per second from the first claim to the last record, and for each: CPU of worker and
        database, transactions that write, bytes of write-ahead log.

        The worker has run some before, and is held while the others are asked for.
        """
        self.forget()
        worker = self.worker()
        self.driver("enqueue", WARM_UP, relay=relay)
        self.wait_until("NOT EXISTS (SELECT FROM jobs)")
        worker.send_signal(signal.SIGSTOP)
        self.forget()
        self.driver("enqueue", count, relay=relay)
        # As a database looks that has been at work for a while.
        self.sql("VACUUM ANALYZE jobs")
        self.sql("CHECKPOINT")
        written = self.written()
        before = measure.cpu(worker.pid), measure.cpu(self.postmaster)
        worker.send_signal(signal.SIGCONT)
        self.wait_until("NOT EXISTS (SELECT FROM jobs)")
        spent = (measure.cpu(worker.pid) - before[0]) / count
        database = (measure.cpu(self.postmaster) - before[1]) / count
        written = [(now - then) / count for now, then in zip(self.written(), written)]
        self.stop(worker)
        seconds, accepted = self.sql(
            "SELECT extract(epoch FROM max(finished_at) - min(started_at)), "
            "count(*) FILTER (WHERE outcome = 'accepted') FROM test_runs"
        ).split("|")
        if int(accepted) != count:
            sys.exit(f"bench: {accepted} of {count} tests were accepted: " + self.sql(
                "SELECT string_agg(DISTINCT verdict_code, ' ') FROM test_runs"))
        return count / float(seconds), spent, database, *written

    def written(self):
        """Transactions that have written, and bytes of write-ahead log, since the beginning."""
        return [int(value) for value in self.sql(
            "SELECT pg_snapshot_xmax(pg_current_snapshot()), "
            "(pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint"
        ).split("|")]

    def source(self):
        began = time.monotonic()
        self.run(
            "smtp-source", "-s", str(self.workers), "-m", str(self.count), "-l", "1200",
            "-f", "bench@borealis.example", "-t", "inbox@example.com",
            f"127.0.0.1:{self.sink}",
        )
        return self.count / (time.monotonic() - began)

    def ceiling(self):
        """Jobs per second that pgbench takes from a queue and finishes."""
        each = self.count // self.workers
        self.sql(
            "DROP TABLE IF EXISTS bench_jobs; CREATE TABLE bench_jobs (id bigint PRIMARY KEY, "
            "state text NOT NULL, locked_at timestamptz, finished_at timestamptz) "
            "WITH (fillfactor = 50); CREATE INDEX ON bench_jobs (id) WHERE state = 'queued'; "
            f"INSERT INTO bench_jobs SELECT n, 'queued' FROM generate_series(1, {self.count}) n; "
            "ANALYZE bench_jobs"
        )
        script = f"{self.scratch}/ceiling.sql"
        with open(script, "w") as file:
            file.write(CEILING)
        said = self.run(
            "pgbench", "-n", "-M", "prepared", "-c", str(self.workers), "-t", str(each), "-f",
            script, "-h", self.database_socket, "-U", "postgres", "sendproof",
        )
        return float(said.split("tps = ")[1].split()[0])

    def latency(self, count=300, beside=0):
        """Milliseconds from the click to the record, and those of them that the relay took.

        `beside` tests of another tenant wait meanwhile for a relay that never says a word.
        """
        self.forget()
        worker = self.worker()
        if beside:
            self.driver("enqueue", beside, "tarpit", [self.silence])
            self.wait_until(f"count(*) = {beside} FROM jobs WHERE state = 'running'")
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
                "(ORDER BY duration_milliseconds) FROM test_runs WHERE outcome IS NOT NULL"
            ).replace("{", "").replace("}", "").replace(",", "|").split("|")
        ]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--built", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=8)
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
        signal.signal(number, lambda caught, _: sys.exit(f"bench: ended by signal {caught}"))
    signal.alarm(3 * measure.TIME_LIMIT)
    measure.machine()
    bench = JobBench(options.built, max(10, min(options.count, 5000)), options.workers)
    bench.prepare()
    tls = relays.behind_tls(bench, bench.sink)
    kinds = [("to smtp-sink", bench.count, None), ("implicit TLS", bench.count, [tls, "implicit"])]
    if os.geteuid() == 0:
        postfix = relays.postfix(bench)
        kinds.append(("to Postfix, implicit TLS, AUTH PLAIN", min(bench.count, 600), postfix))
    else:
        print("Postfix must be started by root: that row is left out.")
    ways = [
        (f"message {name}, {way}", count, lambda count=count, relay=relay, kept=kept:
            bench.messages(count, relay, kept))
        for name, count, relay in kinds
        for way, kept in (("new connection each", False), ("connections kept", True))
    ] + [
        (f"test send {name}", count, lambda count=count, relay=relay:
            bench.throughput(count, relay))
        for name, count, relay in kinds
    ]
    ours, source, ceiling = [[] for _ in ways], [], []
    for number in range(max(1, min(options.rounds, 10))):
        print(f"round {number + 1} of {options.rounds} ...", flush=True)
        for each, (_, _, measured) in zip(ours, ways):
            each.append(measured())
        source.append(bench.source())
        ceiling.append(bench.ceiling())
    half, last, relay = bench.latency()
    beside_half, beside_last, _ = bench.latency(beside=3)
    median = measure.statistics.median
    print(f"\n| claim, send, record (median of {options.rounds} rounds, {options.workers} at once) | "
          "per second | CPU ms each | PostgreSQL ms each |")
    print("| --- | ---: | ---: | ---: |")
    for (name, _, _), rounds in zip(ways, ours):
        rate, spent, database = (median(each[n] for each in rounds) for n in range(3))
        print(f"| {name} | {rate:,.0f} | {spent / 1000:.2f} | {database / 1000:.2f} |")
    print(f"| smtp-source: the messages alone | {median(source):,.0f} | – | – |")
    print(f"| pgbench: claim and finish alone | {median(ceiling):,.0f} | – | – |")
    rate = median(each[0] for each in ours[0])
    print(f"\na message, new connection each: {rate / median(source):.2f} of smtp-source, "
          f"{rate / median(ceiling):.2f} of pgbench")
    transactions, log = (median(each[n] for each in ours[0]) for n in (3, 4))
    print(f"a message writes {transactions:.2f} transactions, {log / 1024:.1f} KiB of write-ahead "
          "log; a job of pgbench 2 transactions and no message or result")
    print(f"one at a time, click to record: p50 {half:.1f} ms, p99 {last:.1f} ms; "
          f"the conversation's p50 {relay:.0f} ms of that")
    print(f"the same while 3 tests of another tenant wait for a silent relay: p50 {beside_half:.1f} ms, "
          f"p99 {beside_last:.1f} ms\n")
    bench.verdict("click to record: p50 at most 5 ms and the relay's time", half - relay <= 5,
                  f"{half - relay:.1f} ms and {relay:.0f}")
    bench.verdict("beside a silent relay: p99 within 20 %", beside_last <= 1.2 * last,
                  f"{beside_last / last:.2f} times")


if __name__ == "__main__":
    main()
