"""The stories of the people who use the product, end to end in real Chromium."""
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.parse
import urllib.request

from playwright.sync_api import expect

from authorization_server import AuthorizationServer, TokenRelay
from console import ADDRESS, DEMO, Console, browser, person
from vault import TOKEN, VALUE, Vault

CAPTURE = DEMO["capture"]


def cloud_administrator(chromium, script=True):
    """Finds Email by the search, edits the From branding, tests it unsaved, saves, undoes."""
    ada = person("administrator", "acme")
    console = Console(chromium, script=script).sign_in(ada)
    page = console.page
    page.get_by_role("searchbox").first.fill("email")
    page.get_by_role("searchbox").first.press("Enter")
    page.locator("main").get_by_role("link", name="Email", exact=True).click()
    page.get_by_role("link", name=re.compile("^Edit")).first.click()
    console.press("Undo changes")  # What an earlier run left unsaved.
    stamp = str(int(time.time() * 1000))
    sender = f"no-reply-{stamp}@acme.example"
    page.fill("#fromAddress", sender)
    page.fill("#fromName", "Grüße, Acme 🚀")
    page.fill("#recipient", "ada@acme.example")
    console.press("Send test email")
    text = console.wait_for_test()
    assert "Accepted by server" in text, text
    assert "delivered" not in text.replace("does not mean delivered", ""), text
    assert CAPTURE["host"] + ":" + str(CAPTURE["port"]) not in page.content(), "the relay shows"
    page.get_by_role("link", name="Back to the form with these values").click()
    expect(page.locator("#fromAddress")).to_have_value(sender)
    console.press("Save")
    expect(page.get_by_text("Saved. Your next email uses these values.")).to_be_visible()
    assert sender in page.locator("main").inner_text()
    assert "exactly these values" in page.locator("main").inner_text()

    page.get_by_role("link", name=re.compile("^Edit")).first.click()
    page.fill("#fromAddress", "nonsense")
    console.press("Save")
    assert page.title().startswith("Error: "), page.title()
    expect(page.locator("#fromAddress")).to_have_value("nonsense")
    console.press("Undo changes")
    expect(page.locator("#fromAddress")).to_have_value(sender)
    page.get_by_role("link", name="Cancel").click()
    expect(page.locator("h1")).to_have_text("Email")

    console.open("/capture")
    page.get_by_role("link", name=re.compile("Sendproof test email")).first.click()
    headers = page.locator("main").inner_text()
    assert sender in headers, headers
    assert "Grüße, Acme 🚀" in headers, headers
    console.close()


def premises_administrator(chromium, script=True):
    """Makes a profile, tests connection and message unsaved, saves, activates."""
    otto = person("administrator", "borealis")
    console = Console(chromium, script=script).sign_in(otto)
    page = console.page
    name = f"Main relay {int(time.time() * 1000)}"
    console.open("/t/borealis/email/profiles/new")
    console.press("Undo changes")  # What an earlier run left unsaved.
    page.fill("#name", name)
    page.fill("#fromAddress", "otto@borealis.example")
    page.fill("#fromName", "Borealis Works")
    console.tab("Outgoing server")
    page.fill("#host", CAPTURE["host"])
    page.check("input[name=tls][value=startTLS]")
    page.fill("#port", str(CAPTURE["port"]))
    page.select_option("#authentication", "plain")
    page.fill("#usernameValue", "otto")
    page.fill("#passwordValue", "wrong")
    page.fill("#passwordConfirm", "wrong")
    console.press("Test connection")
    text = console.wait_for_test()
    assert "tls.selfSigned" in text, text
    page.get_by_role("link", name="Back to the form with these values").click()
    expect(page.locator("#name")).to_have_value(name)
    console.tab("TLS and certificates")
    page.uncheck("#verifyCertificate")
    console.press("Test connection")
    # The certificate is no longer verified, so the typed credentials may not go there unasked.
    assert page.title().startswith("Error: "), page.title()
    page.fill("#usernameValue", "otto")
    page.fill("#passwordValue", "wrong")
    page.fill("#passwordConfirm", "wrong")
    console.press("Test connection")
    text = console.wait_for_test()
    assert "smtp.authentication.rejected" in text, text
    assert "Who can fix it" in page.locator("main").inner_text()
    page.get_by_role("link", name="Back to the form with these values").click()
    console.tab("Outgoing server")
    page.locator("input[name=passwordAction][value=replace]").check()
    page.fill("#passwordValue", "correct horse battery")
    page.fill("#passwordConfirm", "correct horse battery")
    page.fill("#recipient", "otto@borealis.example")
    console.press("Send test email")
    text = console.wait_for_test()
    assert "Accepted by server" in text, text
    page.get_by_role("link", name="Back to the form with these values").click()
    console.press("Save")
    expect(page.locator("h1")).to_contain_text(name)
    main = page.locator("main").inner_text()
    assert "exactly these values" in main, main
    assert "correct horse" not in page.content()
    page.get_by_role("link", name=re.compile("^Activate")).click()
    console.press("Activate")
    expect(page.get_by_text("Activated. Email now goes out through this profile.")).to_be_visible()
    console.open("/t/borealis")
    assert "Email is working" in page.locator("main").inner_text()
    console.close()


