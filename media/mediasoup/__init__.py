"""An asyncio object model of mediasoup."""
