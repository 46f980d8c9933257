"""A thousand people in one meeting who listen and chat, beside the same with socket.io."""
