"""The page over the fake service, to look at: python -m tests.demo_page [PORT]."""

import sys

from assistant.web.app import serve
from tests.fakes_page import FakeService
from tests.page_app import site_over

if __name__ == "__main__":
    serve(site_over(FakeService(pace=0.6)), port=int(sys.argv[1]) if len(sys.argv) > 1 else 7861)
