"""Make the README's picture from the demo as it is served: `python docs/picture.py URL EMAIL PASSWORD`."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ADDRESS, EMAIL, PASSWORD = sys.argv[1:4]

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    page = browser.new_page(viewport={"width": 1280, "height": 720}, color_scheme="light")
    page.goto(f"{ADDRESS}/sign-in/")
    page.fill("input[name=username]", EMAIL)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{ADDRESS}/today/")
    page.goto(f"{ADDRESS}/leads/")
    page.screenshot(path=Path(__file__).parent / "leads.png")
    browser.close()
