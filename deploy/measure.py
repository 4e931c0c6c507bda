"""Measures a release build against nginx and pgbench; started by deploy/bench.

Every figure comes from one run of interleaved rounds on one machine; medians are shown. CPU is the
time that the server's own processes took, from /proc, divided by the requests that were answered.
"""

import argparse
import atexit
import http.cookiejar
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TICK = 1_000_000 / os.sysconf("SC_CLK_TCK")
CONNECTIONS = 64
TIME_LIMIT = 600
NGINX = """
daemon off; master_process on; worker_processes 2; pid {scratch}/nginx.pid;
error_log {scratch}/nginx.log; {user}
events {{ worker_connections 1024; }}
http {{
    access_log off; sendfile on; keepalive_timeout 75; keepalive_requests 100000000;
    client_body_temp_path {scratch}/body; proxy_temp_path {scratch}/proxy;
    fastcgi_temp_path {scratch}/fastcgi; uwsgi_temp_path {scratch}/uwsgi;
    scgi_temp_path {scratch}/scgi;
    server {{
        listen 127.0.0.1:{port}; root {scratch}/static;
        location = /text {{ default_type text/plain; }}
        location = /page {{ default_type text/html; }}
    }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tree(pid):
    """The process and its descendants."""
    found = [pid]
    for parent in found:
        try:
            with open(f"/proc/{parent}/task/{parent}/children") as file:
                found += [int(child) for child in file.read().split()]
        except OSError:
            continue
    return found


def cpu(pid):
    """Microseconds of CPU that a process tree has taken, with its ended children."""
    total = 0
    for each in tree(pid):
        try:
            with open(f"/proc/{each}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(field) for field in fields[11:15])
    return total * TICK


def resident(pid):
    """Memory of one process in MiB: proportional, or resident where only root may see more.

    The product forbids others to trace it, and so to read its map.
    """
    try:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            found = re.search(r"^Pss:\s+(\d+) kB", file.read(), re.M)
    except PermissionError:
        with open(f"/proc/{pid}/status") as file:
            found = re.search(r"^VmRSS:\s+(\d+) kB", file.read(), re.M)
    return int(found.group(1)) / 1024


class Bench:
    def __init__(self, built, seconds, rounds):
        self.built, self.seconds, self.rounds = built, seconds, rounds
        self.children, self.results = [], {}
        self.scratch = tempfile.mkdtemp(prefix="sendproof-bench-", dir="/var/tmp")
        os.chmod(self.scratch, 0o711)
        atexit.register(self.clean)

    def clean(self):
        for child in reversed(self.children):
            if child.poll() is None:
                child.terminate()
        for child in self.children:
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                child.kill()
        subprocess.run([f"{ROOT}/deploy/cluster", "stop", f"{self.scratch}/postgres"], check=False)
        shutil.rmtree(self.scratch, ignore_errors=True)

    def start(self, *command, **options):
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, **options)
        self.children.append(child)
        return child

    def run(self, *command, **options):
        return subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=120, **options
        ).stdout

    def answers(self, url, within=20):
        """Waits until a page is served; nothing is slept away while it is not."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(url, timeout=2) as answer:
                    answer.read()
                    return
            except urllib.error.HTTPError:
                raise
            except OSError:
                time.sleep(0.001)
        sys.exit(f"bench: nothing answers at {url}")

    # What is measured

    def start_memory_servers(self):
        static = f"{self.scratch}/static"
        os.mkdir(static, 0o755)
        for name, content in (("text", "Hello, world!"), ("page", "x" * 8192)):
            with open(f"{static}/{name}", "w") as file:
                file.write(content)
            os.chmod(f"{static}/{name}", 0o644)
        ours, theirs = free_port(), free_port()
        configuration = f"{self.scratch}/nginx.conf"
        user = "user root;" if os.geteuid() == 0 else ""
        with open(configuration, "w") as file:
            file.write(NGINX.format(scratch=self.scratch, port=theirs, user=user))
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        server = self.start(f"{self.built}/BenchServer", str(ours), "2", **quiet)
        nginx = self.start(
            shutil.which("nginx") or "/usr/sbin/nginx", "-c", configuration, "-p", self.scratch,
            **quiet,
        )
        self.memory = {"ours": (server.pid, ours), "nginx": (nginx.pid, theirs)}
        for _, port in self.memory.values():
            self.answers(f"http://127.0.0.1:{port}/text")

    def start_database(self):
        lines = self.run(f"{ROOT}/deploy/cluster", "start", f"{self.scratch}/postgres")
        roles = dict(line.split("=", 1) for line in lines.splitlines())
        self.owner = roles["owner"]
        self.database_socket = re.search(r"host=(\S+)", self.owner).group(1)
        self.port = free_port()
        keys = f"{self.scratch}/master-keys"
        self.environment = {
            **os.environ,
            "SENDPROOF_ROOT": ROOT,
            "SENDPROOF_LISTEN": f"127.0.0.1:{self.port}",
            "SENDPROOF_MASTER_KEYS_FILE": keys,
            "SENDPROOF_CAPTURE_ADDRESS": f"127.0.0.1:{free_port()}",
            "DATABASE_URL": roles["app"],
            "MIGRATION_DATABASE_URL": self.owner,
        }
        program = f"{self.built}/sendproof"
        self.run(program, "keys", "generate", keys)
        self.run(program, "migrate", env=self.environment)

    def start_product(self):
        self.start_database()
        program, url = f"{self.built}/sendproof", f"http://127.0.0.1:{self.port}"
        people = f"{self.scratch}/demo.json"
        self.run(program, "demo", "--address", url, "--file", people, env=self.environment)
        self.first_pages = []
        for last in (False, False, True):
            product, taken = self.first_page(program, url)
            self.first_pages.append(taken)
            if not last:
                product.terminate()
                product.wait(20)
        self.product = product
        self.at_rest = resident(product.pid)
        with open(people) as file:
            self.sign_in(url, json.load(file)["people"])

    def first_page(self, program, url):
        began = time.monotonic()
        with open(f"{self.scratch}/serve.log", "a") as log:
            product = self.start(program, "serve", env=self.environment, stdout=log, stderr=log)
        self.answers(f"{url}/login")
        return product, (time.monotonic() - began) * 1000

    def sign_in(self, url, people):
        person = next(
            each for each in people
            if each["tenant"] == "borealis" and each["role"] == "administrator"
        )
        jar = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

        def form_token(path):
            page = browser.open(url + path, timeout=10).read().decode()
            return re.search(r'name="csrf" value="([^"]+)"', page).group(1)

        def submit(path, fields):
            fields["csrf"] = form_token(path)
            body = urllib.parse.urlencode(fields).encode()
            return browser.open(url + path, body, timeout=10).geturl()

        submit("/login", {"email": person["email"], "password": person["password"], "next": "/"})
        made = submit("/t/borealis/email/profiles/new", {
            "name": "Bench", "description": "Measured", "fromAddress": "bench@borealis.example",
            "fromName": "Borealis Bench", "host": "mail.borealis.example", "port": "587",
            "tls": "startTLS", "verifyCertificate": "on", "timeoutSeconds": "30",
            "authentication": "plain", "usernameAction": "replace", "username": "bench",
            "passwordAction": "replace", "password": "measured-and-thrown-away",
            "passwordConfirm": "measured-and-thrown-away", "action": "save",
        })
        self.cookie = "; ".join(f"{each.name}={each.value}" for each in jar)
        view = made.split("?")[0]
        if not re.search(r"/profiles/[0-9a-f-]{36}$", view):
            sys.exit(f"bench: the profile was not made, the form led to {made}")
        self.pages = {"view": view, "edit": f"{view}/edit"}

    def prepare_select(self):
        self.run(
            "psql", "-X", "-q", self.owner, "-c",
            "CREATE TABLE bench_rows (id int PRIMARY KEY, value text NOT NULL);"
            "INSERT INTO bench_rows SELECT n, md5(n::text) FROM generate_series(1, 100000) n;",
        )
        self.select = f"{self.scratch}/select.sql"
        with open(self.select, "w") as file:
            file.write("\\set n random(1, 100000)\nSELECT value FROM bench_rows WHERE id = :n;\n")

    # Rounds

    def load(self, pid, url, cookie=None):
        """Requests per second and CPU microseconds per request under wrk."""
        command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{self.seconds}s"]
        if cookie:
            command += ["-H", f"Cookie: {cookie}"]
        before = cpu(pid)
        report = self.run(*command, url)
        spent = cpu(pid) - before
        if "Non-2xx" in report:
            sys.exit(f"bench: {url} answered with errors\n{report}")
        requests = int(re.search(r"(\d+) requests in", report).group(1))
        rate = float(re.search(r"Requests/sec:\s+([\d.]+)", report).group(1))
        return rate, spent / max(requests, 1)

    def keep(self, name, rate, spent):
        self.results.setdefault(name, []).append((rate, spent))

    def round(self):
        for path in ("text", "page"):
            for who, (pid, port) in self.memory.items():
                self.keep(f"{path} {who}", *self.load(pid, f"http://127.0.0.1:{port}/{path}"))
        report = self.run(f"{self.built}/BenchServer", "template", "4000")
        spent = float(re.search(r"microseconds ([\d.]+)", report).group(1))
        self.template_bytes = int(re.search(r"bytes (\d+)", report).group(1))
        self.keep("template", 1_000_000 / spent, spent)
        for name, url in self.pages.items():
            self.keep(f"profile {name}", *self.load(self.product.pid, url, self.cookie))
        report = self.run(
            "pgbench", "-n", "-M", "prepared", "-f", self.select, "-c", "16", "-j", "2",
            "-T", str(self.seconds), "-h", self.database_socket, "-U", "sendproof_owner",
            "sendproof",
        )
        self.keep("select", float(re.search(r"tps = ([\d.]+)", report).group(1)), 0)

    # The report

    def median(self, name, index):
        return statistics.median(result[index] for result in self.results[name])

    def report(self):
        rows = [
            ("13-byte text, Sendproof's server", "text ours"),
            ("13-byte text, nginx static, 2 workers", "text nginx"),
            ("8 KB page, Sendproof's server", "page ours"),
            ("8 KB page, nginx static, 2 workers", "page nginx"),
            (f"template: 40 fields, 20 rows, {self.template_bytes} bytes", "template"),
            ("signed-in profile page, view", "profile view"),
            ("signed-in profile page, edit form", "profile edit"),
            ("pgbench: one indexed select, prepared, 16 clients", "select"),
        ]
        print(f"\n| what (median of {self.rounds} rounds) | per second | CPU µs each |")
        print("| --- | ---: | ---: |")
        for label, name in rows:
            spent = self.median(name, 1)
            print(f"| {label} | {self.median(name, 0):,.0f} | {f'{spent:.1f}' if spent else '–'} |")
        print(f"| memory at rest after one page, MiB (PSS) | {self.at_rest:.1f} | |")
        times = ", ".join(f"{taken:.0f}" for taken in self.first_pages)
        print(f"| start to first page, ms, three starts | {times} | |")
        selects = self.median("select", 0)
        for name in ("view", "edit"):
            share = self.median(f"profile {name}", 0) / selects
            print(f"\nprofile {name} page: {share:.2f} of the select rate", end="")
        print("\n")
        self.verdicts()

    def verdicts(self):
        for path, label in (("text", "13-byte text"), ("page", "8 KB page")):
            ratio = self.median(f"{path} ours", 1) / self.median(f"{path} nginx", 1)
            self.verdict(f"{label}: CPU at most nginx's", ratio <= 1, f"{ratio:.2f} times nginx's")
        spent = self.median("profile edit", 1) / 1000
        self.verdict("settings page: at most 0.24 ms CPU", spent <= 0.24, f"{spent:.3f} ms")
        self.verdict("at rest: at most 30 MiB", self.at_rest <= 30, f"{self.at_rest:.1f} MiB")
        taken = statistics.median(self.first_pages)
        self.verdict("first page: at most 100 ms", taken <= 100, f"{taken:.0f} ms")

    @staticmethod
    def verdict(goal, met, figure):
        print(f"{'met   ' if met else 'MISSED'}  {goal}  ({figure})")


def machine():
    with open("/proc/cpuinfo") as file:
        model = re.search(r"^model name\s*:\s*(.+)$", file.read(), re.M)
    cores = os.cpu_count()
    load = os.getloadavg()[0]
    print(time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()))
    print(f"{model.group(1) if model else os.uname().machine}, {cores} cores, {os.uname().release}")
    print(f"load average at the start: {load:.2f}")
    if load > 0.5 * cores:
        print("The machine is busy: compare the rows with each other, not with another run.")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--built", required=True)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
        signal.signal(number, lambda caught, _: sys.exit(f"bench: ended by signal {caught}"))
    signal.alarm(TIME_LIMIT)
    machine()
    bench = Bench(options.built, min(options.seconds, 30), max(1, min(options.rounds, 10)))
    bench.start_memory_servers()
    bench.start_product()
    bench.prepare_select()
    for number in range(bench.rounds):
        print(f"round {number + 1} of {bench.rounds} ...", flush=True)
        bench.round()
    bench.report()


if __name__ == "__main__":
    main()
