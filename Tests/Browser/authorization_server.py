"""An authorization server and a relay that takes its tokens, both on loopback, for one story."""
import base64
import hashlib
import http.server
import json
import socketserver
import threading
import urllib.parse

CODE_PAGE = """<!DOCTYPE html><html lang="en"><title>Stub</title><h1>Stub sign-in</h1>
<p>May Sendproof send mail for you?</p><a href="/agree?{query}">Agree</a> <a href="/refuse?{query}">Refuse</a></html>"""


class AuthorizationServer(http.server.ThreadingHTTPServer):
    """RFC 6749 with RFC 7636 and RFC 9207: a page to agree on, and the token endpoint."""
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.challenges, self.tokens, self.grants = {}, [], []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def token(self, form):
        """The answer to a token request: its status and JSON."""
        self.grants.append(form["grant_type"])
        if form.get("client_secret") != "the client's secret":
            return 401, {"error": "invalid_client"}
        if form["grant_type"] == "authorization_code":
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if self.challenges.pop(form["code"], None) != challenge:
                return 400, {"error": "invalid_grant"}
        self.tokens.append(f"access-{len(self.tokens)}")
        return 200, {"token_type": "Bearer", "access_token": self.tokens[-1], "expires_in": 3600,
                     "refresh_token": "the-refresh-token"}


class Answers(http.server.BaseHTTPRequestHandler):
    def log_message(self, *words):
        pass

    def send(self, status, head, body=b""):
        self.send_response(status)
        for name, value in head.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        place = urllib.parse.urlsplit(self.path)
        asked = dict(urllib.parse.parse_qsl(place.query))
        if place.path == "/authorize":
            page = CODE_PAGE.format(query=place.query.replace("&", "&amp;")).encode()
            return self.send(200, {"Content-Type": "text/html; charset=utf-8"}, page)
        if place.path not in ("/agree", "/refuse"):
            return self.send(404, {})
        answer = {"state": asked["state"], "iss": self.server.url}
        if place.path == "/agree":
            answer["code"] = f"code-{len(self.server.challenges)}"
            self.server.challenges[answer["code"]] = asked["code_challenge"]
        else:
            answer |= {"error": "access_denied", "error_description": "The person said no."}
        to = asked["redirect_uri"] + "?" + urllib.parse.urlencode(answer)
        return self.send(302, {"Location": to})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        status, answer = self.server.token(dict(urllib.parse.parse_qsl(body)))
        self.send(status, {"Content-Type": "application/json"}, json.dumps(answer).encode())


class TokenRelay(socketserver.ThreadingTCPServer):
    """A relay that signs in whoever has the server's last token, by XOAUTH2."""
    daemon_threads = True

    def __init__(self, tokens):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.port = self.server_address[1]
        self.tokens, self.accepted = tokens, []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Conversation(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        self.say("220 relay.test ESMTP")
        for line in self.rfile:
            words = line.decode().split()
            match words[0].upper() if words else "":
                case "EHLO":
                    self.say("250-relay.test")
                    self.say("250 AUTH XOAUTH2")
                case "AUTH":
                    said = base64.b64decode(words[2]).decode()
                    token = self.server.tokens[-1]
                    if said == f"user=otto@borealis.example\1auth=Bearer {token}\1\1":
                        self.server.accepted.append(token)
                        self.say("235 2.7.0 welcome")
                    else:
                        self.say("535 5.7.8 no")
                case "QUIT":
                    return self.say("221 2.0.0 bye")
                case _:
                    self.say("502 5.5.1 no")
