"""A person at the console: signs in, fills forms, reads pages, in real Chromium."""
import contextlib
import json
import os
import pathlib

from playwright.sync_api import expect, sync_playwright

DEMO = json.loads(pathlib.Path(os.environ["SENDPROOF_DEMO"]).read_text())
ADDRESS = DEMO["address"]
SHOTS = pathlib.Path(os.environ.get("SENDPROOF_SHOTS", "/tmp/sendproof-shots"))
WIDTHS = {"wide": 1280, "narrow": 390}


def person(role, tenant=""):
    """The demo's person with this role, in this tenant."""
    for one in DEMO["people"]:
        if one["role"] == role and one["tenant"] == tenant:
            return one
    raise LookupError(f"nobody is {role} of {tenant!r}")


@contextlib.contextmanager
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        try:
            yield chromium
        finally:
            chromium.close()


class Console:
    """One browser window of one person; collects what must never happen."""

    def __init__(self, chromium, script=True, width="wide", scheme="light"):
        self.context = chromium.new_context(
            java_script_enabled=script, color_scheme=scheme,
            viewport={"width": WIDTHS[width], "height": 900})
        self.context.set_default_timeout(10_000)
        self.page = self.context.new_page()
        self.script = script
        self.problems = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", self._heard)

    def _heard(self, message):
        if message.type == "error" and "status of" not in message.text:
            self.problems.append(message.text)

    def close(self):
        self.context.close()
        assert not self.problems, self.problems

    def open(self, path):
        return self.page.goto(ADDRESS + path)

    def sign_in(self, someone):
        self.open("/login")
        self.page.fill("#email", someone["email"])
        self.page.fill("#password", someone["password"])
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        return self

    def tab(self, title):
        """Opens a tab of a long form; without script they are all open."""
        if self.script:
            self.page.get_by_role("tab", name=title).click()

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def heading(self):
        return self.page.locator("h1").inner_text()

    def wait_for_test(self):
        """Waits on the test's page until it has ended; without script by refreshing."""
        outcome = self.page.locator("#outcome")
        if self.script:
            expect(outcome.get_by_text("Download", exact=False).first).to_be_visible()
        else:
            for _ in range(40):
                if outcome.get_by_text("Download", exact=False).count():
                    break
                self.page.wait_for_timeout(250)
                self.page.reload()
        return outcome.inner_text()

    def shot(self, name):
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
