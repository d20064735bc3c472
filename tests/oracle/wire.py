"""The emulator as a process, and what goes over the wire to it.

Stands under the SDKs: they believe to talk to the cloud. Nothing here knows an operation.
"""

import json
import os
import queue
import re
import socket
import subprocess
import threading
from urllib.parse import urlsplit

import requests

START_SECONDS = 60
SUFFIX = ".emulator.test"


class Emulator:
    """`yunsweep emulator serve` with a scenario, until `stop`."""

    def __init__(self, yunsweep, scenario, time_scale=1):
        self.process = subprocess.Popen(
            [yunsweep, "emulator", "serve", "--scenario", scenario, "--listen", "127.0.0.1:0", "--time-scale", str(time_scale)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "RUST_BACKTRACE": "1", "NO_COLOR": "1"},
            text=True,
            encoding="utf-8",
        )
        self.lines = []
        arrived = queue.Queue()

        def read():
            for line in self.process.stdout:
                self.lines.append(line)
                arrived.put(line)
            arrived.put(None)

        threading.Thread(target=read, daemon=True).start()
        wanted = {"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "YUNSWEEP_ENDPOINT"}
        exported = {}
        while not wanted <= exported.keys():
            try:
                line = arrived.get(timeout=START_SECONDS)
            except queue.Empty:
                line = None
            if line is None:
                self.stop()
                raise SystemExit("the emulator did not print " + ", ".join(sorted(wanted - exported.keys())) + "; it said:\n" + "".join(self.lines))
            found = re.match(r"\s*export ([A-Z_]+)=['\"]?([^'\"\s]*)['\"]?\s*$", line)
            if found:
                exported[found[1]] = found[2]
        self.access_key_id = exported["ALIBABA_CLOUD_ACCESS_KEY_ID"]
        self.access_key_secret = exported["ALIBABA_CLOUD_ACCESS_KEY_SECRET"]
        endpoint = urlsplit(exported["YUNSWEEP_ENDPOINT"])
        self.loopback = endpoint.netloc
        self.port = endpoint.port

    def stop(self):
        """Ends the process."""
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def resolve_to_loopback():
    """Makes every `*.emulator.test` name mean this machine. (`.test` is reserved by RFC 2606: no such name is real.)"""
    ask = socket.getaddrinfo

    def answer(host, *rest, **named):
        name = host.decode() if isinstance(host, bytes) else host
        return ask("127.0.0.1" if name and name.endswith(SUFFIX) else host, *rest, **named)

    socket.getaddrinfo = answer


class Wire(threading.local):
    """Sees every answer, and can spoil a request after it was signed; each thread its own."""

    def __init__(self):
        self.answers = []
        self.spoil = None

    def install(self):
        """Stands between the SDKs and the network from now on."""
        send = requests.Session.send

        def seen(session, request, **named):
            # A proxy of the environment has no business between two processes of one machine.
            session.trust_env = False
            named["proxies"] = {}
            if self.spoil is not None:
                self.spoil(request)
            answer = send(session, request, **named)
            self.answers.append(answer)
            return answer

        requests.Session.send = seen

    def last_json(self):
        """The last answer's body."""
        return json.loads(self.answers[-1].content.decode("utf-8"))