# A field of each tab: how it is filled, and what it then has; what is wrong in it, and its error.
TABS = {
    "General": ("#description", "Described", "d" * 501),
    "Outgoing server": ("#heloName", "app.borealis.example", "two words"),
    "Message": ("#replyTo", "help@borealis.example", "nobody"),
    "TLS and certificates": ("#pinnedKey", "ab" * 32, "short"),
    "OAuth2": ("#scope", "one two", 'a"b'),
    "Firewall": ("#firewallHost", "proxy.example", "two words"),
    "Logging": ("#logFileName", "mail.txt", "../mail.txt"),
}


def profile_tabs(chromium, script=True):
    """Walks each tab: wrong input, filled, undone, filled again, tested, saved, a conflict."""
    otto = person("administrator", "borealis")
    console = Console(chromium, script=script).sign_in(otto)
    page = console.page
    name = f"Tabs {int(time.time() * 1000)}"
    console.open("/t/borealis/email/profiles/new")
    console.press("Undo changes")
    page.fill("#name", name)
    page.fill("#fromAddress", "otto@borealis.example")
    console.tab("Outgoing server")
    page.fill("#host", CAPTURE["host"])
    page.fill("#port", str(CAPTURE["port"]))
    page.select_option("#authentication", "xoauth2")
    page.fill("#usernameValue", "otto")
    page.fill("#passwordValue", "a token for nobody")
    page.fill("#passwordConfirm", "a token for nobody")
    console.press("Save")
    expect(page.locator("h1")).to_contain_text(name)
    profile = urllib.parse.urlsplit(page.url).path
    for tab, (field, good, wrong) in TABS.items():
        console.open(profile + "/edit")
        if tab == "Firewall":
            console.tab("Firewall")
            page.check("#firewallType-socks5")
        if tab == "Logging":
            console.tab("Logging")
            page.check("#fileLog")
        console.tab(tab)
        page.fill(field, wrong)
        console.press("Save")
        assert page.title().startswith("Error: "), (tab, page.title())
        expect(page.locator(field)).to_be_visible()
        expect(page.locator(field)).to_have_value(wrong)
        expect(page.locator(field + "-error")).to_be_visible()
        console.press("Undo changes")
        console.tab(tab)
        if page.locator(field).is_visible():
            assert page.locator(field).input_value() != wrong, tab
        if tab == "Firewall":
            continue  # A proxy that is not there would fail the test below.
        if tab == "Logging":
            page.check("#fileLog")
        page.fill(field, good)
        if tab == "TLS and certificates":
            continue  # A pin that the relay has not would fail the test below.
        console.press("Save")
        expect(page.locator("h1")).to_contain_text(name)
        console.open(profile + "/edit")
        console.tab(tab)
        expect(page.locator(field)).to_have_value(good)
    console.open(profile + "/edit")
    console.tab("S/MIME")
    page.check("#signEnabled")
    console.press("Save")
    assert page.title().startswith("Error: "), page.title()
    expect(page.locator("#signCertificate-error")).to_be_visible()
    page.select_option("#signCertificate", index=1)
    page.select_option("#signDigest", "sha512")
    console.press("Verify signing")
    expect(page.get_by_text("The sample was signed", exact=True)).to_be_visible()
    console.press("Undo changes")
    console.tab("S/MIME")
    expect(page.locator("#signEnabled")).not_to_be_checked()
    page.check("#signEnabled")
    page.select_option("#signCertificate", index=1)
    console.press("Save")
    expect(page.get_by_text("Changed: Sign emails, Signing certificate.")).to_be_visible()
    console.open(profile + "/edit")
    console.press("Undo changes")
    console.tab("Message")
    page.fill("#organization", "Typed and not saved")
    console.press("Test connection")
    text = console.wait_for_test()
    assert "tls.selfSigned" in text, text
    page.get_by_role("link", name="Back to the form with these values").click()
    console.tab("Message")
    expect(page.locator("#organization")).to_have_value("Typed and not saved")
    second = Console(chromium, script=script).sign_in(otto)
    second.open(profile + "/edit")
    second.press("Undo changes")  # The draft is the person's, in every window.
    second.page.fill("#fromName", "Saved elsewhere")
    second.press("Save")
    second.close()
    console.press("Save")
    expect(page.get_by_text("saved first")).to_be_visible()
    row = page.get_by_role("row", name=re.compile("From email name"))
    assert "Saved elsewhere" in row.inner_text(), row.inner_text()
    console.tab("Message")
    expect(page.locator("#organization")).to_have_value("Typed and not saved")
    console.press("Save")
    expect(page.locator("h1")).to_contain_text(name)
    page.get_by_role("link", name="History").click()
    assert page.get_by_role("row").count() > 5
    page.get_by_role("link", name="Version 1", exact=True).click()
    console.press("Restore these values")
    expect(page.get_by_text("The values of that version are in use again")).to_be_visible()
    console.press("Duplicate")
    expect(page.locator("h1")).to_contain_text("(copy)")
    page.get_by_role("link", name="Delete").click()
    console.press("Delete profile")
    expect(page.get_by_text("The profile is deleted.")).to_be_visible()
    console.close()


