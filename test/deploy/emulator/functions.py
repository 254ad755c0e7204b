"""Lambda without Docker: the deployed zip, unpacked, run by `node` with the function's own environment.

A copy of a function handles one request at a time, and others after it, until its code or its environment changes. Every
copy starts anew after a change in Parameter Store, so that no drill waits for what a copy remembers, and where its clock
would go back. The event of a schedule that has a `time` comes at that time: copies of their own, whose clock is turned so far,
handle it. At the function's timeout its process is killed, as Lambda does it, and nothing more of it runs. A machine
that has other work is up to `PATIENCE` times slower than Lambda: this timeout, and those of the function's own, come as much
later.
"""

import io
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
import traceback
import uuid
import zipfile
from datetime import datetime

import moto.awslambda.models as lambdas
from moto.ssm.models import SimpleSystemManagerBackend

import calls
import rights

BOOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lambda-boot.mjs")
unpacked: dict = {}
unpacking = threading.Lock()
PATIENCE = 60
# At most as many as the mappings of a queue run at the same time.
MOST_IDLE = 5
# Of the environment, in milliseconds: a drill turns a function's clock, and its copies stay.
CLOCK = "EMULATOR_CLOCK_AHEAD"
lock = threading.Lock()
# By the function's name, or `schedule NAME`: the copies that handle a request, and those that wait for one.
running: dict = {}
idle: dict = {}


def folder_of(function) -> str:
    with unpacking:
        key = function.code_sha_256
        if key not in unpacked:
            folder = tempfile.mkdtemp(prefix="function-", dir=os.environ.get("EMULATOR_FOLDER"))
            zipfile.ZipFile(io.BytesIO(function.code_bytes)).extractall(folder)
            unpacked[key] = folder
        return unpacked[key]


def environment_of(function) -> dict:
    own = {name: str(value) for name, value in (function.environment_vars or {}).items() if name != CLOCK}
    return {
        "PATH": os.environ["PATH"],
        "HOME": tempfile.gettempdir(),
        **own,
        "AWS_ENDPOINT_URL": calls.endpoint,
        "AWS_REGION": function.region,
        **rights.credentials_of(function),
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(function.timeout),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "EMULATOR_FUNCTION_ARN": function.function_arn,
        "EMULATOR_PATIENCE": str(PATIENCE),
        "NODE_COMPILE_CACHE": os.path.join(os.environ.get("EMULATOR_FOLDER", tempfile.gettempdir()), "compiled"),
    }


