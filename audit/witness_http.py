"""The witness behind a port: one address, ``POST /add-checkpoint`` (https://c2sp.org/tlog-witness)."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from audit.witness import MAX_REQUEST, Answer, Witness


def serve(witness: Witness, host: str, port: int) -> ThreadingHTTPServer:
    """A server that is bound and not yet running; TLS is a reverse proxy's part."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30  # seconds a connection may be silent

        def do_POST(self) -> None:
            self._answer(self._ask())

        def _ask(self) -> Answer:
            length = self.headers.get("Content-Length", "")
            if self.path != "/add-checkpoint":
                return Answer(404, "no such address\n")
            if not length.isdigit() or int(length) > MAX_REQUEST:
                self.close_connection = True
                return Answer(413, "too long\n")
            try:
                request = self.rfile.read(int(length)).decode()
            except UnicodeDecodeError:
                return Answer(400, "UTF-8 expected\n")
            return witness.add_checkpoint(request)

        def _answer(self, answer: Answer) -> None:
            data = answer.body.encode()
            self.send_response(answer.status)
            kind = "text/x.tlog.size" if answer.status == 409 else "text/plain; charset=utf-8"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the checkpoints it keeps are its log."""

    return ThreadingHTTPServer((host, port), Handler)