def oauth(chromium, script=True):
    """Authorizes at another server: refuses, agrees, tests with the token, saves, and once more."""
    with AuthorizationServer() as server, TokenRelay(server.tokens) as relay:
        console = Console(chromium, script=script).sign_in(person("administrator", "borealis"))
        page = console.page
        name = f"Token relay {int(time.time() * 1000)}"
        console.open("/t/borealis/email/profiles/new")
        console.press("Undo changes")  # What an earlier run left unsaved.
        page.fill("#name", name)
        page.fill("#fromAddress", "otto@borealis.example")
        console.tab("Outgoing server")
        page.fill("#host", "127.0.0.1")
        page.check("input[name=tls][value=none]")
        page.fill("#port", str(relay.port))
        page.select_option("#authentication", "xoauth2")
        page.check("#allowPlaintextAuthentication")
        page.fill("#usernameValue", "otto@borealis.example")
        console.tab("OAuth2")
        page.fill("#clientID", "typed before")
        console.press("Sample data")
        expect(page.get_by_text("Sample data overwrites what you entered")).to_be_visible()
        expect(page.locator("#clientID")).to_have_value("typed before")
        console.press("Overwrite with sample data")
        expect(page.locator("#tokenURL")).to_have_value(re.compile("login.microsoftonline.com"))
        page.fill("#clientID", "story")
        page.fill("#clientSecretValue", "the client's secret")
        page.fill("#clientSecretConfirm", "the client's secret")
        page.fill("#authorizationURL", server.url + "/authorize")
        page.fill("#tokenURL", server.url + "/token")
        page.fill("#scope", "mail offline_access")
        # Refused there: said here, with the way back to a form that has everything.
        console.press("Get OAuth authorization")
        expect(page.locator("h1")).to_have_text("Stub sign-in")
        page.get_by_role("link", name="Refuse").click()
        main = page.locator("main").inner_text()
        assert "refused on the page" in main and "access_denied, The person said no" in main, main
        page.get_by_role("link", name="Back to the form").click()
        expect(page.locator("#name")).to_have_value(name)
        console.tab("OAuth2")
        expect(page.locator("#clientID")).to_have_value("story")
        expect(page.locator("#refreshToken-keep")).to_have_count(0)
        # Agreed: part of the form, and a test uses it.
        console.press("Get OAuth authorization")
        page.get_by_role("link", name="Agree").click()
        expect(page.locator("h1")).to_have_text("Authorized")
        page.get_by_role("link", name="Back to the form").click()
        expect(page.get_by_text("Authorized, not saved yet.")).to_be_visible()
        expect(page.locator("#name")).to_have_value(name)
        console.tab("OAuth2")
        expect(page.locator("#refreshToken-keep")).to_be_checked()
        console.press("Test connection")
        text = console.wait_for_test()
        assert "Connection works" in text, text
        assert server.grants == ["authorization_code", "refresh_token"], server.grants
        assert relay.accepted == [server.tokens[-1]], relay.accepted
        assert server.tokens[-1] not in page.content(), "the token shows"
        # Without the confirmation in between.
        page.get_by_role("link", name="Back to the form with these values").click()
        console.tab("OAuth2")
        page.check("#hideBrowserResponse")
        console.press("Get OAuth authorization")
        page.get_by_role("link", name="Agree").click()
        expect(page.get_by_text("Authorized, not saved yet.")).to_be_visible()
        expect(page.locator("#hideBrowserResponse")).to_be_checked()
        console.press("Save")
        expect(page.locator("h1")).to_contain_text(name)
        expect(page.get_by_text("OAuth authorization is tried in the background")).to_be_visible()
        assert "the-refresh-token" not in page.content(), "the authorization shows"
        console.open("/t/borealis/expirations")
        row = page.get_by_role("row", name=re.compile(name))
        assert "OAuth authorization" in row.inner_text(), row.inner_text()
        console.close()
        server.shutdown()
        relay.shutdown()


