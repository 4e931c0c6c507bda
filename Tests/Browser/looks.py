"""Every page at two widths, light and dark: accessibility, sideways scroll, one h1; screenshots."""
import os
import pathlib
import re
import shutil
import sys

from axe_playwright_python.sync_playwright import Axe

from console import SHOTS, Console, browser, person

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}


# Sections of the profile's form, each a tab of its own.
TABS = ["server", "message", "certificates", "smime", "oauth", "firewall", "logging"]


def last_test(console, log):
    """The newest finished test in a log."""
    console.open(log)
    return console.page.locator("tbody a").first.get_attribute("href")


def first_profile(console):
    console.open("/t/borealis/email")
    href = re.compile(r"/email/profiles/[0-9a-f-]{36}$")
    for link in console.page.locator("main a").all():
        if href.search(link.get_attribute("href") or ""):
            return link.get_attribute("href")
    raise LookupError("there is no profile")


def first_of(console, list):
    """The first certificate, secret or provider of the list, which the stories have made."""
    console.open(list)
    return console.page.locator("tbody a").first.get_attribute("href")


def pages(chromium):
    """Who looks at which pages."""
    ada, otto = person("administrator", "acme"), person("administrator", "borealis")
    scout = Console(chromium).sign_in(otto)
    profile, test = first_profile(scout), last_test(scout, "/t/borealis/tests")
    certificate = first_of(scout, "/t/borealis/certificates")
    secret = first_of(scout, "/t/borealis/secrets")
    provider = first_of(scout, "/t/borealis/providers")
    delivery = first_of(scout, "/t/borealis/deliveries")
    scout.close()
    scout = Console(chromium).sign_in(ada)
    cloud_test = last_test(scout, "/t/acme/tests")
    scout.open("/capture")
    message = scout.page.locator("main a").first.get_attribute("href")
    scout.close()
    return [
        (None, {"login": "/login", "signed-out": "/logout"}),
        (ada, {
            "overview-cloud": "/t/acme", "branding": "/t/acme/email",
            "branding-edit": "/t/acme/email/branding/edit", "test-cloud": cloud_test,
            "search": "/t/acme/search?q=email", "account": "/account", "inbox": "/capture",
            "message": message, "missing": "/t/acme/nothing",
            "deliveries-empty": "/t/acme/deliveries"}),
        (otto, {
            "overview-premises": "/t/borealis", "profiles": "/t/borealis/email",
            "profile": profile, "profile-edit": profile + "/edit",
            **{f"profile-edit-{tab}": f"{profile}/edit#{tab}" for tab in TABS},
            "profile-history": profile + "/versions", "profile-version": profile + "/versions/1",
            "profile-import": "/t/borealis/email/profiles/import", "profile-log": profile + "/log",
            "profile-new": "/t/borealis/email/profiles/new", "tests": "/t/borealis/tests",
            "certificates": "/t/borealis/certificates", "certificate": certificate,
            "certificate-request": "/t/borealis/certificates/request",
            "certificate-add": "/t/borealis/certificates/add",
            "certificate-install": certificate + "/install",
            "certificate-delete": certificate + "/delete",
            "secrets": "/t/borealis/secrets", "secret": secret,
            "secret-kinds": "/t/borealis/secrets/new",
            "secret-application": "/t/borealis/secrets/new?kind=microsoftApplication",
            "secret-password": "/t/borealis/secrets/new?kind=password",
            "secret-edit": secret + "/edit", "secret-replace": secret + "/replace",
            "secret-delete": secret + "/delete",
            "providers": "/t/borealis/providers", "provider": provider,
            "provider-kinds": "/t/borealis/providers/new",
            "provider-new": "/t/borealis/providers/new?kind=hashiCorpVault",
            "provider-edit": provider + "/edit", "provider-delete": provider + "/delete",
            "provider-entry": provider + "/entries/new",
            "expirations": "/t/borealis/expirations",
            "deliveries": "/t/borealis/deliveries", "delivery": delivery,
            "delivery-cancel": delivery + "/cancel",
            "test": test, "audit": "/t/borealis/audit"}),
        (person("support"), {"home-support": "/", "support-tests": "/support/tests"}),
    ]


def look(console, name, path, findings):
    # With another hash alone the page before would stay.
    console.page.goto("about:blank")
    console.open(path)
    console.shot(name)
    page = console.page
    if page.locator("h1").count() != 1:
        findings.append(f"{name}: {page.locator('h1').count()} h1")
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        findings.append(f"{name}: scrolls sideways")
    for violation in Axe().run(page, options=RULES).response["violations"]:
        for node in violation["nodes"]:
            findings.append(f"{name}: {violation['id']} at {' '.join(map(str, node['target']))}")


def main():
    findings, count = [], 0
    with browser() as chromium:
        for someone, looked_at in pages(chromium):
            for width in ["wide", "narrow"]:
                for scheme in ["light", "dark"]:
                    console = Console(chromium, width=width, scheme=scheme)
                    if someone:
                        console.sign_in(someone)
                    for name, path in looked_at.items():
                        look(console, f"{name}-{width}-{scheme}", path, findings)
                        count += 1
                    # The accessibility checker itself adds a style, which the policy refuses.
                    console.problems = [p for p in console.problems if "style" not in p]
                    console.close()
        # All tabs at once, as without script; the checker itself needs one.
        for width in ["wide", "narrow"]:
            console = Console(chromium, width=width)
            console.page.route("**/*.js", lambda route: route.abort())
            console.sign_in(person("administrator", "borealis"))
            profile = first_profile(console)
            for name, path in {"profile": profile, "profile-edit": profile + "/edit"}.items():
                look(console, f"{name}-{width}-plain", path, findings)
                count += 1
            console.problems = []
            console.close()
    picture = os.environ.get("SENDPROOF_README_PICTURE")
    if picture:
        shutil.copy(SHOTS / "test-wide-light.png", pathlib.Path(picture))
    print("\n".join(findings))
    print(f"{count} looks at pages, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
