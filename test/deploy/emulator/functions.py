"""Lambda without Docker: the deployed zip, unpacked, run by `node` with the function's own environment.

Each invocation is a fresh process (every start is a cold one). At the function's timeout the process is killed, as
Lambda does it, and nothing more of it runs. A machine that has other work is up to `PATIENCE` times slower than Lambda.
"""

import io
import json
import os
import shutil
import subprocess
import tempfile
import threading
import traceback
import uuid
import zipfile

import moto.awslambda.models as lambdas

import calls
import rights

BOOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lambda-boot.mjs")
unpacked: dict = {}
unpacking = threading.Lock()
PATIENCE = 4
running: dict = {}
timed_out: set = set()


def folder_of(function) -> str:
    with unpacking:
        key = function.code_sha_256
        if key not in unpacked:
            folder = tempfile.mkdtemp(prefix="function-", dir=os.environ.get("EMULATOR_FOLDER"))
            zipfile.ZipFile(io.BytesIO(function.code_bytes)).extractall(folder)
            unpacked[key] = folder
        return unpacked[key]


def environment_of(function, request: str) -> dict:
    own = {name: str(value) for name, value in (function.environment_vars or {}).items()}
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
        "EMULATOR_REQUEST": request,
    }


def kill(process) -> None:
    timed_out.add(process)
    process.kill()


def time_out(name: str) -> None:
    """A drill lets a function's time end at the moment that it tests, on a machine of any speed."""
    for process in list(running.get(name, ())):
        kill(process)


def run(function, event: dict, request: str) -> tuple:
    """What the handler answered (`ok` or `error`), and all that it printed."""
    reading, writing = os.pipe()
    process = subprocess.Popen(
        ["node", BOOT, folder_of(function), function.handler, str(writing)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment_of(function, request),
        pass_fds=(writing,),
    )
    os.close(writing)
    answer: list = []
    reader = threading.Thread(target=lambda: answer.append(os.fdopen(reading, "rb").read()))
    reader.start()
    of_function = running.setdefault(function.function_name, set())
    of_function.add(process)
    try:
        printed = process.communicate(json.dumps(event).encode(), timeout=PATIENCE * float(function.timeout))[0]
    except subprocess.TimeoutExpired:
        kill(process)
        printed = process.communicate()[0]
    of_function.discard(process)
    logs = printed.decode(errors="replace")
    if process in timed_out:
        logs += f"\n{request} Task timed out after {function.timeout} seconds\n"
    reader.join(5)
    if answer and answer[0]:
        return json.loads(answer[0]), logs
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


def install() -> None:
    if shutil.which("node") is None:
        raise SystemExit("emulator: there is no node in PATH to run functions with")
    lambdas.LambdaFunction._invoke_lambda = invoke