def expirations(chromium, script=True):
    """Finds what ends by the search; sets a webhook, tries it, takes it away."""
    console = Console(chromium, script=script).sign_in(person("administrator", "borealis"))
    page = console.page
    console.open("/t/borealis")
    page.get_by_role("searchbox").first.fill("expires")
    page.get_by_role("searchbox").first.press("Enter")
    page.locator("main").get_by_role("link", name="Expirations", exact=True).click()
    expect(page.locator("h1")).to_have_text("Expirations")
    page.fill("#url", "http://hooks.borealis.example/")
    console.press("Save webhook")
    assert page.title().startswith("Error: "), page.title()
    expect(page.locator("#url-error")).to_be_visible()
    url = f"https://127.0.0.1:9/hooks/{int(time.time() * 1000)}"
    page.fill("#url", url)
    console.press("Save webhook")
    secret = page.locator("pre code").inner_text()
    assert secret.startswith("spw_"), secret
    console.open("/t/borealis/expirations")
    assert secret not in page.content()
    console.press("Send test event")
    expect(page.get_by_text("Nothing answers at 127.0.0.1:9").first).to_be_visible()
    expect(page.get_by_text("The webhook fails, last on")).to_be_visible()
    for summary, button in [("New signing secret", "Make a new signing secret"),
                            ("Remove the webhook", "Remove webhook")]:
        page.locator("summary").filter(has_text=summary).click()
        console.press(button)
    expect(page.get_by_text("The webhook is removed.")).to_be_visible()
    expect(page.locator("#url")).to_have_value("")
    page.fill("#url", url)  # For the looks at the page.
    console.press("Save webhook")
    console.press("Send test event")
    console.close()


def sources(chromium, script=True):
    """Takes a password from a named secret, tests and saves it; then sends with Office 365."""
    console = Console(chromium, script=script).sign_in(person("administrator", "borealis"))
    page = console.page
    name = f"Source {int(time.time() * 1000)}"
    console.open("/t/borealis/secrets/new?kind=password")
    page.fill("#name", name)
    page.fill("#hosts", CAPTURE["host"])
    page.fill("#value", "a Long pass-phrase 1")
    page.fill("#valueConfirm", "a Long pass-phrase 1")
    console.press("Save secret")
    expect(page.locator("h1")).to_have_text(name)

    console.open("/t/borealis/email/profiles/new")
    console.press("Undo changes")  # What an earlier run left unsaved.
    page.fill("#name", name)
    page.fill("#fromAddress", "otto@borealis.example")
    console.tab("Outgoing server")
    page.fill("#host", CAPTURE["host"])
    page.check("input[name=tls][value=none]")
    page.fill("#port", str(CAPTURE["port"]))
    page.select_option("#authentication", "plain")
    page.check("#allowPlaintextAuthentication")
    page.fill("#usernameValue", "otto")
    page.locator("button[value=source-password]").click()
    expect(page.locator("h1")).to_have_text("Password from a secret or a vault")
    assert f"sent to {CAPTURE['host']} only" in page.locator("main").inner_text()
    page.select_option("#secret", label=f"{name} – for {CAPTURE['host']}")
    console.press("Use this secret")
    expect(page.get_by_text("Chosen, not saved yet.")).to_be_visible()
    console.tab("Outgoing server")
    expect(page.locator("#password")).to_contain_text(f"From {name}")
    expect(page.locator("#usernameValue")).to_have_value("")  # Kept, and not shown again.
    console.press("Test connection")
    text = console.wait_for_test()
    assert "Connection works" in text, text
    assert "named secret" in page.content()
    page.get_by_role("link", name="Back to the form with these values").click()
    console.press("Save")
    expect(page.locator("h1")).to_contain_text(name)
    assert f"From {name}, set on" in page.locator("main").inner_text()
    # In use, it cannot be deleted; and elsewhere it is asked for again.
    page.get_by_role("link", name="Edit", exact=True).click()
    console.tab("Outgoing server")
    page.fill("#host", "attacker.example")
    console.press("Save")
    assert page.title().startswith("Error: "), page.title()
    expect(page.get_by_text("enter it again").first).to_be_visible()
    console.press("Undo changes")

    # Office 365: what belongs to SMTP says that it is not used.
    page.check("input[name=method][value=office365]")
    console.tab("Outgoing server")
    expect(page.get_by_text("Not used: this profile sends with Office 365")).not_to_have_count(0)
    expect(page.locator("#host")).to_be_hidden()
    console.tab("Message")
    expect(page.locator("#envelopeSender")).to_be_hidden()
    console.tab("Office 365")
    expect(page.locator("#applicationSecret")).to_be_visible()
    page.get_by_text("How to register the application").click()
    assert "otto@borealis.example" in page.locator("#scope-commands").inner_text()
    console.press("Save")
    expect(page.locator("h1")).to_contain_text(name)
    assert "Email is disabled for this profile." in page.locator("main").inner_text()
    page.get_by_role("link", name="Delete", exact=True).click()
    console.press("Delete profile")
    console.close()


def unsaved(chromium, script=True):
    """What is typed survives a reload without a button, and can be discarded."""
    if not script:
        return
    console = Console(chromium).sign_in(person("administrator", "borealis"))
    page = console.page
    console.open("/t/borealis/email")
    page.locator("main table a").first.click()
    profile = urllib.parse.urlsplit(page.url).path
    console.open(profile + "/edit")
    console.press("Undo changes")
    console.tab("Message")
    with page.expect_response(lambda answer: answer.status == 204):
        page.fill("#organization", "Half typed")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    console.open(profile)
    assert asked == ["beforeunload"], asked
    page.get_by_role("link", name="Continue editing").click()
    console.tab("Message")
    expect(page.locator("#organization")).to_have_value("Half typed")
    page.once("dialog", lambda dialog: dialog.accept())
    console.open(profile)
    console.press("Discard")
    expect(page.get_by_text("The unsaved changes are gone")).to_be_visible()
    console.close()


