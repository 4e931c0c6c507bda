"""Relays on loopback for `deploy/bench jobs`: TLS in front of a plain sink, and a real Postfix."""

import atexit
import os
import socket
import subprocess
import time

import measure

USERNAME, PASSWORD = "relay@example.test", "s3cret"
NGINX = """
daemon off; master_process on; worker_processes 1; pid {folder}/nginx.pid;
error_log {folder}/nginx.log; {user}
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
events {{ worker_connections 1024; }}
stream {{
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/relay.pem; ssl_certificate_key {folder}/relay.key;
        proxy_pass 127.0.0.1:{sink};
    }}
}}
"""
MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = relay.test
mydestination =
local_transport = discard:
default_transport = discard:
relay_transport = discard:
alias_maps =
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
smtpd_tls_cert_file = {folder}/relay.pem
smtpd_tls_key_file = {folder}/relay.key
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {folder}/auth
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
smtpd_client_message_rate_limit = 0
default_process_limit = 50
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
discard unix - - n - - discard
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols =
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain
auth_failure_delay = 0 secs
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid=65534 gid=65534 home=/nonexistent
}}
service auth {{
  unix_listener {folder}/auth {{
    mode = 0666
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def certificate(bench, folder):
    os.makedirs(folder, exist_ok=True)
    os.chmod(folder, 0o755)
    bench.run(
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-keyout", f"{folder}/relay.key", "-out", f"{folder}/relay.pem", "-days", "2", "-subj",
        "/CN=relay.test",
    )


def behind_tls(bench, sink):
    """nginx's TLS in front of a plain sink; the port."""
    folder, port = f"{bench.scratch}/tls", measure.free_port()
    certificate(bench, folder)
    user = "user root;" if os.geteuid() == 0 else ""
    write(f"{folder}/nginx.conf", NGINX.format(folder=folder, port=port, sink=sink, user=user))
    bench.start(
        "nginx", "-c", f"{folder}/nginx.conf", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    listens(port)
    return port


def postfix(bench):
    """A Postfix of its own that asks Dovecot who may send, and throws away what it took; the words
    that tell BenchServer how to reach it. Needs root."""
    folder, port = f"{bench.scratch}/postfix", measure.free_port()
    certificate(bench, folder)
    for name in ("etc", "queue", "data", "run", "state"):
        os.mkdir(f"{folder}/{name}", 0o755)
    subprocess.run(["chown", "postfix", f"{folder}/data"], check=True)
    write(f"{folder}/users", f"{USERNAME}:{{PLAIN}}{PASSWORD}\n")
    write(f"{folder}/dovecot.conf", DOVECOT.format(folder=folder))
    write(f"{folder}/etc/main.cf", MAIN.format(folder=folder))
    write(f"{folder}/etc/master.cf", MASTER.format(port=port))
    bench.start("dovecot", "-F", "-c", f"{folder}/dovecot.conf", stderr=subprocess.DEVNULL)
    quiet = {"check": False, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    atexit.register(subprocess.run, ["postfix", "-c", f"{folder}/etc", "stop"], **quiet)
    subprocess.run(["postfix", "-c", f"{folder}/etc", "start"], **quiet)
    listens(port)
    return [port, "implicit", USERNAME, PASSWORD]


def listens(port, within=20):

    end = time.monotonic() + within
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), 2).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.01)
