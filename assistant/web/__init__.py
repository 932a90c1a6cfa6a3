"""The page: what a buyer sees and does in a browser.

Gradio is imported by `app.py` and by modules of `buyer/` only.
"""

import os

# Gradio reads these when it is imported, so they stand before any module of this package.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**12)  # adds up every event after each
os.environ["GRADIO_VIBE_MODE"] = ""  # would write and run code that a browser sends
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["FASTAPI_OTEL_AUTO_CONFIGURE"] = "false"  # would send traces where OTEL_* says
os.environ["OTEL_SDK_DISABLED"] = "true"