def openssl(folder, *words):
    """Runs openssl in a folder, as an authority would."""
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def certificates(chromium, script=True):
    """Makes a signing request, has it signed by an authority, installs what comes back."""
    console = Console(chromium, script=script).sign_in(person("administrator", "borealis"))
    page = console.page
    name = f"Relay {int(time.time() * 1000)}"
    console.open("/t/borealis/certificates")
    page.get_by_role("link", name="New signing request").click()
    page.fill("#country", "Norway")
    console.press("Create key and request")
    assert page.title().startswith("Error: "), page.title()
    expect(page.locator("#country")).to_have_value("Norway")
    page.fill("#name", name)
    page.fill("#commonName", "sendproof")
    page.fill("#country", "NO")
    page.select_option("#keyKind", "ecP256")
    page.fill("#alternativeNames", "app.borealis.example\n192.0.2.7")
    console.press("Create key and request")
    expect(page.locator("h1")).to_contain_text(name)
    with tempfile.TemporaryDirectory() as folder:
        with page.expect_download() as download:
            page.get_by_role("link", name="Download request").click()
        download.value.save_as(f"{folder}/relay.csr")
        openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-days", "90", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Story CA")
        openssl(folder, "x509", "-req", "-in", "relay.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", "-days", "20", "-copy_extensions", "copy", "-out", "relay.pem")
        page.get_by_role("link", name="Install certificate").click()
        page.set_input_files("#certificate", f"{folder}/ca.pem")
        console.press("Install certificate")
        assert "do not belong together" in page.locator("main").inner_text()
        page.set_input_files("#certificate", f"{folder}/relay.pem")
        console.press("Install certificate")
        expect(page.get_by_text("The certificate is installed.")).to_be_visible()
        main = page.locator("main").inner_text()
        assert "app.borealis.example, 192.0.2.7" in main and "Story CA" in main, main
        assert re.search("Expires in (19|20) days", main), main
        console.open("/t/borealis/certificates/add")
        page.check("input[name=kind][value=authority]")
        page.fill("#name", f"{name} CA")
        page.fill("#certificateText", pathlib.Path(f"{folder}/ca.pem").read_text())
        console.press("Add certificate")
        expect(page.locator("h1")).to_contain_text(f"{name} CA")
    page.get_by_role("link", name="Delete").click()
    console.press("Delete certificate")
    expect(page.get_by_text("The certificate is deleted.")).to_be_visible()
    assert name in page.locator("main").inner_text()
    console.close()


def support(chromium, script=True):
    """Reads and filters the tests of all tenants, opens a trace, can change nothing."""
    console = Console(chromium, script=script).sign_in(person("support"))
    page = console.page
    console.open("/support/tests")
    main = page.locator("main").inner_text()
    assert "Acme Cloud" in main and "Borealis Works" in main, main
    if page.locator("details.filter:not([open]) > summary").count():
        page.locator("details.filter > summary").click()
    page.select_option("select[name=status]", "failed")
    page.fill("input[name=code]", "smtp.authentication")
    page.get_by_role("button", name=re.compile("Filter|Search|Show|Apply")).last.click()
    rows = page.locator("tbody tr")
    assert rows.count() >= 1
    for row in rows.all():
        assert "smtp.authentication.rejected" in row.inner_text()
    rows.first.get_by_role("link").first.click()
    assert "AUTH PLAIN [redacted]" in page.content()
    assert page.locator("form[method=post]").filter(has_not=page.locator("[action='/logout']")).count() <= 1
    for path in ["/t/acme", "/t/borealis/email", "/t/borealis/email/profiles/new"]:
        assert console.open(path).status == 404, path
    console.close()