class Copy:
    """A process of a function. Its log and its answers are read line by line."""

    def __init__(self, function, environment: dict):
        self.kind = (function.code_sha_256, environment)
        self.timed_out = False
        self.ahead = 0
        reading, writing = os.pipe()
        self.process = subprocess.Popen(
            ["node", BOOT, folder_of(function), function.handler, str(writing)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            pass_fds=(writing,),
        )
        os.close(writing)
        self.answers = os.fdopen(reading, "rb")

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for one in (self.process.stdin, self.process.stdout, self.answers):
            try:
                one.close()
            except OSError:
                pass

    def time_out(self) -> None:
        self.timed_out = True
        self.process.kill()

    def handle(self, event: dict, request: str) -> tuple:
        """The answer, or None where the process ended before it, and the log."""
        printed: list = []
        answer: list = []
        # Both at once: a pipe that nobody reads is full at some time.
        reader = threading.Thread(target=lambda: answer.append(self.answers.readline()))
        reader.start()
        try:
            self.process.stdin.write(json.dumps({"event": event, "request": request, "ahead": self.ahead}).encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            pass
        last = f"{request}\n".encode()
        for line in self.process.stdout:
            printed.append(line.removesuffix(last))
            if line.endswith(last):
                break
        reader.join()
        return (json.loads(answer[0]) if answer[0].endswith(b"\n") else None), b"".join(printed).decode(errors="replace")


def clock_of(function, event) -> tuple:
    """The name of the copies that handle the event, and how far their clock is ahead, in milliseconds."""
    name = function.function_name
    if isinstance(event, dict) and event.get("source") == "aws.events" and "time" in event:
        at = datetime.fromisoformat(event["time"].replace("Z", "+00:00"))
        return f"schedule {name}", round(1000 * (at.timestamp() - time.time()))
    return name, int((function.environment_vars or {}).get(CLOCK, 0))


def take(function, name: str, ahead: int) -> Copy:
    environment = environment_of(function)
    kind = (function.code_sha_256, environment)
    with lock:
        waiting = idle.pop(name, [])
        fitting = [one for one in waiting if one.kind == kind and one.ahead <= ahead and one.process.poll() is None]
        idle[name] = fitting[1:]
    for one in waiting:
        if one not in fitting:
            one.end()
    copy = fitting[0] if fitting else Copy(function, environment)
    copy.ahead = ahead
    return copy


def forget() -> None:
    """No copy handles another request: each remembers parameters for a while."""
    with lock:
        waiting = [one for copies in idle.values() for one in copies]
        idle.clear()
        for copies in running.values():
            for one in copies:
                one.kind = None
    for one in waiting:
        one.end()


def time_out(name: str) -> None:
    """A drill lets a function's time end at the moment that it tests, on a machine of any speed."""
    with lock:
        copies = list(running.get(name, ()))
    for one in copies:
        one.time_out()


def run(function, event: dict, request: str) -> tuple:
    """What the handler answered (`ok` or `error`), and all that it printed."""
    name, ahead = clock_of(function, event)
    copy = take(function, name, ahead)
    with lock:
        running.setdefault(name, set()).add(copy)
    clock = threading.Timer(PATIENCE * float(function.timeout), copy.time_out)
    clock.daemon = True
    clock.start()
    answer, logs = copy.handle(event, request)
    clock.cancel()
    with lock:
        running[name].discard(copy)
        waiting = idle.setdefault(name, [])
        stays = answer is not None and copy.kind is not None and not copy.timed_out and len(waiting) < MOST_IDLE
        if stays:
            waiting.append(copy)
    if not stays:
        copy.end()
    if copy.timed_out:
        logs += f"\n{request} Task timed out after {function.timeout} seconds\n"
    if answer is not None and not copy.timed_out:
        return answer, logs
    return {"error": {"errorType": "Sandbox.Timedout", "errorMessage": logs[-300:]}}, logs


def report(function, logs: str) -> None:
    """The log and the trace, which Lambda writes with the rights of the function's role."""
    group = f"arn:aws:logs:{function.region}:{function.account_id}:log-group:{function.logs_group_name}:log-stream:one"
    if all([rights.function_may(function, f"logs:{one}", group) for one in ("CreateLogStream", "PutLogEvents")]):
        try:
            function.logs_backend.ensure_log_group(function.logs_group_name)
            function.save_logs(logs)
        except Exception:
            traceback.print_exc()
    if (function.tracing_config or {}).get("Mode") == "Active":
        for one in ("PutTraceSegments", "PutTelemetryRecords"):
            rights.function_may(function, f"xray:{one}", "*")


def invoke(function, event=None) -> tuple:
    """In the place of moto's own: answer, whether it failed, logs."""
    request = str(uuid.uuid4())
    answer, logs = run(function, json.loads(event) if isinstance(event, str) else (event or {}), request)
    failed = "error" in answer
    report(function, f"START RequestId: {request}\n{logs}END RequestId: {request}")
    print("lambda", function.function_name, "failed" if failed else "ok", flush=True)
    if failed or '"level":"ERROR"' in logs or '"level":"WARN"' in logs:
        print(logs, flush=True)
    return json.dumps(answer["error"] if failed else answer["ok"]), failed, logs


def forget_after(name: str) -> None:
    change = getattr(SimpleSystemManagerBackend, name)

    def changed(*args, **options):
        answer = change(*args, **options)
        forget()
        return answer

    setattr(SimpleSystemManagerBackend, name, changed)


def install() -> None:
    if shutil.which("node") is None:
        raise SystemExit("emulator: there is no node in PATH to run functions with")
    lambdas.LambdaFunction._invoke_lambda = invoke
    for name in ("put_parameter", "delete_parameter", "delete_parameters"):
        forget_after(name)
