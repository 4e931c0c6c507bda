"""The API of HashiCorp Vault on loopback over TLS, as far as the stories ask for it."""
import http.server
import json
import pathlib
import ssl
import subprocess
import tempfile
import threading

TOKEN = "hvs.token-of-the-story"
VALUE = "Value-in-the-vault-9"


class Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/v1/sys/health":
            return self.answer(200, {"initialized": True, "sealed": False, "version": "1.19.0"})
        if self.headers["X-Vault-Token"] != TOKEN:
            return self.answer(403, {"errors": ["permission denied"]})
        metadata = {"version": 3, "created_time": "2026-11-21T10:00:00Z", "deletion_time": "",
                    "destroyed": False}
        known = {
            "/v1/auth/token/lookup-self": {"policies": ["default", "mail"], "ttl": 864_000},
            "/v1/secret/data/mail/relay": {
                "data": {"username": "relay", "password": VALUE}, "metadata": metadata},
            "/v1/secret/subkeys/mail/relay": {
                "subkeys": {"username": None, "password": None}, "metadata": metadata},
        }
        if path in known:
            return self.answer(200, {"data": known[path]})
        return self.answer(404, {"errors": []})

    def answer(self, status, json_object):
        body = json.dumps(json_object).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


class Vault(http.server.ThreadingHTTPServer):
    """Listens with a certificate for 127.0.0.1 by an authority of its own: `authority`, in PEM."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        with tempfile.TemporaryDirectory() as folder:
            self._certify(pathlib.Path(folder))
        self.url = f"https://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def _certify(self, folder):
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

        def openssl(*words):
            subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

        openssl("req", "-x509", *key, "-days", "90", "-keyout", "ca.key", "-out", "ca.pem",
                "-subj", "/CN=Vault authority")
        openssl("req", *key, "-keyout", "own.key", "-out", "own.csr", "-subj", "/CN=vault",
                "-addext", "subjectAltName=IP:127.0.0.1")
        openssl("x509", "-req", "-in", "own.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", "-days", "90", "-copy_extensions", "copy", "-out", "own.pem")
        self.authority = (folder / "ca.pem").read_text()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "own.pem", folder / "own.key")
        self.socket = context.wrap_socket(self.socket, server_side=True)
