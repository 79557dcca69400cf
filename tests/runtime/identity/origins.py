"""What another site may write into Origin to be taken for this one."""


def evil_origins(host: str) -> list[str]:
    """Give Origins that are not ``http://`` + host. host: 127.0.0.1 and a port."""
    name, port = host.split(":")
    return [
        "http://evil.example",
        "null",
        f"http://{name}.evil.example:{port}",
        f"http://evil{name}:{port}",
        f"http://{name}:{int(port) - 1}",
        f"http://{name}",
        f"https://{host}",
        f"ftp://{host}",
        f"http://{host}/",
        f"http://{host}@evil.example",
        f"http://evil.example@{host}",
        f"http://user:secret@{host}",
        f"HTTP://{host}",
        f"Http://{host}",
        f"http://{host}.",
        f"http://{host}, http://{host}",
        f"http://{host} http://evil.example",
        f"http://xn--{name}:{port}",
        f"http://127\u30020\u30020\u30021:{port}".encode().decode("latin-1"),  # full stops of another script
        f"http://\uff11\uff12\uff17.0.0.1:{port}".encode().decode("latin-1"),  # digits of another width
        f"http://0x7f000001:{port}",
        f"http://[::ffff:127.0.0.1]:{port}",
        f"http://localhost:{port}",
        "file://",
        "",
    ]