def watchers(chromium, script=True):
    """A test of a relay that says nothing is cancelled; everybody who watches sees its end."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        otto = Console(chromium, script=script).sign_in(person("administrator", "borealis"))
        otto.open("/t/borealis/email/profiles/new")
        otto.press("Undo changes")  # What an earlier run left unsaved.
        otto.page.fill("#name", "Silent")
        otto.page.fill("#fromAddress", "otto@borealis.example")
        otto.tab("Outgoing server")
        otto.page.fill("#host", "127.0.0.1")
        otto.page.fill("#port", str(silent.getsockname()[1]))
        otto.page.select_option("#authentication", "none")
        otto.press("Test connection")
        path = urllib.parse.urlsplit(otto.page.url).path
        vera = Console(chromium, script=script).sign_in(person("viewer", "borealis"))
        vera.open(path)
        sam = Console(chromium, script=script).sign_in(person("support"))
        sam.open("/support/tests/" + path.rsplit("/", 1)[1])
        for watcher in [vera, sam]:
            assert watcher.page.get_by_role("button", name="Cancel test").count() == 0
        otto.press("Cancel test")
        for console in [otto, vera, sam]:
            text = console.wait_for_test()
            assert "Cancelled" in text, text
            console.close()


def secrets(chromium, script=True):
    """Keeps a Microsoft application, mistypes, moves, replaces and deletes it; the value is gone."""
    console = Console(chromium, script=script).sign_in(person("administrator", "borealis"))
    page = console.page
    name = f"Application {int(time.time() * 1000)}"
    client, value = "11111111-2222-3333-4444-555555555555", "Story~secret.Value"
    console.open("/t/borealis/search?q=application+secret")
    page.locator("main").get_by_role("link", name="Application secret", exact=True).first.click()
    page.get_by_role("link", name="New secret").first.click()
    page.get_by_role("link", name=re.compile("^Microsoft application")).click()
    commands = page.locator("#scope-commands")
    assert "New-ManagementRoleAssignment" in commands.inner_text()
    page.fill("#name", name)
    page.fill("#clientID", client)
    if script:
        assert f'$application = "{client}"' in commands.inner_text(), commands.inner_text()
        page.fill("#value", client)
        expect(page.get_by_text("This looks like the secret's ID")).to_be_visible()
    page.fill("#value", value)
    expect(page.get_by_text("This looks like the secret's ID")).to_be_hidden()
    page.fill("#valueConfirm", value)
    page.fill("#expiresOn", "2099-05-31")
    console.press("Save secret")
    # The directory is missing.
    assert page.title().startswith("Error: "), page.title()
    expect(page.locator("#name")).to_have_value(name)
    expect(page.locator("#value")).to_have_value("")
    assert value not in page.content()
    assert f'$application = "{client}"' in commands.inner_text(), commands.inner_text()
    page.fill("#tenantID", "borealis.example")
    page.locator("#value").focus()
    page.keyboard.insert_text(value)  # As pasting does.
    page.fill("#valueConfirm", value)
    console.press("Save secret")
    expect(page.locator("h1")).to_have_text(name)
    secret = urllib.parse.urlsplit(page.url).path
    main = page.locator("main").inner_text()
    assert "login.microsoftonline.com" in main and "2099-05-31" in main, main

    page.get_by_role("link", name="Test", exact=True).click()
    page.fill("#host", "attacker.example")
    console.press("Test")
    result = page.locator("#result").inner_text()
    assert "Is it in the store?" in result and "provider.store.otherServer" in result, result
    expect(page.locator("#host-error")).to_contain_text("may not be sent to attacker.example")
    expect(page.locator("#host")).to_have_value("attacker.example")
    page.fill("#host", "login.microsoftonline.com")
    console.press("Test")
    expect(page.get_by_text("The secret can be read.")).to_be_visible()
    expect(page.locator("#host-error")).to_have_count(0)
    page.fill("#host", "https://vault.example.com/")
    console.press("Test")
    assert page.title().startswith("Error: "), page.title()
    assert value not in page.content()
    console.open(secret)

    page.get_by_role("link", name="Edit", exact=True).click()
    page.check("input[name=cloud][value=china]")
    console.press("Save")
    expect(page.locator("#value-error")).to_be_visible()
    console.open(secret)
    page.get_by_role("link", name="Replace", exact=True).click()
    page.fill("#value", "Another~Value")
    page.fill("#valueConfirm", "Another~Valeu")
    console.press("Replace")
    expect(page.locator("#valueConfirm-error")).to_be_visible()
    console.open(secret + "/replace")
    page.fill("#value", "Another~Value")
    page.fill("#valueConfirm", "Another~Value")
    page.fill("#expiresOn", "2000-01-31")
    console.press("Replace")
    expect(page.get_by_text("The value is replaced.")).to_be_visible()
    expect(page.locator(".page-head").get_by_text("Expired", exact=True)).to_be_visible()
    page.go_back()
    expect(page.locator("#value")).to_have_value("")

    console.open("/t/borealis/secrets/new?kind=password")
    page.fill("#name", f"{name} password")
    page.fill("#hosts", "mail.example.com")
    page.fill("#value", "weak")
    page.fill("#valueConfirm", "weak")
    console.press("Save secret")
    expect(page.get_by_text("This password is weak")).to_be_visible()
    page.get_by_role("link", name="Delete", exact=True).click()
    console.press("Delete secret")
    expect(page.get_by_text("The secret is deleted.")).to_be_visible()
    assert name in page.locator("main").inner_text()
    console.open("/t/borealis/audit")
    trail = page.locator("main").inner_text()
    assert f"Replaced the value of secret {name}" in trail, trail
    assert value not in page.content()
    console.close()


def providers(chromium, script=True):
    """Sets up a vault with its secret and authority, tests it, names entries, edits, deletes."""
    with Vault() as vault:
        console = Console(chromium, script=script).sign_in(person("administrator", "borealis"))
        page = console.page
        name = f"Vault {int(time.time() * 1000)}"
        console.open("/t/borealis/secrets/new?kind=token")
        page.fill("#name", f"{name} token")
        page.fill("#hosts", "127.0.0.1")
        page.fill("#value", TOKEN)
        page.fill("#valueConfirm", TOKEN)
        console.press("Save secret")
        expect(page.locator("h1")).to_have_text(f"{name} token")
        console.open("/t/borealis/search?q=thycotic")
        page.locator("main").get_by_role("link", name="Delinea Secret Server").click()
        page.get_by_role("link", name="Add provider").click()
        page.check("input[name=kind][value=hashiCorpVault]")
        page.get_by_role("button", name="Continue").click()
        page.fill("#name", name)
        page.fill("#url", "https://evil.example:8200")
        page.select_option("#credentials", label=f"{name} token (127.0.0.1)")
        console.press("Save")
        # The secret may not be sent there.
        assert page.title().startswith("Error: "), page.title()
        expect(page.locator("#url-error")).to_contain_text("may not be sent to evil.example")
        expect(page.locator("#name")).to_have_value(name)
        page.fill("#url", vault.url)
        console.press("Save")
        expect(page.get_by_text("The provider is added.")).to_be_visible()
        provider = urllib.parse.urlsplit(page.url).path

        console.press("Test provider")
        main = page.locator("#result").inner_text()
        assert "Can it be reached?" in main and "Not tried" in main, main
        assert "provider.tls" in main, main
        console.open("/t/borealis/certificates/add")
        page.check("input[name=kind][value=authority]")
        page.fill("#name", f"{name} authority")
        page.fill("#certificateText", vault.authority)
        console.press("Add certificate")
        console.open(provider + "/edit")
        page.select_option("#trustedCA", label=f"{name} authority (Vault authority)")
        console.press("Save")
        console.press("Test provider")
        expect(page.get_by_text("The sign-in works.")).to_be_visible()
        page.fill("#path", "mail/relay")
        console.press("Show keys")
        expect(page.locator("#result").get_by_text("username")).to_be_visible()
        expect(page.locator("#path")).to_have_value("mail/relay")
        page.fill("#key", "pasword")
        console.press("Test provider")
        expect(page.get_by_text("The provider gives no secret")).to_be_visible()
        page.fill("#key", "password")
        console.press("Test provider")
        expect(page.get_by_text("The secret can be read.")).to_be_visible()
        assert VALUE not in page.content() and TOKEN not in page.content()

        page.get_by_role("link", name="Add entry").click()
        page.fill("#name", "Relay password")
        console.press("Save")
        expect(page.locator("#path-error")).to_be_visible()
        page.fill("#path", "mail/relay")
        page.fill("#key", "password")
        console.press("Save")
        expect(page.get_by_text("The entry is saved.")).to_be_visible()
        page.get_by_role("link", name="Test Relay password").click()
        expect(page.locator("#key")).to_have_value("password")
        console.press("Test provider")
        expect(page.get_by_text("The secret can be read.")).to_be_visible()

        second = Console(chromium, script=script).sign_in(person("administrator", "borealis"))
        second.open(provider + "/edit")
        console.open(provider + "/edit")
        page.fill("#mount", "elsewhere")
        console.press("Save")
        expect(page.get_by_text("The provider is saved.")).to_be_visible()
        second.page.fill("#namespace", "mail")
        second.press("Save")
        expect(second.page.get_by_text("saved first")).to_be_visible()
        expect(second.page.locator("#namespace")).to_have_value("mail")
        second.close()
        console.open("/t/borealis/providers/new?kind=cyberArk")
        page.fill("#name", f"{name} CCP")
        page.fill("#url", "https://127.0.0.1:9")
        page.fill("#appID", "sendproof")
        page.fill("#safe", "Mail")
        console.press("Save")
        page.get_by_role("link", name="Delete", exact=True).click()
        console.press("Delete provider")
        expect(page.get_by_text("The provider is deleted.")).to_be_visible()
        assert name in page.locator("main").inner_text()
        console.close()
        vault.shutdown()


def send(token, to, subject):
    """Hands a message over, as a system of the tenant does; its page."""
    message = {"to": to, "subject": subject, "text": "The nightly backup.", "event": "backup.finished"}
    request = urllib.request.Request(
        ADDRESS + "/api/v1/t/borealis/messages", json.dumps(message).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 202, answer.status
        return "/t/borealis/deliveries/" + answer.headers["Location"].rsplit("/", 1)[1]


def see(console, text):
    """Waits for words on a page that looks again by itself; without script by refreshing."""
    shown = console.page.locator("main").get_by_text(text).first
    for _ in range(0 if console.script else 40):
        if shown.count():
            break
        console.page.wait_for_timeout(250)
        console.page.reload()
    expect(shown).to_be_visible(timeout=20_000)


def deliveries(chromium, script=True):
    """Mail waits for a relay that is away, arrives once it is put right; one is refused, one cancelled."""
    console = Console(chromium, script=script).sign_in(person("administrator", "borealis"))
    page = console.page
    stamp = str(int(time.time() * 1000))
    console.open("/t/borealis/email/profiles/new")
    console.press("Undo changes")  # What an earlier run left unsaved.
    page.fill("#name", f"Away {stamp}")
    page.fill("#fromAddress", "otto@borealis.example")
    console.tab("Outgoing server")
    page.fill("#host", CAPTURE["host"])
    page.check("input[name=tls][value=none]")
    page.fill("#port", "9")
    page.select_option("#authentication", "none")
    console.press("Save")
    page.get_by_role("link", name=re.compile("^Activate")).click()
    console.press("Activate")
    console.open("/account")
    page.select_option("#tenant", label="Borealis Works")
    page.fill("#name", f"Backup {stamp}")
    page.check("input[name=permissions][value='email.send']")
    console.press("Make token")
    token = page.locator("pre code").inner_text()

    subject = f"<b>Backup</b> {stamp}"
    message = send(token, ["Ada <ada@customer.example>"], subject)
    console.open("/t/borealis")
    page.get_by_role("searchbox").first.fill("outgoing mail queue")
    page.get_by_role("searchbox").first.press("Enter")
    page.locator("main").get_by_role("link", name="Deliveries", exact=True).click()
    see(console, "Waiting to retry")
    expect(page.locator("tbody tr").first).to_contain_text(subject)
    console.press("Try all now")
    expect(page.get_by_text("tried now")).to_be_visible()
    console.open("/t/borealis")
    page.locator("main").get_by_role("link", name="See deliveries").click()
    page.locator("tbody tr").first.get_by_role("link").click()
    expect(page.locator("h1")).to_have_text(subject)
    see(console, "tcp.refused")
    see(console, "Attempt 2")
    assert "Not decided yet" in page.locator("#recipients").inner_text()
    page.locator("#outcome").get_by_role("link", name=re.compile("^Change “")).click()
    page.fill("#port", str(CAPTURE["port"]))
    console.press("Save")  # Mail that waits is tried at once.
    console.open(message)
    see(console, "The server accepted the message for ada@customer.example")
    main = page.locator("main").inner_text()
    assert "delivered" not in main.replace("does not mean delivered", ""), main
    message_id = page.locator("#message-id").inner_text()
    assert page.get_by_role("button", name="Try now").count() == 0
    console.open("/capture")
    page.get_by_role("link", name=subject).click()
    assert message_id in page.content().replace("&lt;", "<").replace("&gt;", ">"), message_id

    console.open(send(token, ["ada@customer.example", "reject@customer.example"], f"Two {stamp}"))
    see(console, "Accepted in part")
    rows = page.locator("#recipients tbody tr")
    expect(rows.nth(0)).to_contain_text("Accepted by server")
    expect(rows.nth(1)).to_contain_text("Refused")
    expect(rows.nth(1)).to_contain_text("550")

    message = send(token, ["greylist@customer.example"], f"Later {stamp}")
    console.open(message)
    see(console, "Attempt 1")
    console.press("Try now")
    see(console, "Attempt 2")
    page.get_by_role("link", name="Cancel this message").click()
    page.get_by_role("link", name="Keep it waiting").click()
    page.get_by_role("link", name="Cancel this message").click()
    console.press("Cancel this message")
    expect(page.get_by_text("It was cancelled before a server had it.")).to_be_visible()
    assert page.get_by_role("button", name="Try now").count() == 0
    console.open("/t/borealis/deliveries")
    page.select_option("#status", "cancelled")
    page.fill("#subject", stamp)
    console.press("Filter")
    expect(page.locator("tbody tr")).to_have_count(1)
    console.open(send(token, ["greylist@customer.example"], f"For the looks {stamp}"))
    see(console, "Attempt 1")
    console.close()


def walls(chromium, script=True):
    """A person of one tenant gets 404 for everything of another."""
    console = Console(chromium, script=script).sign_in(person("administrator", "acme"))
    for path in ["", "/email", "/tests", "/deliveries", "/audit", "/secrets", "/providers", "/email/profiles/new",
                 "/search?q=email"]:
        assert console.open("/t/borealis" + path).status == 404, path
    assert console.open("/t/acme/email/profiles/new").status == 404
    assert console.open("/support/tests").status == 403
    console.close()


STORIES = [
    cloud_administrator, premises_administrator, certificates, profile_tabs, oauth, expirations,
    secrets, providers, sources, unsaved, support, watchers,
    deliveries, walls,
]


def main():
    wanted = sys.argv[1:]
    failures = []
    with browser() as chromium:
        for script in [True, False]:
            for story in STORIES:
                if wanted and story.__name__ not in wanted:
                    continue
                label = f"{story.__name__}{'' if script else ' without script'}"
                start = time.monotonic()
                try:
                    story(chromium, script)
                    print(f"passed  {label}  {time.monotonic() - start:.1f} s", flush=True)
                except Exception:
                    traceback.print_exc()
                    failures.append(label)
                    print(f"FAILED  {label}", flush=True)
                    for context in chromium.contexts:
                        for page in context.pages:
                            page.screenshot(path=f"/tmp/failed-{story.__name__}.png", full_page=True)
                        context.close()
    print(f"{len(failures)} browser stories failed" if failures else "all browser stories passed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
